/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/devices/jailhouse/cells/ID and its uevents.
 *
 * Its files make hypercalls without system.lock: removing them waits for their readers, and comes
 * before the cell or the hypervisor goes away.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_CELL_SYSFS_H
#define DRIVER_CELL_SYSFS_H

#include <linux/device.h>

struct cell;

/** Make and remove the folder "cells" below @dev. */
int __must_check cell_sysfs_create_folder(struct device *dev);
void cell_sysfs_remove_folder(void);

/** Initialise the kobject of a new cell. From here on cell_put() frees it. */
void cell_sysfs_init(struct cell *cell);

/** Show @cell, and send its ADD event. Returns 0 or -Exxx with nothing left behind. */
int __must_check cell_sysfs_add(struct cell *cell);

/** Hide it, send its REMOVE event; afterwards nobody reads its files any more. */
void cell_sysfs_remove(struct cell *cell);

/** cell->cpus has changed: one folder of statistics for each of them. */
void cell_sysfs_update_cpus(struct cell *cell);

/** Look at state and failed CPUs; tell sysfs and user space if they changed. */
void cell_sysfs_poll(struct cell *cell);

#endif /* DRIVER_CELL_SYSFS_H */
