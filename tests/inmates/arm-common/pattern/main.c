// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * pattern: no exit changes what is not its result
 *
 * Before each exit all general registers, the flags, and all of FP and SIMD are loaded with a pattern that is another one each time; the system
 * registers that nothing depends on hold one all the time, on ARMv7 also those that are banked for other modes. After it everything has to be
 * what it was, but for what the exit is defined to return: the result of a call (SMCCC 1.1: registers 1 to 3 may be results, too; ours are not),
 * the register that is loaded, and what an exception to the cell itself changes. Each kind of exit is taken "rounds" times, by several ways in
 * turn:
 *
 *	hypercall	completed in the fast path, and not
 *	PSCI		by SMC, fast and not; SMCCC by HVC
 *	GICD		loads and stores of the distributor, each register in turn for data and address
 *	timer		its interrupt, somewhere on the way or in WFI
 *
 * and those of the architecture's ways.c: MMIO, which the syndrome does not describe; SGI, to itself: the write, with each register, and the
 * interrupt; on ARMv7 CP15.
 *
 * Output: a line for each kind. A register that differs is named, and the kind ends there:
 *
 *	pattern: KIND: ROUNDS exits, N ms
 *	pattern: WAY: REGISTER is VALUE instead of VALUE after N exits
 *	pattern: M kinds kept everything, N did not
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "pattern.h"

#define STEP		((unsigned long)0x9e3779b97f4a7c15ULL)	/* odd: no value comes twice */

/* The stack pointer is the frame while registers are in use: room for the library's report of an unexpected exception below it */
static struct {
	u8 below[2048];
	struct frame f;
} __attribute__((aligned(16))) area;

unsigned long expected[GENERAL];
static unsigned long pattern = STEP, rounds;
static u64 calls, before[MAX_REGISTERS], now[MAX_REGISTERS];

unsigned long pattern_now(void)
{
	return pattern;
}

/* --- one exit ---------------------------------------------------------------------------------------------------------- */

static void fill(struct frame *f)
{
	unsigned int n;

	for (n = 0; n < GENERAL; n++)
		f->x[n] = expected[n] = pattern += STEP;
	for (n = 0; n < ARRAY_SIZE(f->v); n++)
		f->v[n] = pattern += STEP;
	f->flags = flags_of(pattern);
}

void set(struct frame *f, unsigned int reg, unsigned long argument)
{
	f->x[reg] = expected[reg] = argument;
}

static bool same(const char *way, const char *reg, unsigned int number, u64 is, u64 was)
{
	if (is == was)
		return true;
	printk("pattern: %s: %s%u is %llx instead of %llx after %llu exits\n", way, reg, number, is, was, calls);
	return false;
}

static bool all_same(const char *way, const char *reg, const unsigned long *is, const unsigned long *was, unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		if (is[n] != was[n])
			return same(way, reg, n, is[n], was[n]);
	return true;
}

static bool system_registers_kept(const char *way)
{
	unsigned int n;

	read_system_registers(now);
	for (n = 0; names[n]; n++)
		if (now[n] != before[n])
			return same(way, names[n], 0, now[n], before[n]);
	return true;
}

#define SAME(name)	&& same(way, #name, 0, f->flags_after.name, f->flags.name)

static bool kept(const char *way, const struct frame *f)
{
	return all_same(way, "x", f->x_after, expected, GENERAL) && all_same(way, "v", f->v_after, f->v, ARRAY_SIZE(f->v))
		FLAGS(SAME) && system_registers_kept(way);
}

void after_interrupt(struct frame *f, unsigned int irq)
{
	undo_exception(f, before);
	if (irq == TIMER_IRQ)
		timer_stop();
	if (irq_poll() != (int)irq)
		printk("pattern: interrupt %u was not the one that came\n", irq);
	undo_exception(f, before);
}

/* --- ways that both architectures have ------------------------------------------------------------------------------- */

static void unknown_hypercall(struct frame *f, unsigned int n)
{
	set(f, 0, 0x7fff);
	exit_hvc(f);
	expected[0] = (unsigned long)-ENOSYS;
}

static void hypercall(struct frame *f, unsigned int n)
{
	set(f, 0, JAILHOUSE_HC_HYPERVISOR_GET_INFO);
	exit_hvc(f);
	expected[0] = (unsigned long)-EPERM;
}

static void psci_version(struct frame *f, unsigned int n)
{
	set(f, 0, PSCI_VERSION);
	exit_smc(f);
	expected[0] = 0x10001;
}

static void psci_affinity_info(struct frame *f, unsigned int n)
{
	set(f, 0, PSCI_AFFINITY_INFO);
	set(f, 1, cpu_id());
	set(f, 2, 0);
	exit_smc(f);
	expected[0] = 0;
}

static void smccc_version(struct frame *f, unsigned int n)
{
	set(f, 0, SMCCC_VERSION);
	exit_hvc_smccc(f);
	expected[0] = 0x10001;
}

static void gicd_read(struct frame *f, unsigned int n)
{
	set(f, address_register(n), (unsigned long)gicd(GICD_ISENABLER1));
	exit_read[n](f);
	expected[n] = 0;
}

static void gicd_write(struct frame *f, unsigned int n)
{
	set(f, n, 0);
	set(f, address_register(n), (unsigned long)gicd(GICD_ISENABLER1));
	exit_write[n](f);
}

static void timer(struct frame *f, unsigned int n)
{
	write_sysreg(cntv_cval_el0, timer_get_ticks() + (pattern >> (sizeof(pattern) * 8 - 24)) % 512);
	write_sysreg(cntv_ctl_el0, 1);
	exit_wait(f);
	after_interrupt(f, TIMER_IRQ);
}

static const struct kind kinds[] = {
	{ "hypercall", { WAY(hypercall), WAY(unknown_hypercall) } },
	{ "PSCI", { WAY(psci_version), WAY(psci_affinity_info), WAY(smccc_version) } },
	{ "GICD", { WAY(gicd_read), WAY(gicd_write) } },
	{ "timer", { WAY(timer) } },
};

static unsigned int number_of_ways(const struct kind *kind)
{
	unsigned int n = 0;

	while (n < MAX_WAYS && kind->ways[n].leave)
		n++;
	return n;
}

static bool go(const struct kind *kind)
{
	unsigned int count = number_of_ways(kind);
	u64 start = timer_get_ticks();

	for (calls = 0; calls < rounds; calls++) {
		const struct way *way = &kind->ways[calls % count];

		fill(&area.f);
		way->leave(&area.f, calls / count % VARIANTS);
		if (!kept(way->name, &area.f))
			return false;
	}
	printk("pattern: %s: %lu exits, %llu ms\n", kind->name, rounds, timer_ticks_to_ns(timer_get_ticks() - start) / 1000000);
	return true;
}

void inmate_main(void)
{
	unsigned int n, good = 0;

	rounds = (unsigned long)cmdline_parse_int("rounds", 100000);
	use_registers();
	irq_init(NULL);
	irq_enable(TIMER_IRQ);
	irq_enable(SGI);
	timer_stop();
	fill_system_registers();
	read_system_registers(before);
	for (n = 0; n < ARRAY_SIZE(kinds); n++)
		good += go(&kinds[n]);
	for (n = 0; n < num_own_kinds; n++)
		good += go(&own_kinds[n]);
	printk("pattern: %u kinds kept everything, %u did not\n", good, (unsigned int)ARRAY_SIZE(kinds) + num_own_kinds - good);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
