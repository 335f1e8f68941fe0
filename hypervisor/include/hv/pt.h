/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pt - one page-table walker for every format (stage 1 and stage 2).
 *
 * Two-phase update: pt_prepare_*() may fail and changes no translation (it allocates tables, splits
 * large pages into equal small ones); pt_commit_*() for the same range then cannot fail. A commit
 * that makes a table uniform puts the large page back and frees the table, so map∘unmap restores
 * the tables bit for bit. The caller flushes TLBs before a freed page can be reused (all changes
 * happen with the users of the table stopped).
 */
#ifndef HV_PT_H
#define HV_PT_H

#include <hv/types.h>
#include <hv/page_pool.h>

enum pt_flags {
	PT_READ = 1, PT_WRITE = 2, PT_EXEC = 4,
	PT_DEVICE = 8,		/* uncached */
	PT_NO_HUGE = 16,	/* 4K mappings only */
	PT_USER = 32,		/* stage 1 user bit; ignored by stage 2 formats */
	PT_GLOBAL = 64,
};

/**
 * struct pt_format - bits only; level 0 is the 4K level, level (levels-1) the root. Every table is
 * one page of 512 u64.
 */
struct pt_format {
	const char *name;
	u8 levels;
	u8 max_leaf_level;			/* 1: 2M, 2: 1G */
	/* @empty when @flags lack PT_READ */
	u64 (*leaf)(u64 pa, unsigned int level, u32 flags);
	/* @level: of the entry, not of the table it points to */
	u64 (*table)(u64 pa, unsigned int level);
	bool (*present)(u64 pte, unsigned int level);
	bool (*is_leaf)(u64 pte, unsigned int level);
	u64 (*pa)(u64 pte, unsigned int level);	/* of leaf or table */
	u32 (*flags)(u64 pte, unsigned int level);
	/* addresses are canonical: the upper half is reached by all ones above (stage 1) */
	bool sign_extended;
	/*
	 * The same as masks, for lookups without calls: present when any bit of @present_mask is
	 * set, a leaf above level 0 when @large_mask is, readable RAM when all of @ram_mask are as
	 * in @ram_value. @present_mask 0: only the functions know.
	 */
	u64 present_mask, large_mask, address_mask, ram_mask, ram_value;
	/* leaves of neighbouring pages with the same flags differ by the size of the page */
	bool linear;
	/* non-present value: carries no usable address (L1TF) */
	u64 empty;
};

extern const struct pt_format pt_ia32e, pt_npt, pt_ept;

struct pt {
	const struct pt_format *fmt;
	u64 *root;
	struct page_pool *pool;
	u32 tables;		/* the root included */
	u32 budget;		/* as many may there be: pages for those that are missing are set apart */
};

int __must_check pt_init(struct pt *pt, const struct pt_format *fmt, struct page_pool *pool);
void pt_destroy(struct pt *pt);

/**
 * All of these: addresses and size multiples of 4K.
 * prepare: 0; -ENOMEM; -ERANGE for addresses that the format cannot hold. Tables translate as
 * before, and after an error are as before.
 */
int __must_check pt_prepare_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags);
void pt_commit_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags);
int __must_check pt_prepare_unmap(struct pt *pt, u64 va, u64 size);
void pt_commit_unmap(struct pt *pt, u64 va, u64 size);
/** Undo a successful prepare of [@va, @va + @size) that is not committed. */
void pt_cancel(struct pt *pt, u64 va, u64 size);
/** prepare + commit, for boot. */
int __must_check pt_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags);
/** Translation of @va; false when unmapped. @size: bytes of the mapping page that holds it. */
/* Without a mapping: *size, from @va's entry on, where there is none for sure; 0 beyond the format. */
bool pt_lookup(const struct pt *pt, u64 va, u64 *pa, u32 *flags, u64 *size);

/** pt_lookup() for the exit path: the address behind @va when it is readable and not a device's. */
bool pt_lookup_ram(const struct pt *pt, u64 va, u64 *pa);

/*
 * Taking memory out of a table and giving it back without ever lacking a page. Once the table says
 * all that it will ever say, pt_keep_tables() keeps the pages of its tables for it. Before holes
 * are made, pt_reserve() sets pages apart for the sum of their pt_hole_tables(); from then on
 * prepare_unmap of the holes, and prepare_map of all or some of them as they were, do not fail with
 * -ENOMEM, in whatever order. pt_unreserve() when they are filled.
 */
void pt_keep_tables(struct pt *pt);
int __must_check pt_reserve(struct pt *pt, u32 tables);
void pt_unreserve(struct pt *pt, u32 tables);
/** How many tables the two borders of a hole may need in addition. */
u32 pt_hole_tables(const struct pt *pt, u64 va, u64 size);

/** Number of tables, the root included. */
u32 pt_count_tables(const struct pt *pt);

#endif /* HV_PT_H */
