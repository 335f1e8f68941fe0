/* SPDX-License-Identifier: GPL-2.0 */
/*
 * partition - who owns what, worked out of a system and cells that exist at the same time: ranges of numbers, each with its owners.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_PARTITION_H
#define TOOLS_CONFIG_PARTITION_H

#include "files.h"

/* Bits of owners: the hypervisor, root, then the cells */
#define OWNER_HYPERVISOR	0
#define OWNER_ROOT		1
#define OWNER_CELL(n)		(2 + (n))
#define PARTITION_MAX_CELLS	62

/** struct part - numbers @first to @last (addresses, CPUs, ports, pins, PCI addresses) with the same owners; @label may be NULL */
struct part {
	__u64 first, last, owners, flags;
	const char *label;
};

/** struct parts - in order */
struct parts {
	struct part *part;
	unsigned int count, room;
};

/** struct partition - @pins: of each of root's interrupt controllers that has another address, @chips of them */
struct partition {
	const struct files *files;
	struct parts cpus, memory, ports, devices, *pins;
	__u64 *chip_address;
	unsigned int chips;
	char (*names)[JAILHOUSE_CELL_NAME_MAXLEN + 2];
};

void partition_make(struct partition *p, const struct files *files);
void partition_free(struct partition *p);

/** How many owners can there be, and the name of one */
unsigned int partition_owners(const struct partition *p);
const char *partition_owner_name(const struct partition *p, unsigned int owner);

/** Text for a terminal; the drawing; JSON. */
void partition_print(FILE *f, const struct partition *p);
void partition_draw(FILE *f, const struct partition *p);
void partition_print_json(const struct partition *p);

/** A label as a terminal may see it */
void partition_put_label(FILE *f, const char *label);

/** "640K", "1.5M" */
void partition_size(char *buf, size_t size, __u64 bytes);

/** Numbers of a part for people: @kind 'm' addresses, 'p' ports, 'd' PCI addresses, 'n' plain numbers */
void partition_range(char *buf, size_t size, const struct part *part, char kind);

#endif /* TOOLS_CONFIG_PARTITION_H */
