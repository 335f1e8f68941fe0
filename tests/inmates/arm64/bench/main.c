// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * bench: what a cell pays for each way out of the guest, on ARM64
 *
 * In an emulator that counts instructions (QEMU -icount shift=0) a nanosecond is one instruction; the counter is coarser. So an
 * operation is repeated in batches that last as long as many ticks, and events are stamped with every offset of their start to a tick.
 * The least of many runs counts. Figures, one line each, are in nanoseconds:
 *
 *	bench: NAME NS
 *
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

#define BATCH		1000
#define BATCHES		20
#define OFFSETS		32	/* instructions that the start is moved by, one after the other */
#define RUNS		20

#define GICD_ISENABLER1	0x104
#define UART_FR		0x18
#define SGI		1
#define DELAY_TICKS	200

volatile u64 bench_arrival;
extern char bench_vectors[];

static void handle_irq(unsigned int irq)
{
	if (irq == TIMER_IRQ)
		timer_stop();
}

/* One batch: ticks. The loop itself is measured with nothing in it, and taken off. */
#define OPERATION(name, code)					\
	static u64 name(void *arg)				\
	{							\
		u64 start = timer_get_ticks();			\
		unsigned int n;					\
								\
		for (n = 0; n < BATCH; n++) {			\
			code;					\
			asm volatile("" : : : "memory");	\
		}						\
		return timer_get_ticks() - start;		\
	}

static inline void smc(u64 function)
{
	register u64 x0 asm("x0") = function;

	asm volatile("smc #0" : "+r" (x0) : : "x1", "x2", "x3", "memory");
}

OPERATION(nothing, )
OPERATION(hypercall_unknown, jailhouse_call(0x7fff))
OPERATION(hypercall_of_root, jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS))
OPERATION(hypercall_bad_cpu, jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, 254, JAILHOUSE_CPU_INFO_STATE))
OPERATION(psci_version, smc(PSCI_VERSION))
OPERATION(smccc_version, smc(SMCCC_VERSION))
OPERATION(mmio_read, mmio_read32(arg))
OPERATION(mmio_write, mmio_write32(arg, 0))

static u64 ns_per_batch(u64 (*operation)(void *arg), void *arg)
{
	u64 least = ~0ULL, ticks;
	unsigned int batch;

	for (batch = 0; batch < BATCHES; batch++) {
		ticks = operation(arg);
		if (ticks < least)
			least = ticks;
	}
	return timer_ticks_to_ns(least);
}

static u64 ns_of(u64 (*operation)(void *arg), void *arg)
{
	return (ns_per_batch(operation, arg) - ns_per_batch(nothing, NULL) + BATCH / 2) / BATCH;
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

static u64 time_timer(unsigned int offset)
{
	u64 deadline;

	bench_arrival = 0;
	move_start(offset);
	deadline = timer_get_ticks() + DELAY_TICKS;
	write_sysreg(cntv_cval_el0, deadline);
	write_sysreg(cntv_ctl_el0, 1);
	isb();
	while (!bench_arrival)
		;
	return bench_arrival - deadline;
}

static u64 time_sgi(unsigned int offset)
{
	u64 start;

	bench_arrival = 0;
	move_start(offset);
	start = timer_get_ticks();
	gic_send_sgi(cpu_id(), SGI);
	while (!bench_arrival)
		;
	return bench_arrival - start;
}

/* The mean over all offsets of the least of each: what the coarse counter cuts off at one of them it adds at another. */
static u64 ns_of_event(u64 (*event)(unsigned int offset))
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
	return timer_ticks_to_ns(sum) / OFFSETS;
}

static void print(const char *name, u64 ns)
{
	printk("bench: %s %llu\n", name, ns);
}

void inmate_main(void)
{
	void *enabler = (void *)(comm_region->gicd_base + GICD_ISENABLER1);
	void *uart = (void *)(comm_region->console.address + UART_FR);

	write_sysreg(vbar_el1, (u64)bench_vectors);
	irq_init(handle_irq);
	irq_enable(TIMER_IRQ);
	irq_enable(SGI);
	print("hypercall", least_of(ns_of(hypercall_unknown, NULL),
				    least_of(ns_of(hypercall_of_root, NULL), ns_of(hypercall_bad_cpu, NULL))));
	print("psci_version", ns_of(psci_version, NULL));
	print("smccc_version", ns_of(smccc_version, NULL));
	print("gicd_read", ns_of(mmio_read, enabler));
	print("gicd_write", ns_of(mmio_write, enabler));
	print("uart_read", ns_of(mmio_read, uart));
	enable_irqs();
	print("timer_irq", ns_of_event(time_timer));
	print("sgi_self", ns_of_event(time_sgi));
	printk("bench: end\n");
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
