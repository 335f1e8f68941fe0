// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Timer of the local APIC.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define LVT_MASKED		(1 << 16)
#define LVT_ONE_SHOT		(0 << 17)
#define LVT_TSC_DEADLINE	(2 << 17)

#define TDCR_DIVIDE_BY_16	0x3
#define DIVIDER			16

bool apic_timer_claimed;

static u64 counter_hz;	/* of the APIC's counter, behind the divider */
static u64 deadline_hz;	/* 0: no TSC deadline */

static bool has_deadline(void)
{
	return cpuid_ecx(1, 0) & X86_CPUID1_ECX_DEADLINE;
}

static u64 ns_to_ticks(u64 ns, u64 hz)
{
	return ns / NS_PER_SEC * hz + ns % NS_PER_SEC * hz / NS_PER_SEC;
}

static void setup_one_shot(unsigned int vector)
{
	counter_hz = comm_region->apic_khz * 1000ULL / DIVIDER;
	write_msr(X2APIC_TDCR, TDCR_DIVIDE_BY_16);
	write_msr(X2APIC_LVTT, LVT_ONE_SHOT | vector);
}

static void set_one_shot(u64 ns)
{
	u64 ticks = ns_to_ticks(ns, counter_hz);

	if (ticks > 0xffffffff)
		ticks = 0xffffffff;
	write_msr(X2APIC_TMICT, ticks ? ticks : 1);	/* 0 would stop the timer */
}

unsigned long apic_timer_init(unsigned int vector)
{
	apic_timer_claimed = true;
	if (has_deadline()) {
		deadline_hz = tsc_init();
		write_msr(X2APIC_LVTT, LVT_TSC_DEADLINE | vector);
		return (unsigned long)deadline_hz;
	}
	setup_one_shot(vector);
	return comm_region->apic_khz * 1000UL;
}

void apic_timer_set(unsigned long long timeout_ns)
{
	if (deadline_hz)
		write_msr(MSR_TSC_DEADLINE, rdtsc() + ns_to_ticks(timeout_ns, deadline_hz));
	else
		set_one_shot(timeout_ns);
}

bool apic_timer_borrow(u64 ns)
{
	if (apic_timer_claimed || !comm_region->apic_khz)
		return false;
	idt_set_gate(DELAY_VECTOR);
	apic_enable();
	setup_one_shot(DELAY_VECTOR);
	set_one_shot(ns);
	return true;
}
