/* SPDX-License-Identifier: GPL-2.0 */
/*
 * draft - a configuration between text and binary: the structs of the binary in arrays that can grow, and where each element comes from.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_DRAFT_H
#define TOOLS_CONFIG_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/status.h>
#include <common/config/config.h>

#include "node.h"

/** struct origin - of an element. @index: in the binary; @label: for people, or NULL */
struct origin {
	struct place at;
	const char *label;
	unsigned int index;
};

/** struct array - @size: bytes of an element; @origin: one for each */
struct array {
	size_t size;
	unsigned int count, room;
	void *data;
	struct origin *origin;
};

/** The arrays in the order of the binary */
enum draft_array { DRAFT_MEMORY, DRAFT_CACHE, DRAFT_IRQCHIPS, DRAFT_PIO, DRAFT_PCI, DRAFT_CAPS, DRAFT_STREAMS, DRAFT_ARRAYS };

/**
 * struct draft
 * @system:	its root_cell is the descriptor of a cell, too; the counts are set by draft_binary()
 * @cpus:	bytes of the bitmap, @cpu_set_size of them
 * @extension:	the whole block, @extension_size bytes; 0: none
 * @header, @console, @hypervisor, @hv_console, @cpus_at: where they come from
 */
struct draft {
	bool is_system;
	struct jailhouse_system system;
	struct array array[DRAFT_ARRAYS];
	__u8 *cpus;
	unsigned int cpu_set_size;
	__u8 *extension;
	unsigned int extension_size;
	struct place header, console, hypervisor, hv_console, cpus_at;
};

void draft_init(struct draft *d);
void draft_free(struct draft *d);

/** Add a copy of @element (NULL: zeros) from @origin. Returns it. */
void *draft_add(struct draft *d, enum draft_array which, const void *element, struct origin origin);
void draft_remove(struct draft *d, enum draft_array which, unsigned int n);

static inline void *draft_at(const struct draft *d, enum draft_array which, unsigned int n)
{
	return (char *)d->array[which].data + n * d->array[which].size;
}

/** The cell's name for people: without its end it ends all the same, and what is unprintable is "?". */
void draft_name(const struct draft *d, char name[JAILHOUSE_CELL_NAME_MAXLEN + 2]);

/** The array of an object, or DRAFT_ARRAYS. */
enum draft_array draft_array_of(enum jailhouse_object object);

/** The binary: memory for free(), *size bytes. */
void *draft_binary(const struct draft *d, size_t *size);

/** Take a binary apart; @desc is inside of @v. @system: NULL for a cell. */
void draft_from_view(struct draft *d, const struct cell_view *v, const struct jailhouse_system *system, const char *file);

#endif /* TOOLS_CONFIG_DRAFT_H */
