/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/devices/jailhouse but for the cells.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_SYSTEM_SYSFS_H
#define DRIVER_SYSTEM_SYSFS_H

struct system;

/** Make sys->dev with its files. */
int __must_check system_sysfs_init(struct system *sys);
void system_sysfs_exit(struct system *sys);

/** The file "core" exists between these two: needs an image in place. */
int __must_check system_sysfs_add_core(struct system *sys);
void system_sysfs_remove_core(struct system *sys);

#endif /* DRIVER_SYSTEM_SYSFS_H */
