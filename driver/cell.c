// SPDX-License-Identifier: GPL-2.0
/*
 * Creation, start and destruction of cells: what Linux has to do around the one hypercall.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/io.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cell.h"
#include "cell_sysfs.h"
#include "cell_cpu.h"
#include "hypercall.h"
#include "memory.h"
#include "cell_pci.h"
#include "refusal.h"
#include "status.h"
#include "system.h"

struct cell *cell_new(const struct cell_view *config, void *blob,
		      const struct hv_status_page *status)
{
	struct cell *cell = kzalloc(sizeof(*cell), GFP_KERNEL);

	if (!cell) {
		kfree(blob);
		return NULL;
	}
	cell->config = *config;
	cell->blob = blob;
	cell->id = config->desc->id;
	cell->status = status;
	cell->seen_state = JAILHOUSE_CELL_SHUT_DOWN;
	cell_cpu_mask_of(config, &cell->cpus);
	INIT_LIST_HEAD(&cell->link);
	INIT_LIST_HEAD(&cell->devices);
	INIT_LIST_HEAD(&cell->statistics);
	cell_sysfs_init(cell);
	return cell;
}

void cell_put(struct cell *cell)
{
	kobject_put(&cell->kobj);
}

/* --- looking up --- */

static bool id_matches(const struct cell *cell, const struct jailhouse_cell_id *id)
{
	if (id->id != JAILHOUSE_CELL_ID_UNUSED)
		return cell->id == id->id;
	return !strncmp(cell->config.desc->name, id->name, sizeof(id->name));
}

static struct cell *lookup(struct system *sys, const struct jailhouse_cell_id *id)
{
	struct cell *cell;

	list_for_each_entry(cell, &sys->cells, link) {
		if (id_matches(cell, id))
			return cell;
	}
	return NULL;
}

int cell_find(struct system *sys, const struct jailhouse_cell_id *id, struct cell **cell,
	      struct jailhouse_refusal *why)
{
	if (!sys->enabled)
		return refuse(why, RULE_NOT_ENABLED, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	if (id->id == JAILHOUSE_CELL_ID_UNUSED && !memchr(id->name, 0, sizeof(id->name)))
		return refuse(why, RULE_CELL_NAME, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	*cell = lookup(sys, id);
	if (!*cell)
		return refuse(why, RULE_UNKNOWN_CELL, JAILHOUSE_OBJ_CELL, 0, 0, 0, 0);
	if (*cell == sys->root)
		return refuse(why, RULE_ROOT_CELL, JAILHOUSE_OBJ_CELL, 0, 0, 0, 0);
	return 0;
}

static int find_by_user(struct system *sys, const struct jailhouse_cell_id __user *arg,
			struct cell **cell, struct jailhouse_refusal *why)
{
	struct jailhouse_cell_id id;

	if (copy_from_user(&id, arg, sizeof(id)))
		return -EFAULT;
	return cell_find(sys, &id, cell, why);
}

/* --- create --- */

static bool id_is_used(const struct system *sys, s32 id)
{
	const struct cell *cell;

	list_for_each_entry(cell, &sys->cells, link) {
		if (cell->id == id)
			return true;
	}
	return false;
}

static s32 lowest_free_id(const struct system *sys)
{
	s32 id = 1;

	while (id_is_used(sys, id))
		id++;
	return id;
}

/* What the configuration leaves to the driver */
static void complete_config(const struct system *sys, struct jailhouse_cell_desc *desc)
{
	desc->id = lowest_free_id(sys);
	if (desc->flags & JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE)
		desc->flags |= JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED;
}

static int check_against_cells(const struct system *sys, const struct cell_view *config,
			       struct jailhouse_refusal *why)
{
	const struct cell *cell;
	int err;

	list_for_each_entry(cell, &sys->cells, link) {
		err = cell == sys->root ? config_check_cell_in_system(config, &sys->config, why) :
					  config_check_cell_pair(config, &cell->config, why);
		if (err)
			return err;
	}
	return 0;
}

/*
 * RAM that the cell gets for itself must not be Linux's, whatever the region is called: root loses
 * its pages also for a device or for a part of a page. Shared memory stays root's as well.
 */
static bool takes_memory(const struct jailhouse_memory *mem)
{
	return !(mem->flags & (JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_ROOTSHARED));
}

static int check_memory_unused(const struct cell_view *config, struct jailhouse_refusal *why)
{
	const struct jailhouse_memory *mem;
	u32 i;

	for (i = 0; i < config->num_mem; i++) {
		mem = &config->mem[i];
		if (!takes_memory(mem) || !memory_used_by_linux(mem->phys_start, mem->size))
			continue;
		refuse(why, RULE_CELL_MEMORY_NOT_RESERVED, JAILHOUSE_OBJ_MEMORY, i, mem->phys_start,
		       mem->phys_start + mem->size - 1, 0);
		return refuse_for(why, config);
	}
	return 0;
}

/* Physical memory that both regions name. Returns its size. */
static u64 common_range(const struct jailhouse_memory *a, const struct jailhouse_memory *b,
			u64 *start)
{
	u64 end = min(a->phys_start + a->size, b->phys_start + b->size);

	*start = max(a->phys_start, b->phys_start);
	return end > *start ? end - *start : 0;
}

/* Emulated windows, and what is called a device, are not judged. */
static bool is_unmarked(const struct jailhouse_memory *mem, const struct jailhouse_memory *root)
{
	return !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) && !JAILHOUSE_MEMORY_IS_SUBPAGE(root) &&
	       !((mem->flags | root->flags) & JAILHOUSE_MEM_IO) && !config_is_ram(mem, root);
}

/*
 * The hypervisor clears what the configurations call RAM, since zeros could do harm to registers.
 * RAM that they do not call so would carry root's data to the cell and the cell's back.
 */
static int check_ram_is_cleared(const struct cell_view *root, const struct cell_view *config,
				struct jailhouse_refusal *why)
{
	const struct jailhouse_memory *mem;
	u64 size, start;
	u32 i, r;

	for (i = 0; i < config->num_mem; i++) {
		mem = &config->mem[i];
		for (r = 0; takes_memory(mem) && r < root->num_mem; r++) {
			size = common_range(mem, &root->mem[r], &start);
			if (!is_unmarked(mem, &root->mem[r]) || !memory_is_ram(start, size))
				continue;
			refuse(why, RULE_RAM_UNMARKED, JAILHOUSE_OBJ_MEMORY, i, start,
			       start + size - 1, 0);
			return refuse_for(why, config);
		}
	}
	return 0;
}

static int check_config(const struct system *sys, const struct cell_view *config,
			struct jailhouse_refusal *why)
{
	int err = config_check_cell(config, why);

	if (!err)
		err = config_check_cell_id(config, why);
	if (!err)
		err = check_against_cells(sys, config, why);
	if (!err)
		err = check_memory_unused(config, why);
	if (!err)
		err = check_ram_is_cleared(&sys->config.root, config, why);
	return err;
}

/* @blob becomes the new cell's. */
static int prepare(struct system *sys, void *blob, u32 size, struct cell **cell,
		   struct jailhouse_refusal *why)
{
	struct cell_view config;
	int err = cell_view_init(&config, blob, size, why);

	if (!err) {
		complete_config(sys, blob);
		err = check_config(sys, &config, why);
	}
	if (err) {
		kfree(blob);
		return err;
	}
	*cell = cell_new(&config, blob, image_status(&sys->image));
	return *cell ? 0 : -ENOMEM;
}

static int take_resources(struct system *sys, struct cell *cell, struct jailhouse_refusal *why)
{
	int err = cell_cpu_take(sys->root, cell, why);

	if (err)
		return err;
	err = cell_pci_take(cell, why);
	if (err)
		cell_cpu_give_back(sys->root, cell);
	return err;
}

static void give_back_resources(struct system *sys, struct cell *cell)
{
	cell_pci_give_back(cell);
	cell_cpu_give_back(sys->root, cell);
}

static int announce(struct system *sys, struct cell *cell)
{
	int err = cell_sysfs_add(cell);

	if (err)
		return err;
	list_add_tail(&cell->link, &sys->cells);
	cell_sysfs_update_cpus(sys->root);
	return 0;
}

/*
 * Once the cell exists, what follows has to succeed or to take it back. Neither call ever waits for
 * a cell, which has not been started: they are finished even for a caller that is killed.
 */
static int create_in_hypervisor(struct system *sys, struct cell *cell,
				struct jailhouse_refusal *why)
{
	struct jailhouse_refusal ignored;
	int err = hypercall_finish(cell->status, JAILHOUSE_HC_CELL_CREATE, virt_to_phys(cell->blob),
				   why);

	if (err)
		return err;
	err = announce(sys, cell);
	if (err && hypercall_finish(cell->status, JAILHOUSE_HC_CELL_DESTROY, cell->id, &ignored))
		pr_err("Cell %d could not be announced, and the hypervisor does not destroy it.\n",
		       cell->id);
	return err;
}

static int create(struct system *sys, struct cell *cell, struct jailhouse_refusal *why)
{
	int err = take_resources(sys, cell, why);

	if (err)
		return err;
	err = create_in_hypervisor(sys, cell, why);
	if (err)
		give_back_resources(sys, cell);
	return err;
}

int cell_create(struct system *sys, const struct jailhouse_cell_create __user *arg,
		struct jailhouse_refusal *why)
{
	struct jailhouse_cell_create args;
	struct cell *cell;
	void *blob;
	int err;

	if (!sys->enabled)
		return refuse(why, RULE_NOT_ENABLED, JAILHOUSE_OBJ_NONE, 0, 0, 0, 0);
	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.config_size > CONFIG_MAX_CELL_SIZE)
		return refuse(why, RULE_TOO_LARGE, JAILHOUSE_OBJ_HEADER, 0, args.config_size,
			      CONFIG_MAX_CELL_SIZE, 0);
	/* kmalloc: the hypervisor reads it by its physical address. */
	blob = memdup_user(u64_to_user_ptr(args.config_address), args.config_size);
	if (IS_ERR(blob))
		return PTR_ERR(blob);

	err = prepare(sys, blob, args.config_size, &cell, why);
	if (err)
		return err;
	err = create(sys, cell, why);
	if (err)
		cell_put(cell);
	else
		pr_info("Created cell \"%s\".\n", cell->config.desc->name);
	return err;
}

/* --- start, destroy --- */

int cell_start(struct system *sys, const struct jailhouse_cell_id __user *arg,
	       struct jailhouse_refusal *why)
{
	struct cell *cell;
	int err = find_by_user(sys, arg, &cell, why);

	if (err)
		return err;
	return hypercall_manage(cell->status, JAILHOUSE_HC_CELL_START, cell->id, why);
}

/* Readers of its files are gone before its CPUs and memory are. */
static void withdraw(struct system *sys, struct cell *cell)
{
	list_del(&cell->link);
	cell_sysfs_remove(cell);
	give_back_resources(sys, cell);
	cell_sysfs_update_cpus(sys->root);
	pr_info("Destroyed cell \"%s\".\n", cell->config.desc->name);
	cell_put(cell);
}

/* When the hypervisor lists it no more there is no way back, even for a caller that is killed; what is left takes a moment. */
static int destroy(struct system *sys, struct cell *cell, struct jailhouse_refusal *why)
{
	int err = hypercall_manage(cell->status, JAILHOUSE_HC_CELL_DESTROY, cell->id, why);
	struct jailhouse_status_cell entry;

	if (err == -EINTR && !status_get_cell(cell->status, cell->id, &entry))
		err = hypercall_finish(cell->status, JAILHOUSE_HC_CELL_DESTROY, cell->id, why);
	if (!err)
		withdraw(sys, cell);
	return err;
}

int cell_destroy(struct system *sys, const struct jailhouse_cell_id __user *arg,
		 struct jailhouse_refusal *why)
{
	struct cell *cell;
	int err = find_by_user(sys, arg, &cell, why);

	return err ? err : destroy(sys, cell, why);
}

int cell_destroy_all(struct system *sys, struct jailhouse_refusal *why)
{
	struct cell *cell, *next;
	int err;

	list_for_each_entry_safe(cell, next, &sys->cells, link) {
		err = cell == sys->root ? 0 : destroy(sys, cell, why);
		if (err)
			return err;
	}
	return 0;
}
