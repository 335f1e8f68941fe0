/* SPDX-License-Identifier: GPL-2.0 */
/* x2apic - the local APIC's MSRs, for its driver (irqchip/x2apic.c) and the frequent exits (entry/fast_common.inc). */
#ifndef X86_X2APIC_H
#define X86_X2APIC_H

#include <arch/cpu.h>
#include <hv/x86/cpudefs.h>

#define X2APIC_ICR	0x30

static inline void x2apic_write(u32 reg, u32 value)
{
	wrmsr(MSR_X2APIC_FIRST + reg, value);
}

static inline void x2apic_send_ipi(u32 dest, u32 icr_lo)
{
	/*
	 * WRMSR to the ICR is not serializing: earlier stores must be visible first (SDM vol. 3,
	 * 10.12.3)
	 */
	__asm__ volatile("mfence; lfence" ::: "memory");
	wrmsr(MSR_X2APIC_FIRST + X2APIC_ICR, (u64)dest << 32 | icr_lo);
}

#endif /* X86_X2APIC_H */
