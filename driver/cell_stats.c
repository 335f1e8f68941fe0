// SPDX-License-Identifier: GPL-2.0
/*
 * cells/ID/statistics: the exit counters of a cell, in sum and for each CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "arch.h"
#include "cell.h"
#include "cell_stats.h"
#include "hypercall.h"

#define ALL_CPUS	(-1)

/*
 * struct stats_dir - a folder: of one CPU, or (ALL_CPUS) the one above with the sums. In
 * cell.statistics, that one first.
 */
struct stats_dir {
	struct kobject kobj;
	struct list_head link;
	struct cell *cell;	/* an ancestor, so it outlives us */
	int cpu;
};

struct stats_attribute {
	struct attribute attr;
	unsigned int counter;
};

#define STATS_ATTRIBUTE(_name, _counter)				\
	static struct stats_attribute stats_##_name = {			\
		.attr = { .name = "vmexits_" #_name, .mode = 0444 },	\
		.counter = JAILHOUSE_CPU_STAT_VMEXITS_##_counter,	\
	};

STATS_ATTRIBUTE(total, TOTAL)
STATS_ATTRIBUTE(mmio, MMIO)
STATS_ATTRIBUTE(management, MANAGEMENT)
STATS_ATTRIBUTE(hypercall, HYPERCALL)
ARCH_STATS(STATS_ATTRIBUTE)

#define STATS_POINTER(_name, _counter)	&stats_##_name.attr,

static struct attribute *stats_attrs[] = {
	&stats_total.attr,
	&stats_mmio.attr,
	&stats_management.attr,
	&stats_hypercall.attr,
	ARCH_STATS(STATS_POINTER)
	NULL
};
ATTRIBUTE_GROUPS(stats);

static int counter_of(unsigned int cpu, unsigned int counter)
{
	int value = jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, cpu,
					JAILHOUSE_CPU_INFO_STAT_BASE + counter);

	return max(value, 0);
}

static u64 counter_sum(const struct cell *cell, unsigned int counter)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_cpu(cpu, &cell->cpus)
		sum += counter_of(cpu, counter);
	return sum;
}

static ssize_t stats_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct stats_dir *dir = container_of(kobj, struct stats_dir, kobj);
	unsigned int counter = container_of(attr, struct stats_attribute, attr)->counter;

	if (dir->cpu == ALL_CPUS)
		return sysfs_emit(buf, "%llu\n", counter_sum(dir->cell, counter));
	return sysfs_emit(buf, "%d\n", counter_of(dir->cpu, counter));
}

static const struct sysfs_ops stats_ops = { .show = stats_show };

static void stats_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct stats_dir, kobj));
}

static const struct kobj_type stats_type = {
	.release = stats_release,
	.sysfs_ops = &stats_ops,
	.default_groups = stats_groups,
};

static struct stats_dir *stats_dir_new(struct cell *cell, int cpu)
{
	struct stats_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);

	if (!dir)
		return NULL;
	dir->cell = cell;
	dir->cpu = cpu;
	kobject_init(&dir->kobj, (struct kobj_type *)&stats_type);
	return dir;
}

static int stats_dir_show(struct stats_dir *dir, struct kobject *parent)
{
	if (dir->cpu == ALL_CPUS)
		return kobject_add(&dir->kobj, parent, "statistics");
	return kobject_add(&dir->kobj, parent, "cpu%d", dir->cpu);
}

static int stats_dir_add(struct cell *cell, int cpu, struct kobject *parent)
{
	struct stats_dir *dir = stats_dir_new(cell, cpu);
	int err;

	if (!dir)
		return -ENOMEM;
	err = stats_dir_show(dir, parent);
	if (err) {
		kobject_put(&dir->kobj);
		return err;
	}
	list_add_tail(&dir->link, &cell->statistics);
	return 0;
}

static void stats_dir_remove(struct stats_dir *dir)
{
	list_del(&dir->link);
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
}

static struct stats_dir *stats_top(struct cell *cell)
{
	return list_first_entry(&cell->statistics, struct stats_dir, link);
}

static bool has_dir_of(struct cell *cell, int cpu)
{
	const struct stats_dir *dir;

	list_for_each_entry(dir, &cell->statistics, link) {
		if (dir->cpu == cpu)
			return true;
	}
	return false;
}

static void remove_dirs_of_others(struct cell *cell)
{
	struct stats_dir *dir, *next;

	list_for_each_entry_safe(dir, next, &cell->statistics, link) {
		if (dir->cpu != ALL_CPUS && !cpumask_test_cpu(dir->cpu, &cell->cpus))
			stats_dir_remove(dir);
	}
}

int cell_stats_update_cpus(struct cell *cell)
{
	unsigned int cpu;
	int err;

	remove_dirs_of_others(cell);
	for_each_cpu(cpu, &cell->cpus) {
		if (has_dir_of(cell, cpu))
			continue;
		err = stats_dir_add(cell, cpu, &stats_top(cell)->kobj);
		if (err)
			return err;
	}
	return 0;
}

int cell_stats_add(struct cell *cell)
{
	int err = stats_dir_add(cell, ALL_CPUS, &cell->kobj);

	if (err)
		return err;
	err = cell_stats_update_cpus(cell);
	if (err)
		cell_stats_remove(cell);
	return err;
}

/* The top folder is the first in the list: its children go before it. */
void cell_stats_remove(struct cell *cell)
{
	struct stats_dir *dir, *next;

	list_for_each_entry_safe_reverse(dir, next, &cell->statistics, link)
		stats_dir_remove(dir);
}
