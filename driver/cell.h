/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cell as the driver knows it, and the management of cells.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_CELL_H
#define DRIVER_CELL_H

#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <common/config/config.h>
#include <jailhouse/ioctl.h>

struct system;

/**
 * struct cell - lives until the last reader of its sysfs files is gone
 * @link:	in system.cells, guarded by system.lock; the root cell comes first
 * @config:	points into @blob, or, for the root cell, into the system's configuration
 * @blob:	checked copy of the configuration, NULL for the root cell
 * @cpus:	CPUs that the cell has at present (the root cell's shrink while others exist)
 * @offlined:	those that were online when the cell took them
 * @devices:	PCI devices taken from Linux's drivers, struct pci_claim
 * @statistics:	folders of statistics files, struct stats_dir
 * @seen_state, @seen_failed: last told to sysfs and uevents
 */
struct cell {
	struct kobject kobj;
	struct list_head link;
	struct cell_view config;
	void *blob;
	s32 id;
	struct cpumask cpus, offlined;
	struct list_head devices;
	struct list_head statistics;
	u32 seen_state, seen_failed;
	const struct hv_status_page *status;
};

/**
 * Make the object for @config, whose @blob it owns afterwards (also on failure). Returns NULL if
 * there is no memory.
 */
struct cell *cell_new(const struct cell_view *config, void *blob,
		      const struct hv_status_page *status);
void cell_put(struct cell *cell);

/*
 * Management; all need system.lock held. They return 0, or -Exxx with @why filled where there is a
 * rule, and nothing changed.
 */
int cell_create(struct system *sys, const struct jailhouse_cell_create __user *arg,
		struct jailhouse_refusal *why);
int cell_load(struct system *sys, const struct jailhouse_cell_load __user *arg,
	      struct jailhouse_refusal *why);
int cell_start(struct system *sys, const struct jailhouse_cell_id __user *arg,
	       struct jailhouse_refusal *why);
int cell_destroy(struct system *sys, const struct jailhouse_cell_id __user *arg,
		 struct jailhouse_refusal *why);

/** Destroy every cell but the root cell. Stops at the first that cannot be destroyed. */
int cell_destroy_all(struct system *sys, struct jailhouse_refusal *why);

/** Find the non-root cell that @id means. */
int cell_find(struct system *sys, const struct jailhouse_cell_id *id, struct cell **cell,
	      struct jailhouse_refusal *why);

#endif /* DRIVER_CELL_H */
