/* SPDX-License-Identifier: GPL-2.0 */
/*
 * placing - configurations on their way to the driver get addresses for what says "phys: anywhere". Where the RAM for cells is stays
 * noted below /run (JAILHOUSE_RUN) until the hypervisor goes.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_PLACING_H
#define TOOLS_PLACING_H

#include <stdbool.h>
#include <stddef.h>

#include "config/place.h"

/** struct placing - a system on its way. @config: what the driver gets, @size bytes; @pool: its RAM for cells, as far as the file tells */
struct placing {
	void *config;
	size_t size;
	struct spans pool;
};

/**
 * Read a system's configuration, and take memory offline for it. @is_on: another system is there, which the driver will say; nothing is
 * taken then. Returns the exit status; a failure is reported.
 */
int placing_system(struct placing *p, const char *path, bool is_on);

/** The driver has taken it. */
void placing_done(const struct placing *p);
void placing_free(struct placing *p);

/** It has gone. */
void placing_forget(void);

/** Give a cell's configuration its addresses, in the RAM for cells, where no other cell is. Returns the exit status; a failure is reported. */
int placing_cell(void **config, size_t *size);

/** struct placing_guess - of those who look at files without their machine: what is for cells, and what those so far have of it */
struct placing_guess {
	struct spans pool, taken;
};

/**
 * Read a configuration, and give it addresses if it asks for any: of a system, somewhere in the root cell's RAM; of a cell, in the RAM for
 * cells of the system that was read before. *size bytes, for free(); NULL: reported.
 */
void *placing_read(struct placing_guess *g, const char *path, size_t *size);
void placing_guess_free(struct placing_guess *g);

#endif /* TOOLS_PLACING_H */
