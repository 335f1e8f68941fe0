// SPDX-License-Identifier: GPL-2.0
/*
 * pt - page-table walker. The tables are always in canonical form between a commit and the next
 * prepare: whatever can be one large page is one, and no table is empty. That is why map∘unmap
 * restores them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/pt.h>
#include <arch/contract.h>

#define ENTRIES 512

/*
 * A commit without its prepare is a defect of ours: the trap's handler reports it (mm does not know
 * the core).
 */
static void trap_on(bool broken)
{
	if (unlikely(broken))
		__builtin_trap();
}

static u64 entry_size(unsigned int level)
{
	return 1ULL << (PAGE_SHIFT + 9 * level);
}

static unsigned int entry_index(u64 va, unsigned int level)
{
	return va / entry_size(level) % ENTRIES;
}

/** struct span - part of the requested range: what one entry has to say about it */
struct span {
	u64 va, pa, size;
	u32 flags;
};

/*
 * The part of @rest that lies in the entry of its first address at @level; @rest moves behind it.
 */
static struct span next_span(struct span *rest, unsigned int level)
{
	u64 to_end = entry_size(level) - rest->va % entry_size(level);
	struct span part = *rest;

	if (part.size > to_end)
		part.size = to_end;
	rest->va += part.size;
	rest->pa += part.size;
	rest->size -= part.size;
	return part;
}

static bool is_whole(const struct span *s, unsigned int level)
{
	return s->size == entry_size(level);
}

static bool fits_leaf(const struct pt_format *fmt, const struct span *s, unsigned int level)
{
	if (!is_whole(s, level))
		return false;
	if (level == 0)
		return true;
	return level <= fmt->max_leaf_level && !(s->flags & PT_NO_HUGE) &&
	       s->pa % entry_size(level) == 0;
}

static bool is_table(const struct pt_format *fmt, u64 pte, unsigned int level)
{
	return level > 0 && fmt->present(pte, level) && !fmt->is_leaf(pte, level);
}

static bool is_leaf(const struct pt_format *fmt, u64 pte, unsigned int level)
{
	return fmt->present(pte, level) && (level == 0 || fmt->is_leaf(pte, level));
}

static u64 *child_table(const struct pt *pt, u64 pte, unsigned int level)
{
	return arch_phys_to_virt(pt->fmt->pa(pte, level));
}

/* The leaf @pte at @level already says what @s asks for. */
static bool already_maps(const struct pt_format *fmt, u64 pte, unsigned int level,
			 const struct span *s)
{
	u64 pa = fmt->pa(pte, level) + s->va % entry_size(level);

	return pte == fmt->leaf(fmt->pa(pte, level), level, s->flags) && pa == s->pa;
}

/*
 * The loops below run while root is stopped, for each table of a region that demands 4 KiB pages:
 * groups of entries, unrolled, cost half of single ones.
 */
#define GROUP	8

static void fill_empty(const struct pt *pt, u64 *entry, unsigned int count)
{
	u64 empty = pt->fmt->empty;
	unsigned int i;

	for (; count >= GROUP; count -= GROUP, entry += GROUP)
#pragma GCC unroll 8
		for (i = 0; i < GROUP; i++)
			WRITE_ONCE(entry[i], empty);
	for (i = 0; i < count; i++)
		WRITE_ONCE(entry[i], empty);
}

static void fill_linear(u64 *entry, unsigned int count, u64 leaf, u64 step)
{
	unsigned int i;

	for (; count >= GROUP; count -= GROUP, entry += GROUP)
#pragma GCC unroll 8
		for (i = 0; i < GROUP; i++, leaf += step)
			WRITE_ONCE(entry[i], leaf);
	for (i = 0; i < count; i++, leaf += step)
		WRITE_ONCE(entry[i], leaf);
}

/* @count leaves for memory from @pa on; in a linear format only the first is put together. */
static void fill_leaves(const struct pt *pt, u64 *entry, unsigned int count, unsigned int level,
			u64 pa, u32 flags)
{
	u64 step = entry_size(level);
	unsigned int i;

	if (pt->fmt->linear) {
		fill_linear(entry, count, pt->fmt->leaf(pa, level, flags), step);
		return;
	}
	for (i = 0; i < count; i++)
		WRITE_ONCE(entry[i], pt->fmt->leaf(pa + i * step, level, flags));
}

/* Not yet filled. */
static u64 *alloc_table(struct pt *pt)
{
	u64 *table = pt->tables < pt->budget ? page_alloc_reserved(pt->pool)
					     : page_alloc_unfilled(pt->pool);

	pt->tables += table != NULL;
	return table;
}

static void free_table(struct pt *pt, u64 *table)
{
	page_free(pt->pool, table, 1);
	if (pt->tables-- <= pt->budget)
		pt->pool->reserved++;
}

static void free_subtree(struct pt *pt, u64 pte, unsigned int level)
{
	u64 *table;
	unsigned int i;

	if (!is_table(pt->fmt, pte, level))
		return;
	table = child_table(pt, pte, level);
	for (i = 0; i < ENTRIES && level > 1; i++)	/* a page table has pages only */
		free_subtree(pt, table[i], level - 1);
	free_table(pt, table);
}

/* Put a table in place of the empty or large entry; translations stay. */
static int split_entry(struct pt *pt, u64 *entry, unsigned int level)
{
	const struct pt_format *fmt = pt->fmt;
	u64 *table = alloc_table(pt);

	if (!table)
		return -HV_ENOMEM;
	if (fmt->present(*entry, level))
		fill_leaves(pt, table, ENTRIES, level - 1, fmt->pa(*entry, level),
			    fmt->flags(*entry, level));
	else
		fill_empty(pt, table, ENTRIES);
	WRITE_ONCE(*entry, fmt->table(arch_virt_to_phys(table), level));
	return 0;
}

static bool all_empty(const struct pt *pt, const u64 *table)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (table[i] != pt->fmt->empty)
			return false;
	return true;
}

/* All entries together map what one leaf of the next level would. */
static bool all_one_page(const struct pt *pt, const u64 *table, unsigned int table_level)
{
	const struct pt_format *fmt = pt->fmt;
	u64 size = entry_size(table_level);
	unsigned int i;
	u32 flags;
	u64 pa;

	if (table_level + 1 > fmt->max_leaf_level || !is_leaf(fmt, table[0], table_level))
		return false;
	flags = fmt->flags(table[0], table_level);
	pa = fmt->pa(table[0], table_level);
	if (flags & PT_NO_HUGE || pa % entry_size(table_level + 1))
		return false;
	for (i = 1; i < ENTRIES; i++)
		if (table[i] != (fmt->linear ? table[0] + i * size
					     : fmt->leaf(pa + i * size, table_level, flags)))
			return false;
	return true;
}

/* Back to canonical form, when the table below @entry has become uniform. */
static void collapse_entry(struct pt *pt, u64 *entry, unsigned int level)
{
	const struct pt_format *fmt = pt->fmt;
	u64 *table = child_table(pt, *entry, level);
	u64 merged;

	if (all_empty(pt, table))
		merged = fmt->empty;
	else if (all_one_page(pt, table, level - 1))
		merged = fmt->leaf(fmt->pa(table[0], level - 1), level,
				   fmt->flags(table[0], level - 1));
	else
		return;
	WRITE_ONCE(*entry, merged);
	free_table(pt, table);
}

/* --- prepare ------------------------------------------------------------------------------ */

typedef bool (*needs_table_fn)(const struct pt_format *fmt, u64 pte, unsigned int level,
			       const struct span *s);

static bool map_needs_table(const struct pt_format *fmt, u64 pte, unsigned int level,
			    const struct span *s)
{
	if (level == 0 || fits_leaf(fmt, s, level))
		return false;
	return !is_leaf(fmt, pte, level) || !already_maps(fmt, pte, level, s);
}

static bool unmap_needs_table(const struct pt_format *fmt, u64 pte, unsigned int level,
			      const struct span *s)
{
	return level > 0 && !is_whole(s, level) && fmt->present(pte, level);
}

static int prepare(struct pt *pt, u64 *table, unsigned int level, struct span rest,
		   needs_table_fn needs_table)
{
	while (rest.size && level > 0) {
		u64 *entry = &table[entry_index(rest.va, level)];
		struct span s = next_span(&rest, level);
		int err;

		if (!needs_table(pt->fmt, *entry, level, &s))
			continue;
		err = is_table(pt->fmt, *entry, level) ? 0 : split_entry(pt, entry, level);
		if (!err)
			err = prepare(pt, child_table(pt, *entry, level), level - 1, s,
				      needs_table);
		if (err)
			return err;
	}
	return 0;
}

static void cancel(struct pt *pt, u64 *table, unsigned int level, struct span rest)
{
	while (rest.size && level > 0) {
		u64 *entry = &table[entry_index(rest.va, level)];
		struct span s = next_span(&rest, level);

		if (!is_table(pt->fmt, *entry, level))
			continue;
		cancel(pt, child_table(pt, *entry, level), level - 1, s);
		collapse_entry(pt, entry, level);
	}
}

/* --- commit ------------------------------------------------------------------------------- */

static void commit_map(struct pt *pt, u64 *table, unsigned int level, struct span rest)
{
	const struct pt_format *fmt = pt->fmt;

	if (level == 0) {
		fill_leaves(pt, table + entry_index(rest.va, 0), rest.size / PAGE_SIZE, 0, rest.pa,
			    rest.flags);
		return;
	}
	while (rest.size) {
		u64 *entry = &table[entry_index(rest.va, level)];
		struct span s = next_span(&rest, level);
		u64 old = *entry;

		if (fits_leaf(fmt, &s, level)) {
			WRITE_ONCE(*entry, fmt->leaf(s.pa, level, s.flags));
			free_subtree(pt, old, level);
			continue;
		}
		if (is_leaf(fmt, old, level) && already_maps(fmt, old, level, &s))
			continue;
		trap_on(!is_table(fmt, old, level));
		commit_map(pt, child_table(pt, old, level), level - 1, s);
		collapse_entry(pt, entry, level);
	}
}

static void commit_unmap(struct pt *pt, u64 *table, unsigned int level, struct span rest)
{
	const struct pt_format *fmt = pt->fmt;

	if (level == 0) {
		fill_empty(pt, table + entry_index(rest.va, 0), rest.size / PAGE_SIZE);
		return;
	}
	while (rest.size) {
		u64 *entry = &table[entry_index(rest.va, level)];
		struct span s = next_span(&rest, level);
		u64 old = *entry;

		if (!fmt->present(old, level))
			continue;
		if (is_whole(&s, level)) {
			WRITE_ONCE(*entry, fmt->empty);
			free_subtree(pt, old, level);
			continue;
		}
		trap_on(!is_table(fmt, old, level));
		commit_unmap(pt, child_table(pt, old, level), level - 1, s);
		collapse_entry(pt, entry, level);
	}
}

/* --- interface ---------------------------------------------------------------------------- */

int pt_init(struct pt *pt, const struct pt_format *fmt, struct page_pool *pool)
{
	pt->fmt = fmt;
	pt->pool = pool;
	pt->tables = pt->budget = 0;
	pt->root = alloc_table(pt);
	if (!pt->root)
		return -HV_ENOMEM;
	fill_empty(pt, pt->root, ENTRIES);
	return 0;
}

void pt_destroy(struct pt *pt)
{
	unsigned int i;

	pt_unreserve(pt, pt->budget);
	for (i = 0; i < ENTRIES; i++)
		free_subtree(pt, pt->root[i], pt->fmt->levels - 1);
	free_table(pt, pt->root);
	pt->root = NULL;
}

static bool in_format(const struct pt *pt, u64 va, u64 size)
{
	u64 limit = entry_size(pt->fmt->levels);

	return size <= limit && va <= limit - size;
}

/* Stage 1: the tables only see the low bits of a canonical address. */
static u64 canonical_offset(const struct pt *pt, u64 va)
{
	u64 limit = entry_size(pt->fmt->levels);
	u64 upper = ~(limit / 2 - 1);

	return pt->fmt->sign_extended && (va & upper) == upper ? va & (limit - 1) : va;
}

static int prepare_range(struct pt *pt, struct span s, needs_table_fn needs_table)
{
	unsigned int top = pt->fmt->levels - 1;
	int err;

	s.va = canonical_offset(pt, s.va);
	if (!in_format(pt, s.va, s.size))
		return -HV_ERANGE;
	err = prepare(pt, pt->root, top, s, needs_table);
	if (err)
		cancel(pt, pt->root, top, s);
	return err;
}

int pt_prepare_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags)
{
	struct span s = { .va = va, .pa = pa, .size = size, .flags = flags };

	return prepare_range(pt, s, flags & PT_READ ? map_needs_table : unmap_needs_table);
}

int pt_prepare_unmap(struct pt *pt, u64 va, u64 size)
{
	return prepare_range(pt, (struct span){ .va = va, .size = size }, unmap_needs_table);
}

void pt_cancel(struct pt *pt, u64 va, u64 size)
{
	cancel(pt, pt->root, pt->fmt->levels - 1,
	       (struct span){ .va = canonical_offset(pt, va), .size = size });
}

void pt_commit_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags)
{
	struct span s = { .va = canonical_offset(pt, va), .pa = pa, .size = size, .flags = flags };

	if (flags & PT_READ)
		commit_map(pt, pt->root, pt->fmt->levels - 1, s);
	else
		commit_unmap(pt, pt->root, pt->fmt->levels - 1, s);
}

void pt_commit_unmap(struct pt *pt, u64 va, u64 size)
{
	commit_unmap(pt, pt->root, pt->fmt->levels - 1,
		     (struct span){ .va = canonical_offset(pt, va), .size = size });
}

int pt_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags)
{
	int err = pt_prepare_map(pt, va, pa, size, flags);

	if (err)
		return err;
	pt_commit_map(pt, va, pa, size, flags);
	return 0;
}

bool pt_lookup(const struct pt *pt, u64 va, u64 *pa, u32 *flags, u64 *size)
{
	const struct pt_format *fmt = pt->fmt;
	unsigned int level = fmt->levels - 1;
	const u64 *table = pt->root;
	u64 pte;

	*size = 0;
	va = canonical_offset(pt, va);
	if (!in_format(pt, va, 1))
		return false;
	while (pte = table[entry_index(va, level)], is_table(fmt, pte, level)) {
		table = child_table(pt, pte, level);
		level--;
	}
	*size = entry_size(level);
	if (!fmt->present(pte, level))
		return false;
	*pa = fmt->pa(pte, level) + va % entry_size(level);
	*flags = fmt->flags(pte, level);
	return true;
}

static bool lookup_ram_slowly(const struct pt *pt, u64 va, u64 *pa)
{
	u64 size;
	u32 flags;

	return pt_lookup(pt, va, pa, &flags, &size) && (flags & (PT_READ | PT_DEVICE)) == PT_READ;
}

bool pt_lookup_ram(const struct pt *pt, u64 va, u64 *pa)
{
	const struct pt_format *fmt = pt->fmt;
	unsigned int shift = PAGE_SHIFT + 9 * (fmt->levels - 1);
	const u64 *table = pt->root;
	u64 pte;

	/* addresses beyond the format, and those that stage 1 sign-extends */
	if (!fmt->present_mask || va >> (shift + 9))
		return lookup_ram_slowly(pt, va, pa);
	for (;; shift -= 9) {
		pte = table[va >> shift & 511];
		if (!(pte & fmt->present_mask))
			return false;
		if (shift == PAGE_SHIFT || (pte & fmt->large_mask))
			break;
		table = arch_phys_to_virt(pte & fmt->address_mask);
	}
	*pa = (pte & fmt->address_mask & ~((1UL << shift) - 1)) | (va & ((1UL << shift) - 1));
	return (pte & fmt->ram_mask) == fmt->ram_value;
}

/* --- pages set apart ---------------------------------------------------------------------- */

static u32 spare_tables(const struct pt *pt, u32 budget)
{
	return budget > pt->tables ? budget - pt->tables : 0;
}

void pt_keep_tables(struct pt *pt)
{
	pt->budget = pt->tables;
}

int pt_reserve(struct pt *pt, u32 tables)
{
	u32 budget = pt->budget + tables;

	if (!page_reserve(pt->pool, spare_tables(pt, budget) - spare_tables(pt, pt->budget)))
		return -HV_ENOMEM;
	pt->budget = budget;
	return 0;
}

void pt_unreserve(struct pt *pt, u32 tables)
{
	u32 budget = pt->budget - tables;

	page_unreserve(pt->pool, spare_tables(pt, pt->budget) - spare_tables(pt, budget));
	pt->budget = budget;
}

/*
 * A table that the full mapping does not have splits one of its large pages, and a large page is
 * split by the borders inside it alone.
 */
u32 pt_hole_tables(const struct pt *pt, u64 va, u64 size)
{
	unsigned int level;
	u32 count = 0;

	for (level = 1; level <= pt->fmt->max_leaf_level; level++)
		count += (va % entry_size(level) != 0) + ((va + size) % entry_size(level) != 0);
	return count;
}

static u32 count_subtree(const struct pt *pt, u64 pte, unsigned int level)
{
	const u64 *table;
	unsigned int i;
	u32 count = 1;

	if (!is_table(pt->fmt, pte, level))
		return 0;
	table = child_table(pt, pte, level);
	for (i = 0; i < ENTRIES; i++)
		count += count_subtree(pt, table[i], level - 1);
	return count;
}

u32 pt_count_tables(const struct pt *pt)
{
	unsigned int i;
	u32 count = 1;

	for (i = 0; i < ENTRIES; i++)
		count += count_subtree(pt, pt->root[i], pt->fmt->levels - 1);
	return count;
}
