// SPDX-License-Identifier: GPL-2.0
/*
 * Frequencies that the system configuration may leave to the driver. Linux exports the TSC's; the
 * local APIC's timer is measured against it, because lapic_timer_period is not exported.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/processor.h>
#include <asm/apicdef.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "clock_x86.h"

#define CALIBRATION_MS		10
#define TIMER_DIVIDE_BY_1	0xb	/* SDM 3A 10.5.4 */

/* struct timer_state - what calibration disturbs */
struct timer_state {
	u32 lvtt, divide, initial, current_count;
};

static u32 apic_get(void __iomem *xapic, u32 reg)
{
	return xapic ? readl(xapic + reg) : (u32)native_read_msr(APIC_BASE_MSR + (reg >> 4));
}

static void apic_set(void __iomem *xapic, u32 reg, u32 value)
{
	if (xapic)
		writel(value, xapic + reg);
	else
		native_write_msr(APIC_BASE_MSR + (reg >> 4), value, 0);
}

static struct timer_state timer_take(void __iomem *xapic)
{
	struct timer_state old = {
		.lvtt = apic_get(xapic, APIC_LVTT),
		.divide = apic_get(xapic, APIC_TDCR),
		.initial = apic_get(xapic, APIC_TMICT),
		.current_count = apic_get(xapic, APIC_TMCCT),
	};

	apic_set(xapic, APIC_LVTT,
		 (old.lvtt & ~(APIC_LVT_TIMER_TSCDEADLINE | APIC_LVT_TIMER_PERIODIC)) |
			 APIC_LVT_MASKED);
	apic_set(xapic, APIC_TDCR, TIMER_DIVIDE_BY_1);
	apic_set(xapic, APIC_TMICT, ~0U);
	return old;
}

/*
 * What the counter has to start from to go on. One that has run out is started once more: its
 * interrupt may not have been raised yet (emulators do it a little later), and is lost with the
 * reprogramming. Linux bears a spurious tick, but not a lost one.
 */
static u32 timer_rest(struct timer_state old)
{
	if (!old.initial || old.lvtt & APIC_LVT_TIMER_PERIODIC)
		return old.initial;
	return max(old.current_count, 1U);
}

/* A pending event fires 10 ms late, a deadline at once; a periodic timer only loses its phase. */
static void timer_give_back(void __iomem *xapic, struct timer_state old)
{
	apic_set(xapic, APIC_TDCR, old.divide);
	apic_set(xapic, APIC_LVTT, old.lvtt);
	if (old.lvtt & APIC_LVT_TIMER_TSCDEADLINE)
		wrmsrl(MSR_IA32_TSC_DEADLINE, rdtsc() + 1000);
	else
		apic_set(xapic, APIC_TMICT, timer_rest(old));
}

static u32 apic_khz_measure(void __iomem *xapic)
{
	struct timer_state old;
	u64 start, now, ticks;
	unsigned long flags;
	u32 first;

	local_irq_save(flags);
	old = timer_take(xapic);
	first = apic_get(xapic, APIC_TMCCT);
	start = rdtsc_ordered();
	while (rdtsc_ordered() - start < (u64)tsc_khz * CALIBRATION_MS)
		cpu_relax();
	/* The same order as at the start: what the register access costs cancels out. */
	ticks = first - apic_get(xapic, APIC_TMCCT);
	now = rdtsc_ordered();
	timer_give_back(xapic, old);
	local_irq_restore(flags);

	return div64_u64(ticks * tsc_khz, now - start);
}

static u32 apic_khz_calibrate(void)
{
	void __iomem *xapic;
	u64 base;
	u32 khz;

	rdmsrl(MSR_IA32_APICBASE, base);
	if (base & X2APIC_ENABLE)
		return apic_khz_measure(NULL);
	xapic = ioremap(base & MSR_IA32_APICBASE_BASE, PAGE_SIZE);
	if (!xapic)
		return 0;
	khz = apic_khz_measure(xapic);
	iounmap(xapic);
	return khz;
}

void clock_fill_in(struct jailhouse_system *config)
{
	if (!config->platform_info.x86.tsc_khz)
		config->platform_info.x86.tsc_khz = tsc_khz;
	if (!config->platform_info.x86.apic_khz)
		config->platform_info.x86.apic_khz = apic_khz_calibrate();
}
