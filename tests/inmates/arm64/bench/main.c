// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * bench: what a cell pays for each way out of the guest, on ARM64 and ARM
 *
 * There are two clocks that count instructions. A plugin of the emulator keeps the number that this CPU has executed, also in the
 * hypervisor, in bench.counts (tests/bench/count.c); of ARM it is the only one. Or the emulator does (QEMU -icount shift=0): then a
 * nanosecond of the counter is one instruction, but a tick is many. So an operation is repeated in batches that last as long as many
 * ticks, and events are stamped with every offset of their start to a tick. The least of many runs counts. Figures, one line each:
 *
 *	bench: NAME INSTRUCTIONS
 *
 *	seven_nops	seven instructions: who counts otherwise is wrong
 *	hypercall	the cheapest of those that end in an error
 *	psci_version, smccc_version	by SMC
 *	gicd_read, gicd_write	of a register of shared interrupts, which the hypervisor emulates
 *	uart_read	a register of a device that the cell has: no exit
 *	timer_irq	from the moment that the timer is set to, to the first instructions of the handler; the CPU polls meanwhile
 *	sgi_self	from before the software-generated interrupt to oneself is asked for, to the same
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>
#include <tests/bench/count.h>
#include <bench/arch.h>

#define BATCH		1000
#define BATCHES		20
#define OFFSETS		32	/* instructions that the start is moved by, one after the other */
#define RUNS		20

#define GICD_ISENABLER1	0x104
#define UART_FR		0x18
#define SGI		1
#define DELAY_TICKS	200

/* What the handler of interrupts finds by address: the offsets are in vectors.S, and none of it may cross the end of a page. */
volatile struct {
	struct bench_counts counts;
	u64 arrival;	/* counts.executed when the handler began */
	u64 ticks;	/* the counter; ARM: the handler's own */
} bench __attribute__((aligned(64)));

static bool is_counted;	/* by the plugin */

static u64 now(void)
{
	return is_counted ? bench.counts.executed : timer_get_ticks();
}

static u64 instructions(u64 difference)
{
	return is_counted ? difference : timer_ticks_to_ns(difference);
}

static void handle_irq(unsigned int irq)
{
	if (irq == TIMER_IRQ)
		timer_stop();
}

/* One batch: ticks. The loop itself is measured with nothing in it, and taken off. */
#define OPERATION(name, code)					\
	static u64 name(void *arg)				\
	{							\
		u64 start = now();					\
		unsigned int n;					\
								\
		for (n = 0; n < BATCH; n++) {			\
			code;					\
			asm volatile("" : : : "memory");	\
		}						\
		return now() - start;				\
	}

OPERATION(nothing, )
OPERATION(seven_nops, asm volatile("nop; nop; nop; nop; nop; nop; nop"))
OPERATION(hypercall_unknown, jailhouse_call(0x7fff))
OPERATION(hypercall_of_root, jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS))
OPERATION(hypercall_bad_cpu, jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, 254, JAILHOUSE_CPU_INFO_STATE))
OPERATION(psci_version, bench_smc(PSCI_VERSION))
OPERATION(smccc_version, bench_smc(SMCCC_VERSION))
OPERATION(mmio_read, bench_read(arg))
OPERATION(mmio_write, bench_write(arg))

static u64 per_batch(u64 (*operation)(void *arg), void *arg)
{
	u64 least = ~0ULL, ticks;
	unsigned int batch;

	for (batch = 0; batch < BATCHES; batch++) {
		ticks = operation(arg);
		if (ticks < least)
			least = ticks;
	}
	return instructions(least);
}

static u64 cost_of(u64 (*operation)(void *arg), void *arg)
{
	return (per_batch(operation, arg) - per_batch(nothing, NULL) + BATCH / 2) / BATCH;
}

static u64 least_of(u64 a, u64 b)
{
	return a < b ? a : b;
}

static void move_start(unsigned int offset)
{
	while (offset--)
		asm volatile("nop");
}

/* Returns when the handler began. */
static u64 wait_for_handler(void)
{
	while (!bench.arrival && !bench.ticks)
		;
	return is_counted ? bench.arrival - BENCH_COUNTED_LATE : bench.ticks;
}

static u64 time_timer(unsigned int offset)
{
	u64 deadline, arrival;

	bench.arrival = bench.ticks = 0;
	move_start(offset);
	deadline = timer_get_ticks() + DELAY_TICKS;
	write_sysreg(cntv_cval_el0, deadline);
	write_sysreg(cntv_ctl_el0, 1);
	isb();
	arrival = wait_for_handler();
	return arrival - (is_counted ? bench.counts.entered : deadline);
}

static u64 time_sgi(unsigned int offset)
{
	u64 start;

	bench.arrival = bench.ticks = 0;
	move_start(offset);
	start = now();
	gic_send_sgi(cpu_id(), SGI);
	return wait_for_handler() - start;
}

/* The mean over all offsets of the least of each: what the coarse counter cuts off at one of them it adds at another. */
static u64 cost_of_event(u64 (*event)(unsigned int offset))
{
	u64 sum = 0, least, ticks;
	unsigned int offset, run;

	for (offset = 0; offset < OFFSETS; offset++) {
		least = ~0ULL;
		for (run = 0; run < RUNS; run++) {
			ticks = event(offset);
			if (ticks < least)
				least = ticks;
		}
		sum += least;
	}
	return instructions(sum) / OFFSETS;
}

static void print(const char *name, u64 cost)
{
	printk("bench: %s %llu\n", name, cost);
}

void inmate_main(void)
{
	void *enabler = (void *)(unsigned long)(comm_region->gicd_base + GICD_ISENABLER1);
	void *uart = (void *)(unsigned long)(comm_region->console.address + UART_FR);

	is_counted = bench.counts.executed;
	bench_use_vectors();
	irq_init(handle_irq);
	irq_enable(TIMER_IRQ);
	irq_enable(SGI);
	print("seven_nops", cost_of(seven_nops, NULL));
	print("hypercall", least_of(cost_of(hypercall_unknown, NULL),
				    least_of(cost_of(hypercall_of_root, NULL), cost_of(hypercall_bad_cpu, NULL))));
	print("psci_version", cost_of(psci_version, NULL));
	print("smccc_version", cost_of(smccc_version, NULL));
	print("gicd_read", cost_of(mmio_read, enabler));
	print("gicd_write", cost_of(mmio_write, enabler));
	print("uart_read", cost_of(mmio_read, uart));
	enable_irqs();
	print("timer_irq", cost_of_event(time_timer));
	print("sgi_self", cost_of_event(time_sgi));
	printk("bench: end\n");
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
