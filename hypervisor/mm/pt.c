// SPDX-License-Identifier: GPL-2.0
/*
 * pt - page-table walker. A mapping is built once; holes in it come and go.
 *
 * Of a frozen mapping there are two trees: the full one, which never changes, and the one in use. They share each table behind which
 * nothing is missing. What holds the border of a hole is a private copy, which goes when that border does: making and closing a hole
 * costs its borders and the entries between them, whatever lies behind those, and closing all holes restores the tree bit for bit.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/pt.h>
#include <arch/contract.h>
#include <common/lib/string.h>

#define ENTRIES 512

static u64 entry_size(unsigned int level)
{
	return 1ULL << (PAGE_SHIFT + 9 * level);
}

static unsigned int entry_index(u64 va, unsigned int level)
{
	return va / entry_size(level) % ENTRIES;
}

static bool is_table(const struct pt_format *fmt, u64 pte, unsigned int level)
{
	return level > 0 && fmt->present(pte, level) && !fmt->is_leaf(pte, level);
}

static u64 *child_table(const struct pt *pt, u64 pte, unsigned int level)
{
	return arch_phys_to_virt(pt->fmt->pa(pte, level));
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

/* --- filling ------------------------------------------------------------------------------ */

/* Groups of entries, unrolled, cost half of single ones. */
#define GROUP	8

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

static void fill_empty(const struct pt *pt, u64 *table)
{
	fill_linear(table, ENTRIES, pt->fmt->empty, 0);
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

/* --- building ----------------------------------------------------------------------------- */

int pt_init(struct pt *pt, const struct pt_format *fmt, struct page_pool *pool)
{
	*pt = (struct pt){ .fmt = fmt, .pool = pool, .root = page_alloc_unfilled(pool) };
	if (!pt->root)
		return -HV_ENOMEM;
	fill_empty(pt, pt->root);
	return 0;
}

/* The range can begin with a leaf at @level. */
static bool fits_leaf(const struct pt *pt, const struct pt_range *r, u64 va, unsigned int level)
{
	u64 size = entry_size(level);

	if (level == 0)
		return true;
	return level <= pt->fmt->max_leaf_level && !(r->flags & PT_NO_HUGE) && r->size >= size &&
	       !((va | r->pa) & (size - 1));
}

static int add_table(struct pt *pt, u64 *entry, unsigned int level)
{
	u64 *table = page_alloc_unfilled(pt->pool);

	if (!table)
		return -HV_ENOMEM;
	fill_empty(pt, table);
	WRITE_ONCE(*entry, pt->fmt->table(arch_virt_to_phys(table), level));
	return 0;
}

/* How many leaves of the range come into @table from entry @i on: they replace no table. */
static unsigned int count_leaves(const struct pt *pt, const struct pt_range *r, const u64 *table,
				 unsigned int i, unsigned int level)
{
	u64 most = r->size / entry_size(level);
	unsigned int end = most < ENTRIES - i ? i + most : ENTRIES, next = i;

	if (level == 0)
		return end - i;
	while (next < end && !is_table(pt->fmt, table[next], level))
		next++;
	return next - i;
}

/* As far as one table goes; returns its entries, or -Exxx. */
static int map_run(struct pt *pt, struct pt_range *r)
{
	const struct pt_format *fmt = pt->fmt;
	unsigned int level = fmt->levels - 1, i, count;
	u64 va = canonical_offset(pt, r->va), *table = pt->root;

	if (!in_format(pt, va, r->size))
		return -HV_ERANGE;
	while (i = entry_index(va, level),
	       !fits_leaf(pt, r, va, level) || is_table(fmt, table[i], level)) {
		if (!fmt->present(table[i], level) && add_table(pt, &table[i], level))
			return -HV_ENOMEM;
		if (fmt->is_leaf(table[i], level))
			return -HV_EINVAL;
		table = child_table(pt, table[i], level--);
	}
	count = count_leaves(pt, r, table, i, level);
	fill_leaves(pt, table + i, count, level, r->pa, r->flags);
	r->va += count * entry_size(level);
	r->pa += count * entry_size(level);
	r->size -= count * entry_size(level);
	return count;
}

/* What a run costs besides its entries, in entries: the way to its table, and the table emptied */
#define RUN_COST 300

int pt_map_some(struct pt *pt, struct pt_range *r, s32 *budget)
{
	int count;

	if (!(r->flags & PT_READ))
		r->size = 0;
	while (r->size && *budget > 0) {
		count = map_run(pt, r);
		if (count < 0)
			return count;
		*budget -= RUN_COST + count;
	}
	return 0;
}

int pt_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags)
{
	struct pt_range r = { .va = va, .pa = pa, .size = size, .flags = flags };
	s32 budget;
	int err;

	do {
		budget = ENTRIES;
		err = pt_map_some(pt, &r, &budget);
	} while (!err && r.size);
	return err;
}

/* --- two trees ---------------------------------------------------------------------------- */

/* Tables whose entries may be large pages, and those below, are shared; of those above there are two. */
static bool is_shared_level(const struct pt *pt, unsigned int level)
{
	return level <= pt->fmt->max_leaf_level;
}

static void free_copy(struct pt *pt, u64 *copy, unsigned int level)
{
	unsigned int i;

	for (i = 0; i < ENTRIES && !is_shared_level(pt, level); i++)
		if (is_table(pt->fmt, copy[i], level))
			free_copy(pt, child_table(pt, copy[i], level), level - 1);
	page_free(pt->pool, copy, 1);
}

static u64 *copy_table(struct pt *pt, const u64 *table, unsigned int level)
{
	u64 *copy = page_alloc_unfilled(pt->pool), *child;
	unsigned int i;

	if (!copy || is_shared_level(pt, level))
		return copy ? memcpy(copy, table, PAGE_SIZE) : NULL;
	fill_empty(pt, copy);
	for (i = 0; i < ENTRIES; i++) {
		if (!is_table(pt->fmt, table[i], level))
			continue;
		child = copy_table(pt, child_table(pt, table[i], level), level - 1);
		if (!child) {
			free_copy(pt, copy, level);
			return NULL;
		}
		copy[i] = pt->fmt->table(arch_virt_to_phys(child), level);
	}
	return copy;
}

int pt_freeze(struct pt *pt)
{
	pt->full = copy_table(pt, pt->root, pt->fmt->levels - 1);
	return pt->full ? 0 : -HV_ENOMEM;
}

/* --- destroying --------------------------------------------------------------------------- */

/* What freeing a table costs that nobody looks into, in entries */
#define FREE_COST 40

/* The tables behind @table; false: the budget did not suffice. */
static bool free_below(struct pt *pt, u64 *table, unsigned int level, s32 *budget)
{
	unsigned int i;
	u64 *child;

	for (i = 0; i < ENTRIES; i++) {
		if (!is_table(pt->fmt, table[i], level))
			continue;
		child = child_table(pt, table[i], level);
		/* the last tables hold pages only */
		if (*budget <= 0 || (level > 1 && !free_below(pt, child, level - 1, budget)))
			return false;
		table[i] = pt->fmt->empty;
		page_free(pt->pool, child, 1);
		*budget -= level > 1 ? ENTRIES : FREE_COST;
	}
	return true;
}

bool pt_destroy_some(struct pt *pt, s32 *budget)
{
	if (!pt->root)
		return true;
	if (!free_below(pt, pt->root, pt->fmt->levels - 1, budget))
		return false;
	page_free(pt->pool, pt->root, 1);
	if (pt->full)
		free_copy(pt, pt->full, pt->fmt->levels - 1);
	pt->root = NULL;
	return true;
}

/* --- holes -------------------------------------------------------------------------------- */

/*
 * A private table holds a border, and each border is in one entry per level: as many are enough, for a hole alone and for all holes
 * together, also while one of them is being made or closed.
 */
u32 pt_hole_tables(const struct pt *pt, u64 va, u64 size)
{
	unsigned int level;
	u32 count = 0;

	for (level = 1; is_shared_level(pt, level); level++)
		count += (va % entry_size(level) != 0) + ((va + size) % entry_size(level) != 0);
	return count;
}

/** struct full_table - entries at @level of the full mapping, in a table, or what a large page or nothing stands for */
struct full_table {
	const u64 *table;
	unsigned int level;
	u64 pa, first;
	u32 flags;
};

static struct full_table full_below(const struct pt *pt, u64 pte, unsigned int level)
{
	struct full_table f = { .level = level - 1 };

	if (is_table(pt->fmt, pte, level)) {
		f.table = child_table(pt, pte, level);
	} else if (pt->fmt->present(pte, level)) {
		f.pa = pt->fmt->pa(pte, level);
		f.flags = pt->fmt->flags(pte, level);
	}
	f.first = pt->fmt->leaf(f.pa, f.level, f.flags);
	return f;
}

static u64 full_entry(const struct pt *pt, const struct full_table *f, unsigned int i)
{
	u64 offset = i * entry_size(f->level);

	if (f->table)
		return f->table[i];
	return pt->fmt->linear && f->flags ? f->first + offset : pt->fmt->leaf(f->pa + offset, f->level, f->flags);
}

static void free_private(struct pt *pt, u64 *table)
{
	page_free(pt->pool, table, 1);
	pt->pool->reserved++;
}

/* The private tables of what was in place of the full mapping's entry */
static void drop_entry(struct pt *pt, u64 pte, u64 full, unsigned int level)
{
	struct full_table f;
	unsigned int i;
	u64 *table;

	if (pte == full || !is_table(pt->fmt, pte, level))
		return;
	f = full_below(pt, full, level);
	table = child_table(pt, pte, level);
	for (i = 0; i < ENTRIES && level > 1; i++)
		drop_entry(pt, table[i], full_entry(pt, &f, i), level - 1);
	free_private(pt, table);
}

static void change_entries(struct pt *pt, u64 *table, unsigned int i, unsigned int count,
			   const struct full_table *f, bool take)
{
	u64 old, full;

	for (; count--; i++) {
		old = table[i];
		full = full_entry(pt, f, i);
		WRITE_ONCE(table[i], take ? pt->fmt->empty : full);
		if (f->level && old != full)
			drop_entry(pt, old, full, f->level);
	}
}

/* A private table that translates as the entry does so far, for which a page was set apart */
static void split_entry(struct pt *pt, u64 *entry, const struct full_table *f, bool full)
{
	u64 *table = page_alloc_reserved(pt->pool);

	if (unlikely(!table))
		__builtin_trap();	/* a defect of ours: the trap's handler reports it */
	if (!full)
		fill_empty(pt, table);
	else if (f->table)
		memcpy(table, f->table, PAGE_SIZE);
	else
		fill_leaves(pt, table, ENTRIES, f->level, f->pa, f->flags);
	WRITE_ONCE(*entry, pt->fmt->table(arch_virt_to_phys(table), f->level + 1));
}

/* From the end: what is changed entry by entry upwards is not complete there yet. */
static bool is_linear(const u64 *table, u64 first, u64 step)
{
	unsigned int i = ENTRIES;

	while (i && table[i - 1] == first + (i - 1) * step)
		i--;
	return !i;
}

static bool is_full(const struct pt *pt, const u64 *table, const struct full_table *f)
{
	unsigned int i = ENTRIES;

	if (!f->table && pt->fmt->linear)
		return is_linear(table, f->first, entry_size(f->level));
	while (i && table[i - 1] == full_entry(pt, f, i - 1))
		i--;
	return !i;
}

/* A private table without a border goes: after a take, nothing can be left of it; after a return, nothing can be missing. */
static void merge_entry(struct pt *pt, u64 *entry, const struct full_table *f, u64 full, bool take)
{
	u64 *table = child_table(pt, *entry, f->level + 1);

	if (!(take ? is_linear(table, pt->fmt->empty, 0) : is_full(pt, table, f)))
		return;
	WRITE_ONCE(*entry, take ? pt->fmt->empty : full);
	free_private(pt, table);
}

static void change_range(struct pt *pt, u64 *table, const struct full_table *f, u64 va, u64 end, bool take);

/* A part of what @entry, below which the full mapping has @full, translates */
static void change_part(struct pt *pt, u64 *entry, u64 full, unsigned int level, u64 va, u64 end,
			bool take)
{
	struct full_table f = full_below(pt, full, level);

	/* also when it is so already, or nothing is there by nature */
	if (*entry == (take ? pt->fmt->empty : full))
		return;
	if (*entry == full || !is_table(pt->fmt, *entry, level))
		split_entry(pt, entry, &f, *entry == full);
	change_range(pt, child_table(pt, *entry, level), &f, va, end, take);
	if (is_shared_level(pt, level))
		merge_entry(pt, entry, &f, full, take);
}

static void change_range(struct pt *pt, u64 *table, const struct full_table *f, u64 va, u64 end, bool take)
{
	u64 size = entry_size(f->level), next;
	unsigned int i, count;

	for (; va < end; va = next) {
		i = entry_index(va, f->level);
		count = (end - va) / size < ENTRIES - i ? (end - va) / size : ENTRIES - i;
		if (is_shared_level(pt, f->level) && va % size == 0 && count) {
			next = va + count * size;
			change_entries(pt, table, i, count, f, take);
		} else {
			next = (va / size + 1) * size < end ? (va / size + 1) * size : end;
			change_part(pt, &table[i], full_entry(pt, f, i), f->level, va, next, take);
		}
	}
}

static void change(struct pt *pt, u64 va, u64 size, bool take)
{
	struct full_table f = { .table = pt->full, .level = pt->fmt->levels - 1 };

	change_range(pt, pt->root, &f, va, va + size, take);
}

void pt_take(struct pt *pt, u64 va, u64 size)
{
	change(pt, va, size, true);
}

void pt_give_back(struct pt *pt, u64 va, u64 size)
{
	change(pt, va, size, false);
}

/* --- looking up --------------------------------------------------------------------------- */

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
	*pa = (pte & fmt->address_mask & ~((1ULL << shift) - 1)) | (va & ((1ULL << shift) - 1));
	return (pte & fmt->ram_mask) == fmt->ram_value;
}
