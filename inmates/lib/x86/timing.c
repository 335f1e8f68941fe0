// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Clocks and delays.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define PM_TIMER_HZ		3579545
#define PM_TIMER_MASK		0xffffff	/* 24 bits are there in any case (ACPI 4.8.3.3) */

#define HALTING_DELAY_NS	(1000 * NS_PER_USEC)
#define LONGEST_HALT_NS		NS_PER_SEC	/* well below the 4.7 s after which the PM timer wraps unnoticed */

static u64 tsc_hz;

u64 pm_timer_read(void)
{
	static u32 last;
	static u64 wraps;
	u32 now = inl(comm_region->pm_timer_address) & PM_TIMER_MASK;
	u64 ticks;

	if (now < last)
		wraps++;
	last = now;
	ticks = wraps * (PM_TIMER_MASK + 1ULL) + now;
	return ticks / PM_TIMER_HZ * NS_PER_SEC + ticks % PM_TIMER_HZ * NS_PER_SEC / PM_TIMER_HZ;
}

static u64 measure_tsc(void)
{
	const u64 interval = 100 * NS_PER_MSEC;
	u64 start_tsc, end_tsc, start_ns, end_ns;

	start_ns = pm_timer_read();
	start_tsc = rdtsc();
	do
		end_ns = pm_timer_read();
	while (end_ns - start_ns < interval);
	end_tsc = rdtsc();
	return (end_tsc - start_tsc) * NS_PER_SEC / (end_ns - start_ns);
}

unsigned long tsc_init(void)
{
	tsc_hz = comm_region->tsc_khz ? comm_region->tsc_khz * 1000ULL : measure_tsc();
	return (unsigned long)tsc_hz;
}

u64 tsc_read_ns(void)
{
	u64 ticks = rdtsc();

	return ticks / tsc_hz * NS_PER_SEC + ticks % tsc_hz * NS_PER_SEC / tsc_hz;
}

static u64 clock_ns(void)
{
	return tsc_hz ? tsc_read_ns() : pm_timer_read();
}

/*
 * Only the delay's vector may end the halt: the task priority holds back those of the program. Interrupts are off until the halt,
 * or the timer might expire in front of it.
 */
static void halt_for(u64 ns)
{
	unsigned long flags = irqs_save();
	u64 old_tpr = read_msr(X2APIC_TPR);

	write_msr(X2APIC_TPR, (DELAY_VECTOR & 0xf0) - 0x10);	/* holds back its own class and those below */
	if (apic_timer_borrow(ns))
		asm volatile("sti; hlt; cli" : : : "memory");
	write_msr(X2APIC_TPR, old_tpr);
	irqs_restore(flags);
}

void delay_us(unsigned long microsecs)
{
	u64 start = clock_ns(), ns = microsecs * (u64)NS_PER_USEC, passed, rest;

	while ((passed = clock_ns() - start) < ns) {
		rest = ns - passed;
		if (rest >= HALTING_DELAY_NS && !apic_timer_claimed)
			halt_for(rest < LONGEST_HALT_NS ? rest : LONGEST_HALT_NS);
		else
			cpu_relax();
	}
}
