// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about a machine with ARM CPUs, of both widths.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>

#include "arch.h"
#include "refusal.h"

/* Places in the interrupts of a timer node (Documentation/devicetree/bindings/timer/arm,arch_timer.yaml) */
#define TIMER_PPI_PHYSICAL	1

void __init arch_init(void)
{
}

static struct device_node *timer_node(void)
{
	struct device_node *timer = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");

	return timer ?: of_find_compatible_node(NULL, NULL, "arm,armv7-timer");
}

/*
 * Was Linux started at EL2? No exported symbol tells, and an HVC without EL2 is an undefined instruction. But Linux takes the physical
 * timer for itself only if it could give the virtual one to guests.
 */
static bool linux_uses_physical_timer(void)
{
	struct device_node *timer = timer_node();
	int irq;

	if (!timer)
		return false;
	irq = of_irq_get(timer, TIMER_PPI_PHYSICAL);
	of_node_put(timer);
	return irq > 0 && irq_has_action(irq);
}

int arm_check_el2(struct jailhouse_refusal *why)
{
	return linux_uses_physical_timer() ? 0 : refuse(why, RULE_EL2_MISSING, JAILHOUSE_OBJ_HARDWARE, 0, 0, 0, 0);
}

int arch_complete_config(struct jailhouse_system *config, struct jailhouse_refusal *why)
{
	return 0;
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
