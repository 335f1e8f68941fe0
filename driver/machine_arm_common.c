// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about a machine with ARM CPUs, of both widths.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/math.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <asm/barrier.h>
#include <asm/cacheflush.h>
#include <asm/cputype.h>

#include "arch.h"
#include "refusal.h"

/* Places in the interrupts of a timer node (Documentation/devicetree/bindings/timer/arm,arch_timer.yaml) */
#define TIMER_PPI_PHYSICAL	1
#define TIMER_PPI_VIRTUAL	2

/* GICv2 architecture specification (IHI 0048), 4.4.1 */
#define GICC_CTLR_EOIMODE	BIT(9)

static const struct of_device_id timers[] = {
	{ .compatible = "arm,armv8-timer" }, { .compatible = "arm,armv7-timer" }, { },
};

static const struct of_device_id gics[] = {
	{ .compatible = "arm,gic-400" }, { .compatible = "arm,cortex-a15-gic" }, { .compatible = "arm,cortex-a7-gic" }, { },
};

static const struct of_device_id firmwares[] = {
	{ .compatible = "arm,psci" }, { .compatible = "arm,psci-0.2" }, { .compatible = "arm,psci-1.0" }, { },
};

static bool uses_physical(struct device_node *timer)
{
	int irq = of_irq_get(timer, TIMER_PPI_PHYSICAL);

	return irq > 0 && irq_has_action(irq);
}

/* Linux has no choice where the firmware has not set up the timers, or the tree names no virtual one. */
static bool has_choice(struct device_node *timer)
{
	return of_irq_get(timer, TIMER_PPI_VIRTUAL) > 0 && !of_property_read_bool(timer, "arm,cpu-registers-not-fw-configured");
}

/* Linux drops the priority of an interrupt and deactivates it in two steps only if it may pass it on to a guest. */
static bool gic_is_split(void)
{
	struct device_node *gic = of_find_matching_node(NULL, gics);
	void __iomem *gicc = gic ? of_iomap(gic, 1) : NULL;
	bool split = gicc && readl(gicc) & GICC_CTLR_EOIMODE;

	if (gicc)
		iounmap(gicc);
	of_node_put(gic);
	return split;
}

/*
 * Was Linux started at EL2? No exported symbol tells, and an HVC without EL2 is an undefined instruction. But Linux takes the physical
 * timer for itself only if it could give the virtual one to guests; without a choice of timers, its use of the GIC tells.
 */
static bool was_started_at_el2(void)
{
	struct device_node *timer = of_find_matching_node(NULL, timers);
	bool el2 = timer && uses_physical(timer) && (has_choice(timer) || gic_is_split());

	of_node_put(timer);
	return el2;
}

int arm_check_el2(struct jailhouse_refusal *why)
{
	return was_started_at_el2() ? 0 : refuse(why, RULE_EL2_MISSING, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
}

/* Without PSCI, Linux keeps a CPU that it has switched off in a loop of its own, and waits for it to come out of there. */
int arch_check_hotplug(struct jailhouse_refusal *why)
{
	struct device_node *firmware = of_find_matching_node(NULL, firmwares);
	bool there = firmware && of_device_is_available(firmware);

	of_node_put(firmware);
	return there ? 0 : refuse(why, RULE_PSCI_MISSING, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
}

int arch_complete_config(struct jailhouse_system *config, struct jailhouse_refusal *why)
{
	return 0;
}

bool arch_header_is_sane(const struct hv_image_header *h)
{
	return h->link_base == DRIVER_LINK_BASE;
}

/* To the point of coherency */
void arch_write_back(void *mem, size_t size)
{
	unsigned long start = (unsigned long)mem, addr;
	/* ARM ARM D19.2.34, ARM DDI 0406, B4.1.42: DminLine, log2 of words */
	size_t line = 4UL << (read_cpuid_cachetype() >> 16 & 0xf);

	for (addr = round_down(start, line); addr < start + size; addr += line)
		asm volatile(CLEAN_LINE : : "r"(addr) : "memory");
	dsb(sy);
}

/* What runs next has its MMU off and sees memory without caches. */
void arch_publish_memory(void *mem, size_t size)
{
	arch_write_back(mem, size);
	sync_instructions((unsigned long)mem, (unsigned long)mem + size);
}

void arch_header_fill(struct hv_image_header *h, const struct jailhouse_system *config)
{
	h->tsc_khz = 0;
	h->apic_khz = 0;
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
