/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memory - blocks of memory that Linux can take offline (/sys/devices/system/memory).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_MEMORY_H
#define TOOLS_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/** struct memory_block - @movable: nothing but movable pages is in it; going offline will succeed, others may refuse */
struct memory_block {
	unsigned int number;
	uint64_t start, size;
	bool online, movable;
};

/** All blocks, ascending, which the caller frees. @count 0: Linux cannot do it. */
struct memory_block *memory_blocks(const struct tree *t, size_t *count);

/** Are the @count blocks from @row on side by side? */
bool memory_row(const struct memory_block *row, size_t count);

/** How likely they are to be had: 2, offline already; 1, certain to go; 0, perhaps. */
#define MEMORY_GRADES	3
int memory_row_grade(const struct memory_block *row, size_t count);

#endif /* TOOLS_MACHINE_MEMORY_H */
