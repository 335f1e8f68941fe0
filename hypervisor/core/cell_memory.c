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

_Static_assert(JAILHOUSE_MEM_READ == PT_READ && JAILHOUSE_MEM_WRITE == PT_WRITE && JAILHOUSE_MEM_EXECUTE == PT_EXEC, "rights");

u32 mem_pt_flags(u64 flags)
{
	u32 out = flags & (PT_READ | PT_WRITE | PT_EXEC);

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
	const struct jailhouse_memory *m;
	const struct cell *other;
	struct span s;

	*held = false;
	for (other = c->sys->root->next; other; other = other->next) {
		for (m = other->view.mem; other != c && m < other->view.mem + other->view.num_mem; m++) {
			s = whole_pages(m);
			if (!is_exclusive(m) || s.end <= pos || s.start >= limit)
				continue;
			*held |= s.start <= pos;
			limit = s.start > pos ? s.start : s.end < limit ? s.end : limit;
		}
	}
	return limit;
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
	struct span a = whole_pages(own_region(p)), b = whole_pages(root_region(p));

	return (struct span){ a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end };
}

/* As most pairs of regions are: quickly, and not to the page */
static bool are_far(const struct jailhouse_memory *a, const struct jailhouse_memory *b)
{
	return a->phys_start >= b->phys_start + b->size + PAGE_SIZE || b->phys_start >= a->phys_start + a->size + PAGE_SIZE;
}

bool mem_plan_seek(struct mem_plan *p)
{
	struct span common;

	for (; p->region < p->cell->view.num_mem; next_pair(p)) {
		const struct jailhouse_memory *m = own_region(p), *roots = root_region(p);

		if (are_far(m, roots))
			continue;
		common = common_pages(p);
		if (common.start < common.end && p->position < common.end && in_plan(p->kind, m, roots))
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

/* --- the cell's own tables ---------------------------------------------------------------- */

/* Of a region, the even part is for stage 2 and the odd one for the DMA domain. */
static bool load_part(const struct cell *c, u32 part, struct pt_range *out)
{
	const struct jailhouse_memory *m = &c->view.mem[part / 2];
	u64 phys = m->flags & JAILHOUSE_MEM_COMM_REGION ? arch_virt_to_phys(c->comm) : m->phys_start;

	if (part % 2)
		return iommu_range(c, m, out);
	if (is_mapped(m))
		*out = (struct pt_range){ m->virt_start, phys, m->size, mem_pt_flags(m->flags) };
	return is_mapped(m);
}

int cell_memory_build(struct cell *c, s32 budget)
{
	struct pt_range *rest = &c->build.rest;
	int err = 0;

	while (!err && budget > 0) {
		if (!rest->size && c->build.parts == 2 * c->view.num_mem)
			return 0;
		if (rest->size || load_part(c, c->build.parts++, rest))
			err = pt_map_some(c->build.parts % 2 ? &c->stage2 : &c->dma, rest, &budget);
	}
	return err ? err : -HV_EAGAIN;
}

/* --- root's tables ------------------------------------------------------------------------ */

/* What an extent costs whose borders split tables and merge them, in table entries */
#define EXTENT_COST 7500

/* Root's devices do not load images: they get memory back when root itself does for good. */
static int move(struct cell *c, void (*change)(struct pt *pt, u64 va, u64 size))
{
	struct cell *root = c->sys->root;
	s32 budget = c->sys->slice;
	struct mem_extent e;

	for (; budget > 0 && mem_plan_next(&c->move, &e); budget -= EXTENT_COST) {
		change(&root->stage2, e.root_virt, e.size);
		if (c->move.kind == MEM_PLAN_EXCLUSIVE && e.root_dma && root->dma.root)
			change(&root->dma, e.root_virt, e.size);
	}
	/* also when something was given back: a unit may remember that there was nothing */
	iommu_flush_root(c->sys);
	return mem_plan_seek(&c->move) ? -HV_EAGAIN : 0;
}

int cell_memory_take(struct cell *c)
{
	return move(c, pt_take);
}

int cell_memory_give_back(struct cell *c)
{
	return move(c, pt_give_back);
}

/*
 * What a pair of regions has in common, whoever else holds a part of it: a border that another
 * cell makes is in that cell's account.
 */
static u32 count_tables(const struct cell *root, const struct mem_plan *p)
{
	struct span common = common_pages(p);
	const struct jailhouse_memory *roots = root_region(p);
	u64 virt = roots->virt_start + (common.start - roots->phys_start);
	u32 tables = pt_hole_tables(&root->stage2, virt, common.end - common.start);

	return roots->flags & JAILHOUSE_MEM_DMA && root->dma.root ? 2 * tables : tables;
}

int cell_memory_reserve(struct cell *c)
{
	struct mem_plan p;
	u32 tables = 0;

	for (mem_plan_start(&p, c, MEM_PLAN_EXCLUSIVE); mem_plan_seek(&p); next_pair(&p))
		tables += count_tables(c->sys->root, &p);
	if (!page_reserve(&c->sys->pool, tables))
		return -HV_ENOMEM;
	c->reserved_tables = tables;
	mem_plan_start(&c->move, c, MEM_PLAN_EXCLUSIVE);
	return 0;
}
