// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs on their way between Linux and cells. A CPU that left Linux through hotplug must not come
 * back by itself: Linux would start it with INIT and SIPI while a cell runs on it. The hypervisor
 * denies that; the gate gives a readable error first.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/printk.h>

#include "arch.h"
#include "cell.h"
#include "cell_cpu.h"
#include "refusal.h"

static bool gate_closed;		/* written with no CPU on its way */
static struct cpumask gate_root;	/* CPUs that may pass while it is closed */
static int hotplug_state;

static struct cpumask fetched;		/* online for disable only; guarded by system.lock */

/* Not -EBUSY: that would make Linux try again. */
static int gate_check(unsigned int cpu)
{
	if (!READ_ONCE(gate_closed) || cpumask_test_cpu(cpu, &gate_root))
		return 0;
	pr_err("CPU %u cannot come online: it is not the root cell's. Destroy the cell that has it, or disable Jailhouse.\n",
	       cpu);
	return -EPERM;
}

int cell_cpu_init(struct system *sys)
{
	int state =
		cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "jailhouse:gate", gate_check, NULL);

	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

void cell_cpu_exit(struct system *sys)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}

void cell_cpu_gate_close(const struct cpumask *root)
{
	cpumask_copy(&gate_root, root);
	WRITE_ONCE(gate_closed, true);
}

void cell_cpu_gate_open(void)
{
	WRITE_ONCE(gate_closed, false);
}

void cell_cpu_mask_of(const struct cell_view *config, struct cpumask *mask)
{
	u32 cpu;

	cpumask_clear(mask);
	for (cpu = 0; cpu < min(nr_cpu_ids, 8 * config->cpu_set_size); cpu++) {
		if (cell_view_has_cpu(config, cpu))
			cpumask_set_cpu(cpu, mask);
	}
}

static bool linux_runs(u32 cpu)
{
	return cpu < nr_cpu_ids && cpu_online(cpu);
}

int cell_cpu_check_root(const struct cell_view *config, struct jailhouse_refusal *why)
{
	u32 cpu;

	for_each_online_cpu(cpu) {
		if (!cell_view_has_cpu(config, cpu))
			return refuse(why, RULE_CPU_NOT_IN_ROOT, JAILHOUSE_OBJ_CPU, cpu, cpu, 0, 0);
	}
	for (cpu = 0; cpu < 8 * config->cpu_set_size; cpu++) {
		if (cell_view_has_cpu(config, cpu) && !linux_runs(cpu))
			return refuse(why, RULE_CPUS_OFFLINE, JAILHOUSE_OBJ_CPU, cpu, cpu, 0, 0);
	}
	return 0;
}

/*
 * Linux refuses for moments: -EBUSY while a PCI driver probes (pci_call_probe()), or what one of its
 * callbacks answers. Whoever gets CPUs back wants them, so this is tried for a while: for
 * all of a cell together, for the caller holds system.lock and cannot be killed.
 */
#define ADD_FOR_MS	2000
#define ADD_AGAIN_MS	20

/* @patience: jiffies that are left to wait; those of a CPU that comes at once stay. */
static int add_patiently(unsigned int cpu, unsigned long *patience)
{
	unsigned long start = jiffies;
	int err = add_cpu(cpu);

	if (err >= 0 || err == -EPERM)
		return err;
	pr_info("CPU %u does not come online yet (error %d).\n", cpu, err);
	while (err < 0 && err != -EPERM && jiffies - start < *patience) {
		msleep(ADD_AGAIN_MS);
		err = add_cpu(cpu);
	}
	*patience -= min(*patience, jiffies - start);
	return err;
}

static void give_back_one(struct cell *root, struct cell *cell, unsigned int cpu,
			  unsigned long *patience)
{
	int err;

	cpumask_set_cpu(cpu, &root->cpus);
	cpumask_set_cpu(cpu, &gate_root);
	if (!cpumask_test_and_clear_cpu(cpu, &cell->offlined))
		return;
	err = add_patiently(cpu, patience);
	if (err < 0)
		pr_err("CPU %u belongs to Linux again, but cannot be brought online (error %d).\n",
		       cpu, err);
}

void cell_cpu_give_back(struct cell *root, struct cell *cell)
{
	unsigned long patience = msecs_to_jiffies(ADD_FOR_MS);
	unsigned int cpu;

	for_each_cpu(cpu, &cell->cpus)
		give_back_one(root, cell, cpu, &patience);
}

/*
 * The gate is shut first: whoever is just bringing the CPU up is undone by remove_cpu(), which
 * answers 1 if it was offline.
 */
static int take_one(struct cell *root, struct cell *cell, unsigned int cpu,
		    struct jailhouse_refusal *why)
{
	int err;

	cpumask_clear_cpu(cpu, &gate_root);
	err = remove_cpu(cpu);
	if (err < 0)
		return refuse_as(why, RULE_CPU_UNPLUG, err, JAILHOUSE_OBJ_CPU, cpu, cpu, -err, 0);
	if (!err)
		cpumask_set_cpu(cpu, &cell->offlined);
	cpumask_clear_cpu(cpu, &root->cpus);
	return 0;
}

void cell_cpu_put_away(void)
{
	unsigned int cpu;
	int err;

	for_each_cpu(cpu, &fetched) {
		err = remove_cpu(cpu);
		if (err < 0)
			pr_err("CPU %u was offline before and stays online (error %d).\n", cpu, err);
	}
	cpumask_clear(&fetched);
}

static int fetch_one(unsigned int cpu, unsigned long *patience, struct jailhouse_refusal *why)
{
	int err = add_patiently(cpu, patience);

	if (err < 0)
		return refuse_as(why, RULE_CPU_REPLUG, err, JAILHOUSE_OBJ_CPU, cpu, cpu, -err, 0);
	if (!err)
		cpumask_set_cpu(cpu, &fetched);
	return 0;
}

int cell_cpu_fetch(const struct cell *root, struct jailhouse_refusal *why)
{
	unsigned long patience = msecs_to_jiffies(ADD_FOR_MS);
	unsigned int cpu;
	int err;

	for_each_cpu(cpu, &root->cpus) {
		err = cpu_online(cpu) ? 0 : fetch_one(cpu, &patience, why);
		if (err) {
			cell_cpu_put_away();
			return err;
		}
	}
	return 0;
}

int cell_cpu_take(struct cell *root, struct cell *cell, struct jailhouse_refusal *why)
{
	int err = arch_check_hotplug(why);
	unsigned int cpu;

	if (err)
		return err;
	for_each_cpu(cpu, &cell->cpus) {
		err = take_one(root, cell, cpu, why);
		if (err) {
			cell_cpu_give_back(root, cell);
			return err;
		}
	}
	return 0;
}
