// SPDX-License-Identifier: GPL-2.0
/*
 * x2apic - local APIC through MSRs (AMD APM vol. 2, 16.11).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/irqchip.h>
#include <x86/x2apic.h>

static u32 x2apic_read(u32 reg)
{
	return rdmsr(MSR_X2APIC_FIRST + reg);
}

static u32 x2apic_id(void)
{
	return x2apic_read(0x02);
}

const struct apic_ops apic_x2apic = {
	.read = x2apic_read,
	.write = x2apic_write,
	.id = x2apic_id,
	.send_ipi = x2apic_send_ipi,
};
