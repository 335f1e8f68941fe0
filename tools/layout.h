/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout - the configurations of a machine side by side: the system with its root cell, and further cells. From files, or from the driver.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_LAYOUT_H
#define TOOLS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <common/config/config.h>

#include "machine/iomem.h"
#include "placing.h"

struct layout_cell {
	void *blob;
	struct cell_view view;
};

/**
 * struct layout - @system_blob NULL: no system is known
 * @memory, @ports: what Linux calls the addresses; empty when it is not known
 */
struct layout {
	void *system_blob;
	struct system_view system;
	struct layout_cell *cells;
	size_t count;
	struct resources memory, ports;
	struct placing_guess guess;
};

void layout_init(struct layout *l);
void layout_free(struct layout *l);

/** Add the configuration in the file @path, of a system or of a cell. False: reported. */
bool layout_add_file(struct layout *l, const char *path);

/** Add what the driver says of all cells. What cannot be read, by lack of rights, is left out. */
void layout_add_live(struct layout *l);

/** Take the names of addresses from the machine in @tree. */
void layout_add_names(struct layout *l, const struct tree *tree);

/** Configuration of the cell with that name, "" for the root cell; NULL: it is not known. */
const struct cell_view *layout_find(const struct layout *l, const char *name);

/** Linux's name for the smallest range with @address, of equal ones the outermost; NULL: none. */
const char *layout_name(const struct resources *r, __u64 address);

#endif /* TOOLS_LAYOUT_H */
