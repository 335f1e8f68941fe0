// SPDX-License-Identifier: GPL-2.0
/*
 * cell_memory - the plan of what moves, and moving it. Root gets back its own addresses and flags,
 * and only what its configuration covers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell.h>
#include <hv/iommu.h>
#include <hv/ownership.h>
#include <arch/contract.h>

u32 mem_pt_flags(u64 flags)
{
	u32 out = 0;

	if (flags & JAILHOUSE_MEM_READ)
		out |= PT_READ;
	if (flags & JAILHOUSE_MEM_WRITE)
		out |= PT_WRITE;
	if (flags & JAILHOUSE_MEM_EXECUTE)
		out |= PT_EXEC;
	if (flags & JAILHOUSE_MEM_IO)
		out |= PT_DEVICE;
	if (flags & JAILHOUSE_MEM_NO_HUGEPAGES)
		out |= PT_NO_HUGE;
	return out;
}

static bool is_mapped(const struct jailhouse_memory *m)
{
	return m->size && !JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

static bool is_exclusive(const struct jailhouse_memory *m)
{
	return m->size && !(m->flags & (JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_ROOTSHARED));
}

/* --- the plan ----------------------------------------------------------------------------- */

struct span { u64 start, end; };

/* A region that fills its pages only in part takes them as a whole. */
static struct span whole_pages(const struct jailhouse_memory *m)
{
	return (struct span){ m->phys_start & PAGE_MASK, PAGE_ALIGN(m->phys_start + m->size) };
}

static struct span intersect(struct span a, struct span b)
{
	return (struct span){ a.start > b.start ? a.start : b.start,
			      a.end < b.end ? a.end : b.end };
}

static bool in_plan(enum mem_plan_kind kind, const struct jailhouse_memory *m,
		    const struct jailhouse_memory *roots)
{
	if (!is_exclusive(m) || !is_mapped(roots) || roots->flags & JAILHOUSE_MEM_COMM_REGION)
		return false;
	if (kind == MEM_PLAN_SCRUB)
		return is_mapped(m) && config_is_ram(m, roots);
	/* what root cannot even read was never mapped for it: nothing to take, nothing to return */
	if (!(roots->flags & JAILHOUSE_MEM_READ))
		return false;
	return kind != MEM_PLAN_LOADABLE || (is_mapped(m) && m->flags & JAILHOUSE_MEM_LOADABLE);
}

/*
 * Does yet another cell hold the page at @pos? The answer is the same up to the address that is
 * returned, @limit at most.
 */
static u64 held_by_others(const struct cell *c, u64 pos, u64 limit, bool *held)
{
	struct owned_extent e = ownership_at(c->sys, OWNED_MEMORY, pos);
	u32 place;

	for (place = 0; e.holders >> place; place++)
		if (ownership_cell(c->sys, place) == c)
			e.holders &= ~(1U << place);
	*held = e.holders;
	return e.last < limit ? e.last + 1 : limit;
}

void mem_plan_start(struct mem_plan *p, const struct cell *c, enum mem_plan_kind kind)
{
	*p = (struct mem_plan){ .cell = c, .kind = kind };
}

static void next_pair(struct mem_plan *p)
{
	p->position = 0;
	if (++p->root_region < p->cell->sys->root->view.num_mem)
		return;
	p->root_region = 0;
	p->region++;
}

static const struct jailhouse_memory *own_region(const struct mem_plan *p)
{
	return &p->cell->view.mem[p->region];
}

static const struct jailhouse_memory *root_region(const struct mem_plan *p)
{
	return &p->cell->sys->root->view.mem[p->root_region];
}

static struct span common_pages(const struct mem_plan *p)
{
	return intersect(whole_pages(own_region(p)), whole_pages(root_region(p)));
}

bool mem_plan_seek(struct mem_plan *p)
{
	for (; p->region < p->cell->view.num_mem; next_pair(p)) {
		struct span common = common_pages(p);

		if (common.start < common.end && p->position < common.end &&
		    in_plan(p->kind, own_region(p), root_region(p)))
			return true;
	}
	return false;
}

/* The first run of pages from @p->position on that is only this cell's. */
bool mem_plan_run(struct mem_plan *p, struct mem_extent *out)
{
	const struct jailhouse_memory *root = root_region(p);
	struct span common = common_pages(p);
	u64 pos = p->position > common.start ? p->position : common.start;
	u64 end = pos, next;
	bool held;

	while (end < common.end) {
		next = held_by_others(p->cell, end, common.end, &held);
		if (held && pos < end)
			break;
		if (held)
			pos = next;
		end = next;
	}
	p->position = end;
	out->phys = pos;
	out->size = end - pos;
	out->root_virt = root->virt_start + (pos - root->phys_start);
	out->root_flags = mem_pt_flags(root->flags);
	out->root_dma = root->flags & JAILHOUSE_MEM_DMA;
	return pos < end;
}

bool mem_plan_next(struct mem_plan *p, struct mem_extent *out)
{
	while (mem_plan_seek(p))
		if (mem_plan_run(p, out))
			return true;
	return false;
}

/* --- the cell's own stage 2 --------------------------------------------------------------- */

int cell_memory_map_all(struct cell *c)
{
	u32 n;
	int err;

	for (n = 0; n < c->view.num_mem; n++) {
		const struct jailhouse_memory *m = &c->view.mem[n];
		u64 phys = m->flags & JAILHOUSE_MEM_COMM_REGION ? arch_virt_to_phys(c->comm)
								: m->phys_start;

		if (!is_mapped(m))
			continue;
		err = pt_map(&c->stage2, m->virt_start, phys, m->size, mem_pt_flags(m->flags));
		if (err)
			return err;
	}
	return 0;
}

/* --- root's stage 2 ----------------------------------------------------------------------- */

#define for_each_extent(e, plan, c, kind) \
	for (mem_plan_start(&(plan), (c), (kind)); mem_plan_next(&(plan), &(e)); )

/* Root's devices do not load images: they get memory back when root itself does for good. */
static bool moves_dma(enum mem_plan_kind kind, const struct mem_extent *e)
{
	return kind == MEM_PLAN_EXCLUSIVE && e->root_dma;
}

static int prepare_take(struct system *s, enum mem_plan_kind kind, const struct mem_extent *e)
{
	int err = pt_prepare_unmap(&s->root->stage2, e->root_virt, e->size);

	if (!err && moves_dma(kind, e))
		err = iommu_prepare_take(s, (iova_t){ e->root_virt }, e->size);
	return err;
}

static int prepare_return(struct system *s, enum mem_plan_kind kind, const struct mem_extent *e)
{
	int err = pt_prepare_map(&s->root->stage2, e->root_virt, e->phys, e->size, e->root_flags);

	if (!err && moves_dma(kind, e))
		err = iommu_prepare_return(s, (iova_t){ e->root_virt }, hpa(e->phys), e->size,
					   e->root_flags);
	return err;
}

typedef int (*prepare_fn)(struct system *s, enum mem_plan_kind kind, const struct mem_extent *e);

static int prepare_all(struct cell *c, enum mem_plan_kind kind, prepare_fn prepare)
{
	struct mem_extent e;
	struct mem_plan p;
	int err;

	for_each_extent(e, p, c, kind) {
		err = prepare(c->sys, kind, &e);
		if (err) {
			cell_memory_cancel(c, kind);
			return err;
		}
	}
	return 0;
}

int cell_memory_prepare_take(struct cell *c, enum mem_plan_kind kind)
{
	return prepare_all(c, kind, prepare_take);
}

int cell_memory_prepare_return(struct cell *c, enum mem_plan_kind kind)
{
	return prepare_all(c, kind, prepare_return);
}

void cell_memory_cancel(struct cell *c, enum mem_plan_kind kind)
{
	struct mem_extent e;
	struct mem_plan p;

	for_each_extent(e, p, c, kind) {
		pt_cancel(&c->sys->root->stage2, e.root_virt, e.size);
		if (moves_dma(kind, &e))
			iommu_cancel(c->sys, (iova_t){ e.root_virt }, e.size);
	}
}

void cell_memory_commit_take(struct cell *c, enum mem_plan_kind kind)
{
	struct mem_extent e;
	struct mem_plan p;

	for_each_extent(e, p, c, kind) {
		pt_commit_unmap(&c->sys->root->stage2, e.root_virt, e.size);
		if (moves_dma(kind, &e))
			iommu_commit_take(c->sys, (iova_t){ e.root_virt }, e.size);
	}
	iommu_flush_root(c->sys);
}

void cell_memory_commit_return(struct cell *c, enum mem_plan_kind kind)
{
	struct mem_extent e;
	struct mem_plan p;

	for_each_extent(e, p, c, kind) {
		pt_commit_map(&c->sys->root->stage2, e.root_virt, e.phys, e.size, e.root_flags);
		if (moves_dma(kind, &e))
			iommu_commit_return(c->sys, (iova_t){ e.root_virt }, hpa(e.phys), e.size,
					    e.root_flags);
	}
	/* a unit may also remember that there was nothing */
	iommu_flush_root(c->sys);
}

/* --- pages for root's tables -------------------------------------------------------------- */

void cell_memory_keep_roots(struct system *s)
{
	pt_keep_tables(&s->root->stage2);
}

/*
 * What all pairs of regions have in common, whoever else holds a part of it: a border that another
 * cell makes is in that cell's account.
 */
static void count_tables(struct cell *c, const struct jailhouse_memory *m,
			 const struct jailhouse_memory *root)
{
	struct span common = intersect(whole_pages(m), whole_pages(root));
	u64 virt = root->virt_start + (common.start - root->phys_start);
	u32 tables;

	if (!in_plan(MEM_PLAN_EXCLUSIVE, m, root) || common.start >= common.end)
		return;
	tables = pt_hole_tables(&c->sys->root->stage2, virt, common.end - common.start);
	c->reserved_tables += tables;
	if (root->flags & JAILHOUSE_MEM_DMA)
		c->reserved_dma_tables += tables;
}

int cell_memory_reserve(struct cell *c)
{
	const struct cell_view *root = &c->sys->root->view;
	u32 n, r;
	int err;

	c->reserved_tables = c->reserved_dma_tables = 0;
	for (n = 0; n < c->view.num_mem; n++)
		for (r = 0; r < root->num_mem; r++)
			count_tables(c, &c->view.mem[n], &root->mem[r]);
	err = pt_reserve(&c->sys->root->stage2, c->reserved_tables);
	if (err)
		return err;
	err = iommu_reserve(c->sys, c->reserved_dma_tables);
	if (err)
		pt_unreserve(&c->sys->root->stage2, c->reserved_tables);
	return err;
}

void cell_memory_unreserve(struct cell *c)
{
	pt_unreserve(&c->sys->root->stage2, c->reserved_tables);
	iommu_unreserve(c->sys, c->reserved_dma_tables);
}
