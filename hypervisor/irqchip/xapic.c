// SPDX-License-Identifier: GPL-2.0
/*
 * xapic - local APIC through its register page (AMD APM vol. 2, 16.3).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/cpu.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/irqchip.h>
#include <x86/layout.h>

#define XAPIC_ICR_LO		0x30
#define XAPIC_ICR_HI		0x31
#define XAPIC_ICR_BUSY		(1U << 12)

static u32 xapic_read(u32 reg)
{
	return mmio_read32((const u8 *)DEVICE_APIC + (reg << 4));
}

static void xapic_write(u32 reg, u32 value)
{
	mmio_write32((u8 *)DEVICE_APIC + (reg << 4), value);
}

static u32 xapic_id(void)
{
	return xapic_read(0x02) >> 24;
}

/* The guest's upper half is kept by vdev/vlapic.c: it need not be put back. The last IPI was mostly accepted long ago. */
static void xapic_send_ipi(u32 dest, u32 icr_lo)
{
	while (xapic_read(XAPIC_ICR_LO) & XAPIC_ICR_BUSY)
		arch_cpu_relax();
	xapic_write(XAPIC_ICR_HI, dest << 24);
	xapic_write(XAPIC_ICR_LO, icr_lo);
}

const struct apic_ops apic_xapic = {
	.read = xapic_read,
	.write = xapic_write,
	.id = xapic_id,
	.send_ipi = xapic_send_ipi,
};
