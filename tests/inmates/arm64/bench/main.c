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
 *	hypercall	one that does not exist
 *	psci_version, smccc_version	by SMC
 *	gicd_read, gicd_write	of a register of shared interrupts, which the hypervisor emulates
 *	uart_read	a register of a device that the cell has: no exit
 *	timer_irq	from the moment that the timer is set to, to the handler; the CPU polls meanwhile
 *	sgi_self	from before the software-generated interrupt to oneself is asked for, to the handler
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define BATCH		1000
#define BATCHES		20
#define OFFSETS		32	/* instructions that the start is moved by, one after the other */
#define RUNS		20

#define NO_HYPERCALL	0x7fff
#define GICD_ISENABLER1	0x104
#define UART_FR		0x18
#define SGI		1
#define DELAY_TICKS	200

static volatile u64 arrival;

static void handle_irq(unsigned int irq)
{
	arrival = timer_get_ticks();
	if (irq == TIMER_IRQ)
		timer_stop();
}

static u64 ns_per_batch(void (*operation)(void))
{
	u64 least = ~0ULL, start, ticks;
	unsigned int batch, n;

	for (batch = 0; batch < BATCHES; batch++) {
		start = timer_get_ticks();
		for (n = 0; n < BATCH; n++)
			operation();
		ticks = timer_get_ticks() - start;
		if (ticks < least)
			least = ticks;
	}
	return timer_ticks_to_ns(least);
}

static void nothing(void)
{
	asm volatile("" : : : "memory");
}

static void hypercall(void)
{
	jailhouse_call(NO_HYPERCALL);
}

static void psci_version(void)
{
	smc_call(PSCI_VERSION, 0, 0, 0);
}

static void smccc_version(void)
{
	smc_call(SMCCC_VERSION, 0, 0, 0);
}

static void gicd_read(void)
{
	mmio_read32((void *)(comm_region->gicd_base + GICD_ISENABLER1));
}

static void gicd_write(void)
{
	mmio_write32((void *)(comm_region->gicd_base + GICD_ISENABLER1), 0);
}

static void uart_read(void)
{
	mmio_read32((void *)(comm_region->console.address + UART_FR));
}

static void move_start(unsigned int offset)
{
	while (offset--)
		asm volatile("nop");
}

static u64 time_timer(unsigned int offset)
{
	u64 deadline;

	arrival = 0;
	move_start(offset);
	deadline = timer_get_ticks() + DELAY_TICKS;
	write_sysreg(cntv_cval_el0, deadline);
	write_sysreg(cntv_ctl_el0, 1);
	isb();
	while (!arrival)
		;
	return arrival - deadline;
}

static u64 time_sgi(unsigned int offset)
{
	u64 start;

	arrival = 0;
	move_start(offset);
	start = timer_get_ticks();
	gic_send_sgi(cpu_id(), SGI);
	while (!arrival)
		;
	return arrival - start;
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

static const struct {
	const char *name;
	void (*operation)(void);
} operations[] = {
	{ "hypercall", hypercall },
	{ "psci_version", psci_version },
	{ "smccc_version", smccc_version },
	{ "gicd_read", gicd_read },
	{ "gicd_write", gicd_write },
	{ "uart_read", uart_read },
};

void inmate_main(void)
{
	u64 empty;
	unsigned int n;

	irq_init(handle_irq);
	irq_enable(TIMER_IRQ);
	irq_enable(SGI);
	empty = ns_per_batch(nothing);
	for (n = 0; n < ARRAY_SIZE(operations); n++)
		printk("bench: %s %llu\n", operations[n].name, (ns_per_batch(operations[n].operation) - empty) / BATCH);
	enable_irqs();
	printk("bench: timer_irq %llu\n", ns_of_event(time_timer));
	printk("bench: sgi_self %llu\n", ns_of_event(time_sgi));
	printk("bench: end\n");
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
