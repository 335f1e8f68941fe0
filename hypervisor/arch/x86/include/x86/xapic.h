/* SPDX-License-Identifier: GPL-2.0 */
/* xapic - the local APIC's register page, for its driver (irqchip/xapic.c) and the frequent exits (entry/fast_common.inc). */
#ifndef X86_XAPIC_H
#define X86_XAPIC_H

#include <arch/cpu.h>
#include <x86/layout.h>

#define XAPIC_ICR_LO		0x30
#define XAPIC_ICR_HI		0x31
#define XAPIC_ICR_BUSY		(1U << 12)

static inline u32 xapic_read(u32 reg)
{
	return mmio_read32((const u8 *)DEVICE_APIC + (reg << 4));
}

static inline void xapic_write(u32 reg, u32 value)
{
	mmio_write32((u8 *)DEVICE_APIC + (reg << 4), value);
}

/*
 * The guest's upper half is kept by vdev/x86/vlapic.c: it need not be put back. The last IPI was mostly
 * accepted long ago.
 */
static inline void xapic_send_ipi(u32 dest, u32 icr_lo)
{
	while (xapic_read(XAPIC_ICR_LO) & XAPIC_ICR_BUSY)
		arch_cpu_relax();
	xapic_write(XAPIC_ICR_HI, dest << 24);
	xapic_write(XAPIC_ICR_LO, icr_lo);
}

#endif /* X86_XAPIC_H */
