// SPDX-License-Identifier: GPL-2.0
/*
 * x2apic - local APIC through MSRs (AMD APM vol. 2, 16.11).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/cpu.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/irqchip.h>
#include <x86/layout.h>

#define X2APIC_ICR	0x30

static u32 x2apic_read(u32 reg)
{
	return rdmsr(MSR_X2APIC_FIRST + reg);
}

static void x2apic_write(u32 reg, u32 value)
{
	wrmsr(MSR_X2APIC_FIRST + reg, value);
}

static u32 x2apic_id(void)
{
	return x2apic_read(0x02);
}

static void x2apic_send_ipi(u32 dest, u32 icr_lo)
{
	/* WRMSR to the ICR is not serializing: earlier stores must be visible first (SDM vol. 3, 10.12.3) */
	__asm__ volatile("mfence; lfence" ::: "memory");
	wrmsr(MSR_X2APIC_FIRST + X2APIC_ICR, (u64)dest << 32 | icr_lo);
}

const struct apic_ops apic_x2apic = {
	.read = x2apic_read,
	.write = x2apic_write,
	.id = x2apic_id,
	.send_ipi = x2apic_send_ipi,
};
