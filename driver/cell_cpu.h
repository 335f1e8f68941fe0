/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs on their way between Linux and cells, and the gate of CPU hotplug.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_CELL_CPU_H
#define DRIVER_CELL_CPU_H

#include <linux/cpumask.h>
#include <common/config/config.h>

struct cell;
struct system;

int __must_check cell_cpu_init(struct system *sys);
void cell_cpu_exit(struct system *sys);

/** From now on only CPUs of @root may come online. */
void cell_cpu_gate_close(const struct cpumask *root);
void cell_cpu_gate_open(void);

/** The CPUs of @config as a mask */
void cell_cpu_mask_of(const struct cell_view *config, struct cpumask *mask);

/** Are exactly the CPUs of the root cell's @config online? Needs CPU hotplug disabled. */
int __must_check cell_cpu_check_root(const struct cell_view *config, struct jailhouse_refusal *why);

/**
 * Bring those CPUs of @root online that are not. May be called again before cell_cpu_put_away().
 * Returns 0, or -Exxx with all as before the first call and @why filled.
 */
int __must_check cell_cpu_fetch(const struct cell *root, struct jailhouse_refusal *why);

/** Take offline again what cell_cpu_fetch() brought online. What stays online is logged. */
void cell_cpu_put_away(void);

/**
 * Take the CPUs of @cell offline and out of @root. On failure all of them are back.
 * Needs process context on none of these CPUs, which follows from their being offline at the end.
 */
int __must_check cell_cpu_take(struct cell *root, struct cell *cell, struct jailhouse_refusal *why);

/**
 * Give them back to @root, and online those that cell_cpu_take() found online. What Linux cannot
 * bring online is logged.
 */
void cell_cpu_give_back(struct cell *root, struct cell *cell);

#endif /* DRIVER_CELL_CPU_H */
