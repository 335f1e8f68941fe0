/* SPDX-License-Identifier: GPL-2.0 */
/*
 * files - a system and cells, as config check and config show take them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_FILES_H
#define TOOLS_CONFIG_FILES_H

#include "source.h"

struct files {
	struct source system, *cells;
	unsigned int count;
};

/** SYSTEM [CELL…]; false: reported, and what was loaded is to be freed. */
bool files_load(struct files *files, int argc, char **argv);

/**
 * Give addresses to all that says "phys: anywhere", as if all of the root cell's RAM was free: for those who look at configurations without
 * their machine. @system may be NULL. False: reported, there is no room.
 */
bool files_place(struct source *system, struct source *cells, unsigned int count);

void files_free(struct files *files);

#endif /* TOOLS_CONFIG_FILES_H */
