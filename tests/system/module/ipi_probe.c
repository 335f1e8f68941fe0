// SPDX-License-Identifier: GPL-2.0
/*
 * ipi_probe: root sends INIT, start-up, NMI and a fixed interrupt to the APIC id @target. Never stays loaded.
 *
 * Both halves of the command register are written with interrupts off: Linux's own IPIs use it too.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <asm/apic.h>

static unsigned int target;
module_param(target, uint, 0);

static const u32 commands[] = {
	APIC_DM_INIT | APIC_INT_ASSERT,
	APIC_DM_STARTUP | 0x08,
	APIC_DM_NMI | APIC_INT_ASSERT,
	APIC_DM_FIXED | APIC_INT_ASSERT | 0x30,
};

static void send(u32 command)
{
	unsigned long flags;

	local_irq_save(flags);
	native_apic_mem_write(APIC_ICR2, target << 24);
	native_apic_mem_write(APIC_ICR, command);
	local_irq_restore(flags);
}

static int __init ipi_probe_init(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(commands); n++) {
		send(commands[n]);
		mdelay(10);
	}
	pr_info("ipi_probe: sent %u commands to %u\n", n, target);
	return -EAGAIN;
}
module_init(ipi_probe_init);

MODULE_DESCRIPTION("IPIs of root to a CPU that is not its own");
MODULE_LICENSE("GPL");
