/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell_memory - which memory moves between root and a cell: a pure function of the configurations
 * of the cells that exist.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_CELL_MEMORY_H
#define HV_CELL_MEMORY_H

#include <hv/types.h>

struct cell;
struct system;

enum mem_plan_kind {
	/* what root cannot have while the cell exists: all but COMM_REGION and ROOTSHARED */
	MEM_PLAN_EXCLUSIVE,
	/* the part of it that root has back between SET_LOADABLE and START */
	MEM_PLAN_LOADABLE,
	/* the part of it that is RAM: whole pages, not IO, EXECUTE or DMA in the cell's or root's region */
	MEM_PLAN_SCRUB,
};

/**
 * struct mem_extent - whole pages that one region of the cell and one of root name
 */
struct mem_extent {
	u64 phys, size;
	u64 root_virt;		/* where root has them */
	bool root_dma;		/* in root's DMA domain too */
};

/**
 * struct mem_plan - position in the list of extents of one cell. Pages that yet another cell holds
 * are left out.
 */
struct mem_plan {
	const struct cell *cell;
	enum mem_plan_kind kind;
	u32 region, root_region;
	/* next physical address within the pair of regions, 0: from its start */
	u64 position;
};

void mem_plan_start(struct mem_plan *p, const struct cell *c, enum mem_plan_kind kind);
/** The next extent; false at the end. The list of cells must not change meanwhile. */
bool mem_plan_next(struct mem_plan *p, struct mem_extent *out);

/*
 * mem_plan_next() in two steps. seek needs nobody else: the next pair of regions that have pages
 * in common, false at the end. Then run: the pair's next extent; false, when the pair has no more.
 */
bool mem_plan_seek(struct mem_plan *p);
bool mem_plan_run(struct mem_plan *p, struct mem_extent *out);

/** enum pt_flags of JAILHOUSE_MEM_* */
u32 mem_pt_flags(u64 flags);

/**
 * Build @c's stage 2 and DMA domain from its configuration, a slice that costs about @budget table entries. 0: complete; -EAGAIN:
 * there is more; -ENOMEM or -ERANGE. Nobody uses the tables yet.
 */
int __must_check cell_memory_build(struct cell *c, s32 budget);

/**
 * Pages for what taking @c's memory from root, lending and returning it will ever need: @c->reserved_tables, or -ENOMEM. Then @c->move
 * is the plan of taking it.
 */
int __must_check cell_memory_reserve(struct cell *c);
/**
 * With root standing still, a slice of the plan @c->move: in root's stage 2 and, but for what is only being loaded, its DMA domain, which
 * is flushed. 0: all of it; -EAGAIN: there is more. What is moved already stays as it is: a plan may be begun anew, or turned round.
 */
int __must_check cell_memory_take(struct cell *c);
int __must_check cell_memory_give_back(struct cell *c);

#endif /* HV_CELL_MEMORY_H */
