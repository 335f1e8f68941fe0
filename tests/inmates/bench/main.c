// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * bench: what a cell pays for each way out of the guest, in ticks of the TSC
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Runs in a cell of two CPUs with the test device. In an emulator that counts instructions
 * (QEMU -icount shift=0) a tick is one instruction; on hardware it is a tick. Each operation
 * runs 200 times after 10 warm-ups; the least is printed, one line each. Where the TSC goes in
 * steps of several instructions (Bochs: 5), it is the mean, the runs having begun at different
 * places between two steps: the least would be wrong by up to a step.
 *
 *	bench: NAME TICKS
 *
 * The figures contain 8 ticks for the two readings of the TSC around the operation, whatever
 * the compiler made of them here: what an empty operation costs is measured, taken off, and 8
 * are added. (So are those of the hypervisor that this one is compared with.)
 *
 * Operations on the sending side (exits, ipi_send) are measured while the other CPU is halted.
 * Interrupts are stamped by the third instruction of their handler.
 *
 *	ipi_send	the ICR write alone; the other CPU is halted and its task priority holds
 *			the vector back
 *	ipi_self	from before the ICR write to the handler on the same CPU
 *	ipi_halted	from before the ICR write to the handler on the other CPU, which is in HLT
 *	ipi_round_trip	the other CPU's handler sends one back; both are in HLT meanwhile
 *	timer_hlt	one-shot timer of 2 ms, set by a write to TMICT: how long after "before
 *			the write" + 2 ms the handler runs, HLT in between
 *	steady_exits	exits in 10^8 instructions of a control loop: each millisecond a one-shot timer
 *			and an interrupt to itself, in between work on memory and ports of its own
 *	NAME_exits	exits in one run of the operation that should have none (what reads the
 *			counter, sets the timer and ends the interrupt is not counted)
 */
#include <inmate.h>
#include "bench.h"

#define RUNS		200
#define WARM_UPS	10
#define STAMPS_TICKS	8
#define SHIFTS		5	/* prime to the two instructions of a shift */

#define TIMER_US	2000
#define TIMER_DIVIDE_1	0xb	/* APM 2, 16.4.1 */
#define TPR_ALL_BUT_TOP	0xe0
#define MSR_PAT		0x277
#define COM2_SCRATCH	0x2ff	/* owned by the cell */
#define PCI_CONFIG_ADDR	0xcf8
#define SETTLE_ROUNDS	200
#define STEADY_PERIODS	100
#define STEADY_LOOPS	100000	/* of 10 instructions: 10^6 in each period of 1 ms */
#define STEADY_US	1000
#define EXITS_OF_METER	1	/* the hypercall that reads the counter first counts itself */

/* The test device: last 8 bytes of the page behind the communication region */
#define TEST_DEVICE	((void *)(COMM_REGION_BASE + 2 * PAGE_SIZE - 8))

/* Written by the handlers in vectors.S */
volatile u64 bench_arrival;
volatile u32 bench_first_cpu;

static unsigned int second_cpu;
static bool tsc_has_steps;
static volatile u32 sibling_wakes, sibling_tpr;

struct operation {
	const char *name;
	u64 (*run)(void);
	bool count_exits;	/* print those beyond expected_exits as NAME_exits */
	u32 expected_exits;
};

/* --- one run each: ticks -------------------------------------------------------------------- */

static u64 run_nothing(void)
{
	u64 start = rdtsc();

	return rdtsc() - start;
}

static u64 run_cpu_get_info(void)
{
	u64 start = rdtsc();

	jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, bench_first_cpu, JAILHOUSE_CPU_INFO_STATE);
	return rdtsc() - start;
}

/* Root's alone: the cell gets -EPERM */
static u64 run_hypervisor_get_info(void)
{
	u64 start = rdtsc();

	jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS);
	return rdtsc() - start;
}

static u64 run_cpuid(void)
{
	u32 eax, ebx, ecx, edx;
	u64 start = rdtsc();

	cpuid(1, 0, &eax, &ebx, &ecx, &edx);
	return rdtsc() - start;
}

static u64 run_pat_read(void)
{
	u64 start = rdtsc();

	read_msr(MSR_PAT);
	return rdtsc() - start;
}

static u64 run_apic_id_read(void)
{
	u64 start = rdtsc();

	read_msr(X2APIC_ID);
	return rdtsc() - start;
}

/* 0 stops the timer: nothing else follows */
static u64 run_tmict_write(void)
{
	u64 start = rdtsc();

	write_msr(X2APIC_TMICT, 0);
	return rdtsc() - start;
}

static u64 run_eoi_write(void)
{
	u64 start = rdtsc();

	write_msr(X2APIC_EOI, 0);
	return rdtsc() - start;
}

static u64 run_mmio_read32(void)
{
	u64 start = rdtsc();

	mmio_read32(TEST_DEVICE);
	return rdtsc() - start;
}

static u64 run_mmio_write32(void)
{
	u64 start = rdtsc();

	mmio_write32(TEST_DEVICE, 0x12345678);
	return rdtsc() - start;
}

static u64 run_pci_address_write(void)
{
	u64 start = rdtsc();

	outl(0x80000000, PCI_CONFIG_ADDR);
	return rdtsc() - start;
}

static u64 run_port_read(void)
{
	u64 start = rdtsc();

	inb(COM2_SCRATCH);
	return rdtsc() - start;
}

static void send(unsigned int cpu, unsigned int vector)
{
	write_msr(X2APIC_ICR, ((u64)cpu << 32) | APIC_DM_FIXED | APIC_ASSERT | vector);
}

static u64 run_ipi_send(void)
{
	u64 start = rdtsc();

	send(second_cpu, VECTOR_STAMP);
	return rdtsc() - start;
}

static u64 arrival_since(u64 start)
{
	while (!bench_arrival)
		cpu_relax();
	return bench_arrival - start;
}

static u64 run_ipi_self(void)
{
	u64 start;

	bench_arrival = 0;
	enable_irqs();
	start = rdtsc();
	write_msr(X2APIC_ICR, APIC_SH_SELF | APIC_DM_FIXED | APIC_ASSERT | VECTOR_STAMP);
	disable_irqs();
	return arrival_since(start);
}

/* A waiting loop yields to the other vCPUs of the emulator: let the other CPU come to its HLT. */
static void let_sibling_halt(void)
{
	for (unsigned int i = 0; i < SETTLE_ROUNDS; i++)
		cpu_relax();
}

static u64 run_ipi_halted(void)
{
	u64 start;

	let_sibling_halt();
	bench_arrival = 0;
	start = rdtsc();
	send(second_cpu, VECTOR_STAMP);
	return arrival_since(start);
}

static void halt_until_arrival(void)
{
	while (!bench_arrival)
		asm volatile("sti; hlt; cli" : : : "memory");
}

static u64 run_ipi_round_trip(void)
{
	u64 start;

	let_sibling_halt();
	bench_arrival = 0;
	start = rdtsc();
	send(second_cpu, VECTOR_ECHO);
	halt_until_arrival();
	return bench_arrival - start;
}

static u64 run_timer(void)
{
	u64 start, ticks = comm_region->tsc_khz * (u64)TIMER_US / 1000;

	bench_arrival = 0;
	start = rdtsc();
	write_msr(X2APIC_TMICT, comm_region->apic_khz * (u64)TIMER_US / 1000);
	halt_until_arrival();
	return bench_arrival - start - ticks;
}

/* --- the other CPU -------------------------------------------------------------------------- */

static void sibling_main(void)
{
	while (1) {
		write_msr(X2APIC_TPR, sibling_tpr);
		sibling_wakes++;
		asm volatile("sti; hlt; cli" : : : "memory");
	}
}

/* VECTOR_WAKE passes every task priority that is used here. */
static void set_sibling_tpr(u32 tpr)
{
	u32 wakes = sibling_wakes;

	let_sibling_halt();
	sibling_tpr = tpr;
	send(second_cpu, VECTOR_WAKE);
	while (sibling_wakes == wakes)
		cpu_relax();
	let_sibling_halt();
}

/* --- the table ------------------------------------------------------------------------------ */

static const struct operation exits[] = {
	{ .name = "hypercall_hypervisor_get_info", .run = run_hypervisor_get_info },
	{ .name = "hypercall_cpu_get_info", .run = run_cpu_get_info },
	{ .name = "cpuid", .run = run_cpuid },
	{ .name = "msr_pat_read", .run = run_pat_read },
	{ .name = "x2apic_id_read", .run = run_apic_id_read },
	{ .name = "tmict_write", .run = run_tmict_write },
	{ .name = "eoi_write", .run = run_eoi_write },
	{ .name = "pci_address_write", .run = run_pci_address_write },
	{ .name = "mmio_read32", .run = run_mmio_read32 },
	{ .name = "mmio_write32", .run = run_mmio_write32 },
	{ .name = "port_read", .run = run_port_read, .count_exits = true },
	{ .name = "ipi_send", .run = run_ipi_send },
};

static const struct operation interrupts[] = {
	{ .name = "ipi_self", .run = run_ipi_self },
	{ .name = "ipi_halted", .run = run_ipi_halted },
	{ .name = "ipi_round_trip", .run = run_ipi_round_trip },
	/* exits expected: TMICT and, after the stamp, EOI */
	{ .name = "timer_hlt", .run = run_timer, .count_exits = true, .expected_exits = 2 },
};

/* Two instructions for each */
static void shift(u32 by)
{
	if (by)
		asm volatile("1: dec %0; jnz 1b" : "+r" (by) : : "cc");
}

/* Runs of one shift begin at places that wander evenly through a step of five, but for one shift at most, where they all begin at the same. */
static u64 figure_of(const struct operation *op)
{
	u64 ticks, least = ~0ULL, sum = 0;

	for (unsigned int i = 0; i < WARM_UPS; i++)
		op->run();
	for (unsigned int i = 0; i < RUNS; i++) {
		shift(i / (RUNS / SHIFTS));
		ticks = op->run();
		sum += ticks;
		if (ticks < least)
			least = ticks;
	}
	return tsc_has_steps ? (sum + RUNS / 2) / RUNS : least;
}

/* A clock that counts each instruction never shows the same twice. */
static bool see_steps(void)
{
	u32 first, second;

	for (unsigned int i = 0; i < RUNS; i++) {
		shift(i % SHIFTS);
		asm volatile("rdtsc; mov %%eax, %0; rdtsc" : "=&r" (first), "=a" (second) : : "edx");
		if (first == second)
			return true;
	}
	return false;
}

static int count_exits(void)
{
	return jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, bench_first_cpu,
				   JAILHOUSE_CPU_INFO_STAT_BASE + JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
}

static int unexpected_exits(const struct operation *op)
{
	int before = count_exits();

	op->run();
	return count_exits() - before - EXITS_OF_METER - (int)op->expected_exits;
}

static void measure(const struct operation *ops, unsigned int count)
{
	const struct operation nothing = { .name = "nothing", .run = run_nothing };
	u64 stamps = figure_of(&nothing);

	for (const struct operation *op = ops; op < ops + count; op++) {
		printk("bench: %s %lld\n", op->name,
		       (long long)(figure_of(op) - stamps + STAMPS_TICKS));
		if (op->count_exits)
			printk("bench: %s_exits %d\n", op->name, unexpected_exits(op));
	}
}

static volatile u32 steady_memory;

/* 10 instructions a round */
static void work(u32 rounds)
{
	asm volatile("1:\n\t"
		     "mov %1, %%eax\n\t"
		     "add $3, %%eax\n\t"
		     "rol $5, %%eax\n\t"
		     "xor $0x55, %%eax\n\t"
		     "mov %%eax, %1\n\t"
		     "lea 1(%%rax), %%edx\n\t"
		     "and $0xff, %%edx\n\t"
		     "nop\n\t"
		     "dec %0\n\t"
		     "jnz 1b"
		     : "+r" (rounds), "+m" (steady_memory) : : "eax", "edx", "cc");
}

static void interrupt_myself(void)
{
	bench_arrival = 0;
	write_msr(X2APIC_SELF_IPI, VECTOR_STAMP);
	halt_until_arrival();
}

static void steady_period(void)
{
	bench_arrival = 0;
	write_msr(X2APIC_TMICT, comm_region->apic_khz * (u64)STEADY_US / 1000);
	work(STEADY_LOOPS);
	outb(inb(COM2_SCRATCH), COM2_SCRATCH);
	halt_until_arrival();
	interrupt_myself();
}

/* What a cell does all day. */
static void measure_steady_state(void)
{
	int before;

	steady_period();
	before = count_exits();
	for (unsigned int i = 0; i < STEADY_PERIODS; i++)
		steady_period();
	printk("bench: steady_exits %d\n", count_exits() - before - EXITS_OF_METER);
}

static void prepare_interrupts(void)
{
	irq_init(NULL);
	bench_set_gate(VECTOR_STAMP, bench_vector_stamp);
	bench_set_gate(VECTOR_ECHO, bench_vector_echo);
	bench_set_gate(VECTOR_WAKE, bench_vector_wake);
	write_msr(X2APIC_TDCR, TIMER_DIVIDE_1);
	write_msr(X2APIC_LVTT, VECTOR_STAMP);
}

static bool start_sibling(void)
{
	smp_wait_for_all_cpus();
	bench_first_cpu = cpu_id();
	second_cpu = smp_cpu_ids[1];
	sibling_tpr = TPR_ALL_BUT_TOP;
	return smp_num_cpus == 2 && !smp_start_cpu(second_cpu, sibling_main);
}

void inmate_main(void)
{
	excp_reporting_init();
	if (!start_sibling()) {
		printk("bench: failed: the cell needs a second CPU\n");
		comm_region->cell_state = JAILHOUSE_CELL_FAILED;
		return;
	}
	prepare_interrupts();
	tsc_has_steps = see_steps();
	let_sibling_halt();
	measure(exits, ARRAY_SIZE(exits));
	set_sibling_tpr(0);
	measure(interrupts, ARRAY_SIZE(interrupts));
	measure_steady_state();
	printk("bench: end\n");
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
