/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iomem - the resources that Linux lists in /proc/iomem and /proc/ioports: ranges within ranges.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_IOMEM_H
#define TOOLS_MACHINE_IOMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/** struct resource - @end: last address; @level: 0 for those that are in no other */
struct resource {
	uint64_t start, end;
	unsigned int level;
	char name[64];
};

struct resources {
	struct resource *item;
	size_t count;
};

/** Take such a text apart. Lines that are none are left out. */
void resources_parse(const char *text, struct resources *out);

enum resources_seen { RESOURCES_SEEN, RESOURCES_HIDDEN, RESOURCES_UNREADABLE };

/** /proc/@name. HIDDEN: the kernel shows every address as 0, as it does without privileges. */
enum resources_seen resources_read(const struct tree *t, const char *name, struct resources *out);

void resources_free(struct resources *r);

/** struct range - @end: last address */
struct range64 {
	uint64_t start, end;
};

#define RESERVED_MAX	16

/** What memmap=SIZE$START on the kernel's command line keeps from it. Returns how many. */
unsigned int memmap_parse(const char *cmdline, struct range64 out[RESERVED_MAX]);

/** Number with K, M, G or T behind it; *end is where it stops. */
uint64_t parse_size(const char *text, char **end);

#endif /* TOOLS_MACHINE_IOMEM_H */
