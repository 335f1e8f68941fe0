/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pt - one page-table walker for every format (stage 1 and stage 2).
 *
 * A mapping is built, in pieces if it is long: nobody uses the tables yet, or nobody the addresses. One that others take parts of and
 * give them back is frozen then: pt_take() and pt_give_back() cannot fail, and cost what the borders of the range cost, not what lies
 * between. The caller flushes TLBs before a freed page can be reused (all changes happen with the users of the table stopped).
 */
#ifndef HV_PT_H
#define HV_PT_H

#include <hv/types.h>
#include <hv/page_pool.h>

enum pt_flags {
	PT_READ = 1, PT_WRITE = 2, PT_EXEC = 4,
	PT_DEVICE = 8,		/* uncached */
	PT_NO_HUGE = 16,	/* 4K mappings only; tables do not remember it */
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
extern const struct pt_format pt_lpae_s1, pt_lpae_s1_32, pt_lpae_s2;

struct pt {
	const struct pt_format *fmt;
	u64 *root;
	u64 *full;		/* of a frozen mapping: root of the tree without holes, which is constant */
	struct page_pool *pool;
};

/** struct pt_range - what is still to be mapped; all multiples of 4K */
struct pt_range {
	u64 va, pa, size;
	u32 flags;
};

int __must_check pt_init(struct pt *pt, const struct pt_format *fmt, struct page_pool *pool);
/**
 * Map the beginning of @r, so much that @budget, in table entries, is used up; @r is the rest. 0; -ENOMEM; -ERANGE for addresses that
 * the format cannot hold; -EINVAL where a large page is. What is mapped twice translates as the last one says.
 */
int __must_check pt_map_some(struct pt *pt, struct pt_range *r, s32 *budget);
/** All of it, for boot. */
int __must_check pt_map(struct pt *pt, u64 va, u64 pa, u64 size, u32 flags);
/** Free tables, as many as @budget allows; true: all are gone. Not of a mapping with holes. */
bool pt_destroy_some(struct pt *pt, s32 *budget);

/** The mapping is complete: from now on it is only taken from and given back to. -ENOMEM. */
int __must_check pt_freeze(struct pt *pt);
/**
 * Parts of a frozen mapping, all of which it maps. Before the first pt_take() of a range, page_reserve() has set pt_hole_tables() pages apart, until after
 * the last pt_give_back(); with the sum of that for all ranges, all or parts of them come and go in whatever order.
 */
void pt_take(struct pt *pt, u64 va, u64 size);
void pt_give_back(struct pt *pt, u64 va, u64 size);
/** How many tables the two borders of a hole may need. */
u32 pt_hole_tables(const struct pt *pt, u64 va, u64 size);

/** Translation of @va; false when unmapped. @size: bytes of the mapping page that holds it. */
/* Without a mapping: *size, from @va's entry on, where there is none for sure; 0 beyond the format. */
bool pt_lookup(const struct pt *pt, u64 va, u64 *pa, u32 *flags, u64 *size);

/** pt_lookup() for the exit path: the address behind @va when it is readable and not a device's. */
bool pt_lookup_ram(const struct pt *pt, u64 va, u64 *pa);

#endif /* HV_PT_H */
