// SPDX-License-Identifier: GPL-2.0
/*
 * What an ARM machine needs. Whether EL2, on ARMv7 HYP mode, is there is told by the timer that Linux took (docs/DRIVER.md): its interrupt stands in
 * /proc/interrupts.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dt.h"
#include "hardware.h"

/* Order of a timer node's interrupts (arm,arch_timer.yaml), and what they usually are (BSA 3.8) */
enum timer { TIMER_SECURE, TIMER_PHYSICAL, TIMER_VIRTUAL, TIMER_HYP, TIMERS };

static const uint32_t usual_ids[TIMERS] = { 29, 30, 27, 26 };

static const char *const timers[] = { "arm,armv8-timer", "arm,armv7-timer", NULL };
static const char *const gic3[] = { "arm,gic-v3", NULL };
static const char *const gic2[] = { "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", NULL };
static const char *const psci[] = { "arm,psci", "arm,psci-0.2", "arm,psci-1.0", NULL };
static const char *const smmus[] = { "arm,mmu-500", "arm,smmu-v2", "arm,smmu-v3", NULL };

/*
 * Bits of the private interrupts that have the word arch_timer in their line: " 11:  99  Level or GICv3  30 Level  arch_timer". On ARMv7 Linux
 * takes two: of the physical timers the secure one, too. @split: its GICv2 drops priority and deactivates in two steps; else it is called GIC-0.
 */
static uint32_t timers_in_use(const struct tree *t, bool *split)
{
	char *text = tree_read(t, NULL, "proc/interrupts"), *line, *rest = text, *chip;
	uint32_t mask = 0;
	unsigned int id;

	while (text && (line = strsep(&rest, "\n"))) {
		chip = strstr(line, "GIC");
		if (!chip || !strstr(chip, "arch_timer") || sscanf(chip, "%*s %u", &id) != 1 || id > 31)
			continue;
		mask |= UINT32_C(1) << id;
		*split = strncmp(chip, "GIC-", 4);
	}
	free(text);
	return mask;
}

static bool is_in_use(uint32_t mask, uint32_t id)
{
	return id < 32 && mask & UINT32_C(1) << id;
}

static uint32_t timer_id(const void *dt, enum timer timer)
{
	int node = dt ? dt_find(dt, -1, timers) : -1;
	struct dt_irq irq;

	return node >= 0 && dt_irq(dt, node, timer, &irq) ? irq.id : usual_ids[timer];
}

static void refused(struct findings *f, const char *name, const char *why, enum jailhouse_rule rule)
{
	struct jailhouse_refusal r;

	refusal_init(&r, rule);
	finding_refusal(f, name, why, &r);
}

/* Linux of ARMv7 takes the physical timer without HYP mode, too, if the tree leaves it no choice: then the GIC tells. */
static void check_el2(const struct tree *t, enum machine_arch arch, const void *dt, struct findings *f)
{
	const char *name = arch == MACHINE_ARM ? "HYP mode left free" : "EL2 free for a hypervisor";
	const char *why = arch == MACHINE_ARM ? "The hypervisor lives in HYP mode, which Linux hands over." :
			  "The hypervisor lives at exception level 2, which Linux hands over.";
	bool split = false;
	uint32_t used = timers_in_use(t, &split);

	if (!used)
		finding_unseen(f, NEEDED, name, why, "/proc/interrupts shows no architected timer at a GIC. Look in the kernel log for "
			       "\"CPU: All CPU(s) started %s\".", arch == MACHINE_ARM ? "in HYP mode" : "at EL2");
	else if (is_in_use(used, timer_id(dt, TIMER_PHYSICAL)) && split)
		finding_ok(f, NEEDED, name, why);
	else
		refused(f, name, why, is_in_use(used, timer_id(dt, TIMER_HYP)) ? RULE_KERNEL_AT_EL2 : RULE_EL2_MISSING);
}

static void check_gic(const void *dt, enum machine_arch arch, struct findings *f)
{
	static const char why[] = "The hypervisor hands interrupts to the cells that own them.";
	struct jailhouse_refusal r;
	uint64_t start, size;
	struct dt_irq irq;
	int node = dt_find(dt, -1, gic3);

	if (node >= 0 && arch == MACHINE_ARM) {
		refusal_init(&r, RULE_GIC_NO_INTERFACE);
		r.value[0] = 3;
		finding_refusal(f, "Interrupt controller: GIC", why, &r);
		return;
	}
	if (node >= 0) {
		finding(f, dt_reg(dt, node, 1, &start, &size) && dt_irq(dt, node, 0, &irq), NEEDED, "Interrupt controller: GICv3", why,
			"Its node lacks redistributors or the maintenance interrupt. Correct the device tree.");
		return;
	}
	node = dt_find(dt, -1, gic2);
	if (node < 0)
		finding_missing(f, NEEDED, "Interrupt controller: GIC", why, "The device tree has neither a GICv3 nor a GICv2 with virtualization. "
				"This board cannot be divided.");
	else
		finding(f, dt_reg(dt, node, 3, &start, &size) && dt_irq(dt, node, 0, &irq), NEEDED, "Interrupt controller: GICv2", why,
			"Its node lacks the virtual CPU interface or the maintenance interrupt. Correct the device tree.");
}

static void check_psci(const void *dt, struct findings *f)
{
	static const char name[] = "PSCI", why[] = "CPUs are taken from Linux and given back by the firmware's calls.";

	if (dt_find(dt, -1, psci) >= 0)
		finding_ok(f, NEEDED, name, why);
	else
		refused(f, name, why, RULE_PSCI_MISSING);
}

static void check_tree(const void *dt, enum machine_arch arch, struct findings *f)
{
	check_psci(dt, f);
	check_gic(dt, arch, f);
	f->group = "IOMMU";
	finding(f, dt_find(dt, -1, smmus) >= 0, OPTIONAL, "SMMU", "An IOMMU keeps devices of one cell from memory of the others.",
		"The device tree has none: devices that are given to a cell reach all memory.");
}

void hardware_arm(const struct tree *t, enum machine_arch arch, struct findings *f)
{
	void *dt = dt_read(t);

	check_el2(t, arch, dt, f);
	if (dt)
		check_tree(dt, arch, f);
	else
		finding_unseen(f, NEEDED, "Interrupt controller, PSCI", "CPUs and interrupts are handed to cells.", "%s",
			       errno == EACCES || errno == EPERM ? "The device tree can be read by root only. Run the command as root." :
			       "There is no device tree (sys/firmware/fdt). Machines that describe themselves by ACPI alone are not supported on ARM.");
	free(dt);
}
