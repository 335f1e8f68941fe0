// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about an ARM64 machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/printk.h>
#include <asm/cacheflush.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "arch.h"
#include "refusal.h"

/* Places in the interrupts of a timer node (Documentation/devicetree/bindings/timer/arm,arch_timer.yaml) */
#define TIMER_PPI_PHYSICAL	1

void __init arch_init(void)
{
}

/*
 * Each guest of KVM has a folder in its folder of debugfs, whether that is mounted or not. A folder is linked from its parent, from
 * itself and from each folder in it. -1: Linux has no debugfs.
 */
static int kvm_guests(void)
{
	struct dentry *kvm = debugfs_lookup("kvm", NULL);
	int guests;

	if (IS_ERR_OR_NULL(kvm))
		return -1;
	guests = (int)d_inode(kvm)->i_nlink - 2;
	dput(kvm);
	return max(guests, 0);
}

/*
 * Was Linux started at EL2? No exported symbol tells, and an HVC without EL2 is an undefined instruction. But Linux takes the physical
 * timer for itself only if it could give the virtual one to guests.
 */
static bool linux_uses_physical_timer(void)
{
	struct device_node *timer = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	int irq;

	if (!timer)
		return false;
	irq = of_irq_get(timer, TIMER_PPI_PHYSICAL);
	of_node_put(timer);
	return irq > 0 && irq_has_action(irq);
}

int arch_check_machine(struct jailhouse_refusal *why)
{
	int guests;

	if (read_sysreg(CurrentEL) == CurrentEL_EL2)
		return refuse(why, RULE_KERNEL_AT_EL2, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
	if (!linux_uses_physical_timer())
		return refuse(why, RULE_EL2_MISSING, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
	guests = kvm_guests();
	if (guests > 0)
		return refuse(why, RULE_KVM_IN_USE, JAILHOUSE_OBJ_HARDWARE, 0, guests, 0, 0);
	if (guests < 0)
		pr_warn("Without debugfs it cannot be seen whether KVM has guests: there must be none.\n");
	return 0;
}

int arch_complete_config(struct jailhouse_system *config, struct jailhouse_refusal *why)
{
	return 0;
}

bool arch_header_is_sane(const struct hv_image_header *h)
{
	return h->link_base == HV_LINK_BASE_ARM64;
}

void arch_header_fill(struct hv_image_header *h, const struct jailhouse_system *config)
{
	h->tsc_khz = 0;
	h->apic_khz = 0;
}

static size_t cache_line(void)
{
	return 4UL << ((read_sysreg(ctr_el0) >> 16) & 0xf); /* ARM ARM D19.2.34: DminLine, log2 of words */
}

/* To the point of coherency: what runs next has its MMU off and sees memory without caches. */
void arch_publish_memory(void *mem, size_t size)
{
	unsigned long start = (unsigned long)mem, addr;
	size_t line = cache_line();

	for (addr = round_down(start, line); addr < start + size; addr += line)
		asm volatile("dc civac, %0" : : "r"(addr) : "memory");
	dsb(sy);
	caches_clean_inval_pou(start, start + size);
}

static bool node_has(struct device_node *node, u64 start, u64 size)
{
	struct resource res;
	int n;

	for (n = 0; !of_address_to_resource(node, n, &res); n++) {
		if (start >= res.start && start + size - 1 <= res.end)
			return true;
	}
	return false;
}

bool arch_firmware_says_ram(u64 start, u64 size)
{
	struct device_node *node;

	for_each_node_by_type(node, "memory") {
		if (node_has(node, start, size)) {
			of_node_put(node);
			return true;
		}
	}
	return false;
}
