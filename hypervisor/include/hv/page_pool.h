/* SPDX-License-Identifier: GPL-2.0 */
/*
 * page_pool - pages of hypervisor memory. Two instances: private pages, and published pages (all that a guest may ever see).
 * Pages come zeroed. Only used with management quiesced or during boot: no lock.
 */
#ifndef HV_PAGE_POOL_H
#define HV_PAGE_POOL_H

#include <hv/types.h>

struct page_pool {
	u8 *base;		/* hypervisor virtual */
	u64 *bitmap;		/* 1 = used; lives in the pool's own first pages */
	u32 pages, used, hint;
	u32 reserved;		/* free pages that page_alloc() leaves alone */
	/* host tests only: fail the n-th allocation from now (0: never) */
	u32 fail_in;
};

#ifdef HV_FAULT_INJECTION
/* The same for all pools of an image. The debug image's file can be patched with it, for allocations at boot. */
extern u32 page_pool_countdown;
#endif

void page_pool_init(struct page_pool *p, void *base, u32 pages);
/** @count contiguous zeroed pages or NULL. */
void *page_alloc(struct page_pool *p, u32 count);
/** One page, with whatever it held before: the caller fills all of it. */
void *page_alloc_unfilled(struct page_pool *p);
/** Set @count free pages apart; false: not that many are left. */
bool __must_check page_reserve(struct page_pool *p, u32 count);
void page_unreserve(struct page_pool *p, u32 count);
/** One of those set apart, unfilled: cannot fail. */
void *page_alloc_reserved(struct page_pool *p);
void page_free(struct page_pool *p, void *page, u32 count);

#endif /* HV_PAGE_POOL_H */
