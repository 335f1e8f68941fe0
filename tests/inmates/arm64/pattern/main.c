// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * pattern: no exit changes what is not its result
 *
 * Before each exit x0 to x30, the flags, v0 to v31, FPCR and FPSR are loaded with a pattern that is another one each time; the system
 * registers of EL1 that nothing depends on hold one all the time. After it everything has to be what it was, but for what the exit is
 * defined to return: the result of a call (SMCCC 1.1: x1 to x3 may be results, too; ours are not), the register that is loaded, and
 * what an exception to EL1 itself changes. Each kind of exit is taken "rounds" times, by several ways in turn:
 *
 *	hypercall	completed in the fast path, and not
 *	PSCI		by SMC, fast and not; SMCCC by HVC
 *	GICD		loads and stores of the distributor, each register in turn for data and address, also the zero register
 *	MMIO		the same with write-back and pairs, which the syndrome does not describe
 *	SGI		to itself: the write, with each register, and the interrupt
 *	timer		its interrupt, somewhere on the way or in WFI
 *
 * Output: a line for each kind. A register that differs is named, and the kind ends there:
 *
 *	pattern: KIND: ROUNDS exits, N ms
 *	pattern: WAY: REGISTER is VALUE instead of VALUE after N exits
 *	pattern: M kinds kept everything, N did not
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>
#include "frame.h"

#define SGI		5
#define GICD_ISENABLER1	0x104
#define GICD_SGIR	0xf00
#define STEP		0x9e3779b97f4a7c15UL	/* odd: no value comes twice */

/* The stack pointer is the frame while registers are in use: room for the library's report of an unexpected exception below it */
static struct {
	u8 below[2048];
	struct frame f;
} __attribute__((aligned(16))) area;

static unsigned long expected[32], pattern = STEP;
static u64 calls;
static unsigned long rounds;

/* --- system registers ------------------------------------------------------------------------------------------------ */

#define FREE_REGISTERS(X)									\
	X(tpidr_el0) X(tpidrro_el0) X(tpidr_el1) X(sp_el0) X(far_el1) X(esr_el1) X(afsr0_el1) X(afsr1_el1) X(par_el1)	\
	X(contextidr_el1) X(amair_el1) X(ttbr1_el1) X(csselr_el1) X(elr_el1) X(spsr_el1) X(cntkctl_el1)
#define USED_REGISTERS(X)									\
	X(sctlr_el1) X(tcr_el1) X(ttbr0_el1) X(vbar_el1) X(mair_el1) X(cpacr_el1) X(cntv_ctl_el0) X(cntv_cval_el0) X(daif)

#define NAME(r)		#r,
static const char *const names[] = { FREE_REGISTERS(NAME) USED_REGISTERS(NAME) };
#define COUNT(r)	+1
#define NUM_FREE	(0 FREE_REGISTERS(COUNT))
enum { ELR = NUM_FREE - 3, SPSR, CNTKCTL };
static u64 before[ARRAY_SIZE(names)], now[ARRAY_SIZE(names)];

static void read_system_registers(u64 *values)
{
	u64 *v = values;

#define READ(r)	*v++ = read_sysreg(r);
	FREE_REGISTERS(READ)
	USED_REGISTERS(READ)
}

/* What can be kept of the pattern is what the register reads then. */
static void fill_system_registers(void)
{
	u64 value = 0x5a5a5a5a5a5a5a5aUL;

#define WRITE(r)	write_sysreg(r, value); value = value * 3 + 0x0123456789abcdefUL;
	FREE_REGISTERS(WRITE)
	write_sysreg(csselr_el1, 1);
	write_sysreg(cntkctl_el1, 3);
	isb();
	read_system_registers(before);
}

/* --- one exit ---------------------------------------------------------------------------------------------------------- */

static void fill(struct frame *f)
{
	unsigned int n;

	for (n = 0; n < 31; n++)
		f->x[n] = expected[n] = pattern += STEP;
	for (n = 0; n < ARRAY_SIZE(f->v); n++)
		f->v[n] = pattern += STEP;
	f->flags.nzcv = pattern & NZCV_MASK;
	f->flags.fpcr = FPCR_VALUE;
	f->flags.fpsr = FPSR_VALUE;
}

/* An argument: it is there before, and afterwards, too, if it is not replaced by a result. */
static void set(struct frame *f, unsigned int reg, u64 value)
{
	f->x[reg] = expected[reg] = value;
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
	for (n = 0; n < ARRAY_SIZE(names); n++)
		if (now[n] != before[n])
			return same(way, names[n], 0, now[n], before[n]);
	return true;
}

static bool kept(const char *way, const struct frame *f)
{
	return all_same(way, "x", f->x_after, expected, 31) && all_same(way, "v", f->v_after, f->v, ARRAY_SIZE(f->v)) &&
		same(way, "nzcv", 0, f->flags_after.nzcv & NZCV_MASK, f->flags.nzcv) &&
		same(way, "fpcr", 0, f->flags_after.fpcr, FPCR_VALUE) && same(way, "fpsr", 0, f->flags_after.fpsr, FPSR_VALUE) &&
		system_registers_kept(way);
}

/* An exception to EL1 has changed some: where it came from is in ELR and SPSR, the flags among it. The handler's part follows. */
static void after_interrupt(struct frame *f, unsigned int irq)
{
	f->flags_after.nzcv = read_sysreg(spsr_el1) & NZCV_MASK;
	if (irq == TIMER_IRQ)
		timer_stop();
	if (irq_poll() != (int)irq)
		printk("pattern: interrupt %u was not the one that came\n", irq);
	write_sysreg(elr_el1, before[ELR]);
	write_sysreg(spsr_el1, before[SPSR]);
	write_sysreg(cntv_cval_el0, before[ARRAY_SIZE(names) - 2]);
	write_sysreg(daif, before[ARRAY_SIZE(names) - 1]);
	isb();
}

/* --- ways -------------------------------------------------------------------------------------------------------------- */

static void *gicd(unsigned int reg)
{
	return (void *)(comm_region->gicd_base + reg);
}

static bool is_v3(void)
{
	return comm_region->gic_version == 3;
}

static unsigned int address_register(unsigned int n)
{
	return (n + 1) % VARIANTS;
}

static void unknown_hypercall(struct frame *f, unsigned int n)
{
	set(f, 0, 0x7fff);
	exit_hvc(f);
	expected[0] = (u64)-ENOSYS;
}

static void hypercall(struct frame *f, unsigned int n)
{
	set(f, 0, JAILHOUSE_HC_HYPERVISOR_GET_INFO);
	exit_hvc(f);
	expected[0] = (u64)-EPERM;
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
	set(f, address_register(n), (u64)gicd(GICD_ISENABLER1));
	exit_read[n](f);
	expected[n] = 0;
}

static void gicd_write(struct frame *f, unsigned int n)
{
	set(f, n, 0);
	set(f, address_register(n), (u64)gicd(GICD_ISENABLER1));
	exit_write[n](f);
}

static void gicd_zero_register(struct frame *f, unsigned int n)
{
	set(f, 0, (u64)gicd(GICD_ISENABLER1));
	(n & 1 ? exit_read_zero : exit_write_zero)(f);
}

static void gicd_write_back(struct frame *f, unsigned int n)
{
	set(f, address_register(n), (u64)gicd(GICD_ISENABLER1));
	exit_next[n](f);
	expected[n] = 0;
	expected[address_register(n)] = (u64)gicd(GICD_ISENABLER1) + 4;
}

/* Two registers; of number 30 the second one is x15. */
static void gicd_pair(struct frame *f, unsigned int n)
{
	set(f, address_register(n), (u64)gicd(GICD_ISENABLER1));
	exit_pair[n](f);
	expected[n] = expected[n == 30 ? 15 : n + 1] = 0;
}

static u64 own_sgi(void)
{
	u64 id = cpu_id();

	if (!is_v3())
		return 1U << (16 + (id & 7)) | SGI;
	return (id >> 16 & 0xff) << 32 | (u64)SGI << 24 | (id >> 8 & 0xff) << 16 | (id >> 4 & 0xf) << 44 | 1ULL << (id & 0xf);
}

static void sgi(struct frame *f, unsigned int n)
{
	set(f, 0, own_sgi());
	if (!is_v3())
		set(f, 1, (u64)gicd(GICD_SGIR));
	(is_v3() ? exit_sgi_v3 : exit_sgi_v2)(f);
	after_interrupt(f, SGI);
}

/* Nothing waits for it before the next register is tried: to nobody. */
static void sgi_register(struct frame *f, unsigned int n)
{
	if (is_v3()) {
		set(f, n, (u64)SGI << 24);
		exit_sgi_write[n](f);
	} else {
		set(f, n, SGI);
		set(f, address_register(n), (u64)gicd(GICD_SGIR));
		exit_write[n](f);
	}
}

static void timer(struct frame *f, unsigned int n)
{
	write_sysreg(cntv_cval_el0, timer_get_ticks() + (pattern >> 40) % 512);
	write_sysreg(cntv_ctl_el0, 1);
	exit_wait(f);
	after_interrupt(f, TIMER_IRQ);
}

struct way {
	const char *name;
	void (*leave)(struct frame *f, unsigned int n);
};

#define WAY(name) { #name, name }
#define MAX_WAYS	3

static const struct kind {
	const char *name;
	struct way ways[MAX_WAYS];
} kinds[] = {
	{ "hypercall", { WAY(hypercall), WAY(unknown_hypercall) } },
	{ "PSCI", { WAY(psci_version), WAY(psci_affinity_info), WAY(smccc_version) } },
	{ "GICD", { WAY(gicd_read), WAY(gicd_write), WAY(gicd_zero_register) } },
	{ "MMIO", { WAY(gicd_write_back), WAY(gicd_pair) } },
	{ "SGI", { WAY(sgi), WAY(sgi_register) } },
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
	write_sysreg(cpacr_el1, 3 << 20);	/* FP and SIMD */
	write_sysreg(vbar_el1, (u64)pattern_vectors);
	irq_init(NULL);
	irq_enable(TIMER_IRQ);
	irq_enable(SGI);
	timer_stop();
	fill_system_registers();
	for (n = 0; n < ARRAY_SIZE(kinds); n++)
		good += go(&kinds[n]);
	printk("pattern: %u kinds kept everything, %u did not\n", good, (unsigned int)ARRAY_SIZE(kinds) - good);
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
