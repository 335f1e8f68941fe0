/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cells/ID/statistics: the exit counters of a cell, in sum and for each CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_CELL_STATS_H
#define DRIVER_CELL_STATS_H

struct cell;

/** Add the folders of @cell, whose own folder exists. Returns 0 or -Exxx with nothing left behind.
 */
int __must_check cell_stats_add(struct cell *cell);
void cell_stats_remove(struct cell *cell);

/** One folder for each of cell->cpus, none for others. */
int cell_stats_update_cpus(struct cell *cell);

#endif /* DRIVER_CELL_STATS_H */
