/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sysfs - what the driver tells about cells below /sys/devices/jailhouse (or the folder that JAILHOUSE_SYSFS names).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_SYSFS_H
#define TOOLS_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#define SYSFS_TEXT_SIZE	1024

/**
 * Ids of all cells in ascending order; the caller frees the array. @count 0 (result NULL or not) when there is none, also when the
 * driver is not loaded.
 */
int *sysfs_cells(size_t *count);

/** Attribute @name of cell @id without the last newline, "" if it is not there. */
void sysfs_read(int id, const char *name, char *buf, size_t size);

/** Configuration of cell @id (of cell 0: of the system), which the caller frees; NULL: not there, or not permitted. */
void *sysfs_config(int id, size_t *size);

/** Is it this machine's sysfs, and no folder in its place? */
bool sysfs_is_live(void);

/** Id of the cell called @name, -1: none. */
int sysfs_find(const char *name);

bool sysfs_exists(int id);

/** struct statistic - one counter of a cell, or of one of its CPUs */
struct statistic {
	char name[64];
	unsigned long long value;
};

/**
 * Counters of cell @id, of its CPU @cpu or the sum of all (@cpu -1), vmexits_total first, then by name; the caller frees the array.
 */
struct statistic *sysfs_statistics(int id, int cpu, size_t *count);

/** CPUs of cell @id that have statistics of their own, ascending; the caller frees the array. */
int *sysfs_statistics_cpus(int id, size_t *count);

#endif /* TOOLS_SYSFS_H */
