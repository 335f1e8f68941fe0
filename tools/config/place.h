/* SPDX-License-Identifier: GPL-2.0 */
/*
 * place - memory whose address is found when the configuration is used ("phys: anywhere"). The request is an element of the extension
 * block (JAILHOUSE_EXT_PLACE) until the address is known; who knows it writes it and takes the element away.
 *
 * Nothing here looks at a machine: where memory is free is told by the caller. Elements that are not well formed stay as they are, for the
 * rules to refuse.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_PLACE_H
#define TOOLS_CONFIG_PLACE_H

#include "draft.h"

/** struct span - a range of memory; @end: last address */
struct span {
	__u64 start, end;
};

struct spans {
	struct span *item;
	unsigned int count;
};

/** Add a range, an empty one is left out. */
void spans_add(struct spans *s, __u64 start, __u64 size);
void spans_free(struct spans *s);

/** Ask for an address of memory region @region, or of the hypervisor's memory (JAILHOUSE_EXT_HYPERVISOR). */
void place_ask(struct draft *d, __u32 region, __u64 align);

/** The @n-th request, NULL: there are fewer. Requests stand in front of all other elements. */
const struct jailhouse_ext_place *place_request(const struct draft *d, unsigned int n);

/** Is an address asked for it? @align as in the request. */
bool place_asked(const struct draft *d, __u32 region, __u64 *align);

/** Is there any request? */
bool place_wanted(const struct draft *d);

/** Alignment of a system's memory, and how many bytes it takes from an aligned address on, 0: more than there are addresses. */
__u64 place_system_align(const struct draft *d);
__u64 place_system_size(const struct draft *d);

/** Can it lie there? */
bool place_system_fits(const struct draft *d, __u64 start);

/**
 * Give a system's memory addresses from @start on, one piece behind the other, the hypervisor's first, and cut them out of the root cell's
 * RAM. False, and nothing is changed: it is not aligned, or not all of it is RAM of the root cell.
 */
bool place_system(struct draft *d, __u64 start);

/** The highest address in the root cell's RAM at which place_system() succeeds, for those who look at no machine. False: there is none. */
bool place_system_somewhere(struct draft *d);

/** Give a cell's memory addresses in @pool, apart from @taken. False, and nothing is changed: @missing bytes are not free together. */
bool place_cell(struct draft *d, const struct spans *pool, const struct spans *taken, __u64 *missing);

/** Has the region a name that makes it RAM for cells? */
bool place_is_for_cells(const struct draft *d, unsigned int region);

/** A system's RAM for cells; what was asked for without a name is, too, once it has its address. */
void place_pool(const struct draft *system, struct spans *pool);

/** The same for those who look at no machine: if nothing has that name, all RAM, and without a @system (NULL) anything. */
void place_pool_guess(const struct draft *system, struct spans *pool);

/** Memory that has an address, of the hypervisor or of a cell. */
void place_taken(const struct draft *d, struct spans *taken);

#endif /* TOOLS_CONFIG_PLACE_H */
