// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/devices/jailhouse/cells/ID and its uevents.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "cell.h"
#include "cell_stats.h"
#include "cell_sysfs.h"
#include "compat.h"
#include "hypercall.h"
#include "status.h"

static struct kset *cells_kset;

static struct cell *to_cell(struct kobject *kobj)
{
	return container_of(kobj, struct cell, kobj);
}

/* --- what the hypervisor says --- */

static int state_of(const struct cell *cell)
{
	return jailhouse_call_arg1(JAILHOUSE_HC_CELL_GET_STATE, cell->id);
}

static const char *state_text(int state)
{
	static const char * const texts[] = {
		[JAILHOUSE_CELL_RUNNING] = "running",
		[JAILHOUSE_CELL_RUNNING_LOCKED] = "running/locked",
		[JAILHOUSE_CELL_SHUT_DOWN] = "shut down",
		[JAILHOUSE_CELL_FAILED] = "failed",
		[JAILHOUSE_CELL_FAILED_COMM_REV] = "Comm ABI mismatch",
	};

	return state >= 0 && state < ARRAY_SIZE(texts) ? texts[state] : "invalid";
}

static bool cpu_failed(unsigned int cpu)
{
	return jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, cpu, JAILHOUSE_CPU_INFO_STATE) ==
	       JAILHOUSE_CPU_FAILED;
}

static unsigned int failed_cpus(const struct cell *cell, struct cpumask *failed)
{
	unsigned int cpu;

	cpumask_clear(failed);
	for_each_cpu(cpu, &cell->cpus) {
		if (cpu_failed(cpu))
			cpumask_set_cpu(cpu, failed);
	}
	return cpumask_weight(failed);
}

/*
 * Is what the cell's devices reach by DMA confined to its memory? Nothing is claimed for the root
 * cell, whose devices come and go.
 */
static const char *dma_text(const struct cell *cell)
{
	struct jailhouse_status_cell status;
	u32 i;

	if (status_get_cell(cell->status, cell->id, &status) &&
	    (status.flags & JAILHOUSE_STATUS_DMA_UNISOLATED))
		return "not isolated";
	for (i = 0; i < cell->config.num_pci_devices && !cell->config.is_root; i++) {
		if (cell->config.pci_devices[i].type == JAILHOUSE_PCI_TYPE_DEVICE)
			return "isolated";
	}
	return "none";
}

/* --- files --- */

static ssize_t name_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_cell(kobj)->config.desc->name);
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", state_text(state_of(to_cell(kobj))));
}

static ssize_t dma_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dma_text(to_cell(kobj)));
}

static ssize_t cpus_assigned_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return cpumap_print_to_pagebuf(false, buf, &to_cell(kobj)->cpus);
}

static ssize_t cpus_assigned_list_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return cpumap_print_to_pagebuf(true, buf, &to_cell(kobj)->cpus);
}

static ssize_t show_failed(struct cell *cell, bool as_list, char *buf)
{
	cpumask_var_t failed;
	ssize_t n;

	if (!alloc_cpumask_var(&failed, GFP_KERNEL))
		return -ENOMEM;
	failed_cpus(cell, failed);
	n = cpumap_print_to_pagebuf(as_list, buf, failed);
	free_cpumask_var(failed);
	return n;
}

static ssize_t cpus_failed_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_failed(to_cell(kobj), false, buf);
}

static ssize_t cpus_failed_list_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_failed(to_cell(kobj), true, buf);
}

static struct kobj_attribute name_attr = __ATTR_RO(name);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute dma_attr = __ATTR_RO(dma);
static struct kobj_attribute cpus_assigned_attr = __ATTR_RO(cpus_assigned);
static struct kobj_attribute cpus_assigned_list_attr = __ATTR_RO(cpus_assigned_list);
static struct kobj_attribute cpus_failed_attr = __ATTR_RO(cpus_failed);
static struct kobj_attribute cpus_failed_list_attr = __ATTR_RO(cpus_failed_list);

static struct attribute *cell_attrs[] = {
	&name_attr.attr,
	&state_attr.attr,
	&dma_attr.attr,
	&cpus_assigned_attr.attr,
	&cpus_assigned_list_attr.attr,
	&cpus_failed_attr.attr,
	&cpus_failed_list_attr.attr,
	NULL
};

/* Of the root cell the configuration of the system, which it is a part of */
static ssize_t config_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			   char *buf, loff_t offset, size_t count)
{
	const struct cell_view *config = &to_cell(kobj)->config;
	size_t before = config->is_root ? offsetof(struct jailhouse_system, root_cell) : 0;

	return memory_read_from_buffer(buf, count, &offset, (const char *)config->desc - before,
				       config->size + before);
}

static BIN_ATTR(config, 0400, config_read, NULL, 0);

static struct bin_attribute *cell_bin_attrs[] = { &bin_attr_config, NULL };

static const struct attribute_group cell_group = {
	.attrs = cell_attrs,
	.bin_attrs = cell_bin_attrs,
};
__ATTRIBUTE_GROUPS(cell);

/* --- the object --- */

static void cell_release(struct kobject *kobj)
{
	struct cell *cell = to_cell(kobj);

	kfree(cell->blob);
	kfree(cell);
}

static const struct kobj_type cell_type = {
	.release = cell_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = cell_groups,
};

void cell_sysfs_init(struct cell *cell)
{
	kobject_init(&cell->kobj, (struct kobj_type *)&cell_type);
	cell->kobj.kset = cells_kset;
}

static int send_event(struct cell *cell, enum kobject_action action, int state)
{
	char name[sizeof("CELL=") + JAILHOUSE_CELL_NAME_MAXLEN];
	char text[sizeof("STATE=") + 32];
	char *env[] = { name, text, NULL };

	snprintf(name, sizeof(name), "CELL=%s", cell->config.desc->name);
	snprintf(text, sizeof(text), "STATE=%s", state_text(state));
	return kobject_uevent_env(&cell->kobj, action, env);
}

int cell_sysfs_add(struct cell *cell)
{
	int err = kobject_add(&cell->kobj, NULL, "%d", cell->id);

	if (err)
		return err;
	err = cell_stats_add(cell);
	if (err) {
		kobject_del(&cell->kobj);
		return err;
	}
	cell->seen_state = state_of(cell);
	send_event(cell, KOBJ_ADD, cell->seen_state);
	return 0;
}

void cell_sysfs_remove(struct cell *cell)
{
	send_event(cell, KOBJ_REMOVE, cell->seen_state);
	cell_stats_remove(cell);
	kobject_del(&cell->kobj);
}

void cell_sysfs_update_cpus(struct cell *cell)
{
	if (cell_stats_update_cpus(cell))
		pr_warn("Some statistics of cell \"%s\" are missing in sysfs.\n",
			cell->config.desc->name);
}

void cell_sysfs_poll(struct cell *cell)
{
	int state = state_of(cell);
	cpumask_var_t mask;
	unsigned int failed;

	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	failed = failed_cpus(cell, mask);
	if (failed > cell->seen_failed)
		pr_warn("Cell \"%s\" broke its borders on CPU %*pbl, which is stopped. \"jailhouse cell list\" tells the access and what is there.\n",
			cell->config.desc->name, cpumask_pr_args(mask));
	free_cpumask_var(mask);
	if (failed != cell->seen_failed) {
		sysfs_notify(&cell->kobj, NULL, "cpus_failed");
		sysfs_notify(&cell->kobj, NULL, "cpus_failed_list");
	}
	if (state != cell->seen_state)
		sysfs_notify(&cell->kobj, NULL, "state");
	if (state != cell->seen_state || failed != cell->seen_failed)
		send_event(cell, KOBJ_CHANGE, state);
	cell->seen_state = state;
	cell->seen_failed = failed;
}

/* --- the folder --- */

/* Without operations of its own the subsystem in uevents would be the folder's name. */
static const char *subsystem_name(UEVENT_CONST struct kobject *kobj)
{
	return "jailhouse";
}

static const struct kset_uevent_ops uevent_ops = { .name = subsystem_name };

int cell_sysfs_create_folder(struct device *dev)
{
	cells_kset = kset_create_and_add("cells", &uevent_ops, &dev->kobj);
	return cells_kset ? 0 : -ENOMEM;
}

void cell_sysfs_remove_folder(void)
{
	kset_unregister(cells_kset);
}
