// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/devices/jailhouse but for the cells.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "cell_sysfs.h"
#include "hypercall.h"
#include "mitigations.h"
#include "refusal.h"
#include "system_sysfs.h"
#include "system.h"
#include "vconsole.h"

/* There is one system; a device attribute finds it here. */
static struct system *system;

static ssize_t enabled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(system->enabled));
}

static ssize_t console_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return vconsole_tail(buf, PAGE_SIZE - 1);
}

/* The sentence of the last request that was refused */
static ssize_t refusal_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	size_t n = refusal_last_text(buf, PAGE_SIZE - 1);

	if (n)
		buf[n++] = '\n';
	return n;
}

/* Counts what has changed in the hypervisor; poll() wakes up with each change. */
static ssize_t generation_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u32 generation = 0;

	if (mutex_lock_interruptible(&system->lock))
		return -EINTR;
	if (system->enabled)
		generation = READ_ONCE(image_status(&system->image)->generation);
	mutex_unlock(&system->lock);
	return sysfs_emit(buf, "%u\n", generation);
}

/* What at least one CPU has chosen; an empty line when there is no hypervisor. */
static ssize_t mitigations_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	ssize_t n;

	if (mutex_lock_interruptible(&system->lock))
		return -EINTR;
	n = system->enabled ? mitigations_text(&system->image, buf) : sysfs_emit(buf, "\n");
	mutex_unlock(&system->lock);
	return n;
}

static ssize_t info_show(char *buf, unsigned int type)
{
	int value = 0;

	if (mutex_lock_interruptible(&system->lock))
		return -EINTR;
	if (system->enabled)
		value = jailhouse_call_arg1(JAILHOUSE_HC_HYPERVISOR_GET_INFO, type);
	mutex_unlock(&system->lock);
	return value < 0 ? value : sysfs_emit(buf, "%d\n", value);
}

static ssize_t mem_pool_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return info_show(buf, JAILHOUSE_INFO_MEM_POOL_SIZE);
}

static ssize_t mem_pool_used_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return info_show(buf, JAILHOUSE_INFO_MEM_POOL_USED);
}

static ssize_t remap_pool_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return info_show(buf, JAILHOUSE_INFO_REMAP_POOL_SIZE);
}

static ssize_t remap_pool_used_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return info_show(buf, JAILHOUSE_INFO_REMAP_POOL_USED);
}

static DEVICE_ATTR_RO(enabled);
static DEVICE_ATTR_RO(console);
static DEVICE_ATTR_RO(refusal);
static DEVICE_ATTR_RO(generation);
static DEVICE_ATTR_RO(mitigations);
static DEVICE_ATTR_RO(mem_pool_size);
static DEVICE_ATTR_RO(mem_pool_used);
static DEVICE_ATTR_RO(remap_pool_size);
static DEVICE_ATTR_RO(remap_pool_used);

static struct attribute *system_attrs[] = {
	&dev_attr_enabled.attr,
	&dev_attr_console.attr,
	&dev_attr_refusal.attr,
	&dev_attr_generation.attr,
	&dev_attr_mitigations.attr,
	&dev_attr_mem_pool_size.attr,
	&dev_attr_mem_pool_used.attr,
	&dev_attr_remap_pool_size.attr,
	&dev_attr_remap_pool_used.attr,
	NULL
};

static const struct attribute_group system_group = { .attrs = system_attrs };

/* --- core --- */

static bool is_published(const struct hv_image_header *h, u64 offset)
{
	return offset - h->console_offset < h->console_size ||
	       offset - h->status_offset < sizeof(struct hv_status_page);
}

static u8 core_byte(const struct image *img, u64 offset)
{
	if (offset < sizeof(img->header))
		return ((const u8 *)&img->header)[offset];
	return is_published(&img->header, offset) ? READ_ONCE(((const u8 *)img->mem)[offset]) : 0;
}

/*
 * The header and the pages that the hypervisor publishes; its private ones are not even root's, and
 * read as zeros.
 */
static ssize_t core_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			 char *buf, loff_t offset, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf[i] = core_byte(&system->image, offset + i);
	return count;
}

static struct bin_attribute core_attr = {
	.attr = { .name = "core", .mode = 0400 },
	.read = core_read,
};

int system_sysfs_add_core(struct system *sys)
{
	core_attr.size = sys->image.header.hv_size;
	return sysfs_create_bin_file(&sys->dev->kobj, &core_attr);
}

void system_sysfs_remove_core(struct system *sys)
{
	sysfs_remove_bin_file(&sys->dev->kobj, &core_attr);
}

/* --- the device --- */

static int add_files(struct system *sys)
{
	int err = sysfs_create_group(&sys->dev->kobj, &system_group);

	if (err)
		return err;
	err = cell_sysfs_create_folder(sys->dev);
	if (err)
		sysfs_remove_group(&sys->dev->kobj, &system_group);
	return err;
}

int system_sysfs_init(struct system *sys)
{
	int err;

	system = sys;
	sys->dev = root_device_register("jailhouse");
	if (IS_ERR(sys->dev))
		return PTR_ERR(sys->dev);
	err = add_files(sys);
	if (err)
		root_device_unregister(sys->dev);
	return err;
}

void system_sysfs_exit(struct system *sys)
{
	cell_sysfs_remove_folder();
	sysfs_remove_group(&sys->dev->kobj, &system_group);
	root_device_unregister(sys->dev);
}
