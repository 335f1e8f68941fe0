/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dt - questions to a flattened device tree, through libfdt (Devicetree specification 0.4). A tree is bytes from nowhere.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_DT_H
#define TOOLS_MACHINE_DT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/** Is @blob, @size bytes, a device tree of version 17 or newer that can be walked without leaving it? */
bool dt_valid(const void *blob, size_t size);

/** The machine's tree (sys/firmware/fdt), which the caller frees. NULL: errno says why; EINVAL: damaged. */
void *dt_read(const struct tree *t);

/** The first node from @after (-1: all) on that is compatible with one of @names (NULL at the end), and is not disabled. -1: none. */
int dt_find(const void *dt, int after, const char *const *names);

bool dt_is_compatible(const void *dt, int node, const char *const *names);
bool dt_enabled(const void *dt, int node);

/** @index-th address range of a node, translated to the CPU's addresses. False: there is none, or it is not the CPU's. */
bool dt_reg(const void *dt, int node, unsigned int index, uint64_t *start, uint64_t *size);

/** struct dt_firmware - memory that Linux may not even map: the firmware's, which may answer an access with an abort; @end: last address */
struct dt_firmware {
	const char *name;	/* of its node, in the tree */
	uint64_t start, end;
};

/** The @n-th range of such memory (reserved-memory, no-map), what is reserved for Jailhouse left out. False: there are fewer. */
bool dt_firmware(const void *dt, unsigned int n, struct dt_firmware *out);

/** struct dt_irq - one interrupt of the GIC: @id is its interrupt id */
struct dt_irq {
	bool is_spi;
	uint32_t id;
};

/** @index-th interrupt of a node whose interrupt parent is the GIC. False: none, or it belongs to another controller. */
bool dt_irq(const void *dt, int node, unsigned int index, struct dt_irq *irq);

/** How many bytes of "/path" were written; always terminated. */
void dt_path(const void *dt, int node, char *buf, size_t size);

/** Number of a cell of a property; @or: if it is not there. */
uint32_t dt_u32(const void *dt, int node, const char *name, unsigned int index, uint32_t or);

/** struct dt_uart - a UART that the hypervisor has a driver for; @type: as the text format has it */
struct dt_uart {
	const char *type;
	unsigned int regdist;
	uint64_t start, size;
};

/** False: @node (or -1) is none. */
bool dt_uart(const void *dt, int node, struct dt_uart *uart);

#endif /* TOOLS_MACHINE_DT_H */
