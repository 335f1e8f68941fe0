/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tables - looking at page tables from outside, and planting faults into them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_MODEL_TABLES_H
#define TESTS_MODEL_TABLES_H

#include <arch/contract.h>
#include <hv/pt.h>

static inline u64 *tables_child(const struct pt *pt, u64 pte, unsigned int level)
{
	if (!level || !pt->fmt->present(pte, level) || pt->fmt->is_leaf(pte, level))
		return NULL;
	return arch_phys_to_virt(pt->fmt->pa(pte, level));
}

static inline u32 tables_below(const struct pt *pt, const u64 *table, unsigned int level)
{
	const u64 *child;
	u32 count = 1, i;

	for (i = 0; i < 512 && level; i++) {
		child = tables_child(pt, table[i], level);
		count += child ? tables_below(pt, child, level - 1) : 0;
	}
	return count;
}

/** Number of tables, the root included. */
static inline u32 tables_count(const struct pt *pt)
{
	return tables_below(pt, pt->root, pt->fmt->levels - 1);
}

static inline u32 tables_private_below(const struct pt *pt, const u64 *table, const u64 *full, unsigned int level)
{
	const u64 *child;
	u32 count = 0, i;

	for (i = 0; i < 512 && level; i++) {
		child = tables_child(pt, table[i], level);
		if (!child || (full && table[i] == full[i]))
			continue;
		count += (level <= pt->fmt->max_leaf_level) +
			 tables_private_below(pt, child, full ? tables_child(pt, full[i], level) : NULL, level - 1);
	}
	return count;
}

/** Tables that hold borders of holes: pages that were set apart for that. */
static inline u32 tables_private(const struct pt *pt)
{
	return pt->full ? tables_private_below(pt, pt->root, pt->full, pt->fmt->levels - 1) : 0;
}

/** A hole that nobody has asked for; returns how many pages it has had set apart. */
static inline u32 plant_hole(struct pt *pt, u64 va, u64 size)
{
	u32 tables = pt_hole_tables(pt, va, size);

	if (!page_reserve(pt->pool, tables))
		__builtin_trap();
	pt_take(pt, va, size);
	return tables;
}

/** A page that is another one, or none (@flags 0), whatever was there; returns how many pages have become tables, or may. */
static inline u32 plant_page(struct pt *pt, u64 va, u64 pa, u32 flags)
{
	/* makes private what leads to the entry */
	u32 tables = pt->full ? plant_hole(pt, va, PAGE_SIZE) : 0, i;
	u64 *table = pt->root, *entry;
	unsigned int level;

	for (level = pt->fmt->levels - 1; level > 0; level--) {
		entry = &table[va >> (PAGE_SHIFT + 9 * level) & 511];
		table = tables_child(pt, *entry, level);
		if (table)
			continue;
		table = page_alloc(pt->pool, 1);
		for (i = 0; i < 512; i++)
			table[i] = pt->fmt->empty;
		*entry = pt->fmt->table(arch_virt_to_phys(table), level);
		tables++;
	}
	table[va >> PAGE_SHIFT & 511] = pt->fmt->leaf(pa, 0, flags);
	return tables;
}

#endif /* TESTS_MODEL_TABLES_H */
