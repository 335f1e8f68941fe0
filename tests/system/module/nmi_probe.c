// SPDX-License-Identifier: GPL-2.0
/*
 * nmi_probe: is an NMI held back while another one is handled? Never stays loaded.
 *
 * The CPU sends itself an NMI; its handler sends a second one, waits, and looks whether that came in between: then Linux's entry code has
 * changed the frame that lies behind the saved registers ("iret" frame, arch/x86/entry/entry_64.S, asm_exc_nmi), so that the handler is
 * repeated. The second one has to come afterwards.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/nmi.h>

/* The handler changes them at any moment. */
static volatile unsigned int expected, handled, early, lost, frames;

static void send_to_self(void)
{
	unsigned long flags;

	local_irq_save(flags);
	native_apic_mem_write(APIC_ICR2, native_apic_mem_read(APIC_ID) & 0xff000000);
	native_apic_mem_write(APIC_ICR, APIC_DM_NMI | APIC_INT_ASSERT);
	local_irq_restore(flags);
}

static void wait_a_little(void)
{
	u64 end = rdtsc() + tsc_khz / 2;

	while (rdtsc() < end)
		cpu_relax();
}

/* Both, or for a second at most. */
static void wait_for_both(void)
{
	u64 end = rdtsc() + 1000ULL * tsc_khz;

	while (expected && rdtsc() < end)
		cpu_relax();
}

static int handle(unsigned int type, struct pt_regs *regs)
{
	const volatile unsigned long *iret_ip = (const volatile unsigned long *)(regs + 1);

	if (!expected)
		return NMI_DONE;
	expected--;
	if (!handled++) {
		frames += *iret_ip == regs->ip;
		send_to_self();
		wait_a_little();
		early += *iret_ip != regs->ip;
	}
	return NMI_HANDLED;
}

static int __init nmi_probe_init(void)
{
	unsigned int n;

	if (register_nmi_handler(NMI_LOCAL, handle, 0, "nmi_probe"))
		return -EINVAL;
	preempt_disable();
	for (n = 0; n < 100; n++) {
		handled = 0;
		expected = 2;
		send_to_self();
		wait_for_both();
		lost += expected;
		expected = 0;
	}
	preempt_enable();
	unregister_nmi_handler(NMI_LOCAL, "nmi_probe");
	pr_info("nmi_probe: %u pairs, %u frames found, %u came early, %u lost\n", n, frames, early, lost);
	return -EAGAIN;
}
module_init(nmi_probe_init);

MODULE_DESCRIPTION("Nested NMIs");
MODULE_LICENSE("GPL");
