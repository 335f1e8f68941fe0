// SPDX-License-Identifier: GPL-2.0
/*
 * xapic - local APIC through its register page (AMD APM vol. 2, 16.3).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/irqchip.h>
#include <x86/xapic.h>

static u32 xapic_id(void)
{
	return xapic_read(0x02) >> 24;
}

const struct apic_ops apic_xapic = {
	.read = xapic_read,
	.write = xapic_write,
	.id = xapic_id,
	.send_ipi = xapic_send_ipi,
};
