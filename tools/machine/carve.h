/* SPDX-License-Identifier: GPL-2.0 */
/*
 * carve - the configuration of a cell out of that of a system: what is asked for, if it can be had alone.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_CARVE_H
#define TOOLS_MACHINE_CARVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cpus.h"
#include "tree.h"

struct source;

#define CARVE_MAX	16

/** struct carve_options - what the cell is to have. @beside: cells that exist at the same time; @unsafe_dma: its devices may reach all memory;
 * @for_linux: with RAM as "cell linux" wants it */
struct carve_options {
	const char *name;
	struct cpu_numbers cpus;
	uint64_t ram;
	const char *uart[CARVE_MAX], *pci[CARVE_MAX];
	unsigned int uarts, pcis;
	bool unsafe_dma, for_linux;
};

/**
 * Write the text of a cell to @out. @t: the machine, NULL: a device tree alone; @dt: its device tree, NULL: there is none. @system and
 * @beside: configurations, understood. Returns the exit status; a refusal is reported, and then @out is worthless.
 */
int carve(const struct tree *t, const void *dt, const struct carve_options *o, const struct source *system, const struct source *beside,
	  unsigned int count, FILE *out);

#endif /* TOOLS_MACHINE_CARVE_H */
