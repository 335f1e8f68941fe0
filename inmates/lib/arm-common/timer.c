// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Clock and delays: the virtual counter and its timer.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define CTL_ENABLE	1

#define HALTING_DELAY_NS	(1000 * NS_PER_USEC)

static bool timer_claimed;

u64 timer_get_frequency(void)
{
	return read_sysreg(cntfrq_el0);
}

u64 timer_get_ticks(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

u64 timer_ticks_to_ns(u64 ticks)
{
	u64 hz = timer_get_frequency();

	return ticks / hz * NS_PER_SEC + ticks % hz * NS_PER_SEC / hz;
}

static u64 ns_to_ticks(u64 ns)
{
	u64 hz = timer_get_frequency();

	return ns / NS_PER_SEC * hz + ns % NS_PER_SEC * hz / NS_PER_SEC;
}

static void set(u64 deadline, u64 control)
{
	write_sysreg(cntv_cval_el0, deadline);
	write_sysreg(cntv_ctl_el0, control);
	isb();
}

void timer_start(u64 timeout)
{
	timer_claimed = true;
	set(timer_get_ticks() + timeout, CTL_ENABLE);
}

void timer_stop(void)
{
	set(0, 0);
}

/* Interrupts are off until it is over; others that come meanwhile are taken here. */
static void halt_until(u64 deadline)
{
	unsigned long flags = irq_save();

	gic_init();
	irq_enable(TIMER_IRQ);
	set(deadline, CTL_ENABLE);
	halt();
	set(0, 0);
	irq_poll();
	irq_restore(flags);
}

void delay_us(unsigned long microsecs)
{
	u64 end = timer_get_ticks() + ns_to_ticks(microsecs * (u64)NS_PER_USEC), now;

	while ((now = timer_get_ticks()) < end) {
		if (timer_ticks_to_ns(end - now) >= HALTING_DELAY_NS && !timer_claimed)
			halt_until(end);
		else
			cpu_relax();
	}
}
