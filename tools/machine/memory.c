// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define FOLDER	"sys/devices/system/memory"

static int by_number(const void *a, const void *b)
{
	const struct memory_block *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static bool read_block(const struct tree *t, unsigned int number, uint64_t size, struct memory_block *out)
{
	char line[64];

	if (!tree_line(t, line, sizeof(line), FOLDER "/memory%u/state", number))
		return false;
	*out = (struct memory_block){ .number = number, .start = number * size, .size = size, .online = !strcmp(line, "online") };
	tree_line(t, line, sizeof(line), FOLDER "/memory%u/removable", number);
	if (!strcmp(line, "0"))
		return false;
	tree_line(t, line, sizeof(line), FOLDER "/memory%u/valid_zones", number);
	out->movable = !strncmp(line, "Movable", 7);
	return true;
}

struct memory_block *memory_blocks(const struct tree *t, size_t *count)
{
	struct memory_block *blocks = NULL;
	char line[64], rest, **names;
	unsigned int number;
	uint64_t size;
	size_t n, names_count;

	*count = 0;
	if (!tree_line(t, line, sizeof(line), FOLDER "/block_size_bytes"))
		return NULL;
	size = strtoull(line, NULL, 16);
	if (!size || size & (size - 1) || size > 1ULL << 40)
		return NULL;
	names = tree_list(t, &names_count, FOLDER);
	blocks = calloc(names_count + 1, sizeof(*blocks));
	for (n = 0; blocks && n < names_count; n++) {
		if (sscanf(names[n], "memory%u%c", &number, &rest) == 1 && number <= UINT64_MAX / size - 1)
			*count += read_block(t, number, size, &blocks[*count]);
	}
	tree_free_list(names, names_count);
	if (blocks)
		qsort(blocks, *count, sizeof(*blocks), by_number);
	return blocks;
}

bool memory_row(const struct memory_block *row, size_t count)
{
	size_t n;

	for (n = 1; n < count; n++) {
		if (row[n].start != row[0].start + n * row[0].size)
			return false;
	}
	return true;
}

int memory_row_grade(const struct memory_block *row, size_t count)
{
	int grade = MEMORY_GRADES - 1, one;

	for (; count--; row++) {
		one = !row->online ? 2 : row->movable ? 1 : 0;
		grade = one < grade ? one : grade;
	}
	return grade;
}
