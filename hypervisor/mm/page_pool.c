// SPDX-License-Identifier: GPL-2.0
/*
 * page_pool - first-fit bitmap allocator. A few thousand pages, used only by management: no need
 * for anything faster.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/page_pool.h>
#include <common/lib/string.h>

static bool page_used(const struct page_pool *p, u32 page)
{
	return p->bitmap[page / 64] >> (page % 64) & 1;
}

static void set_used(struct page_pool *p, u32 first, u32 count, bool used)
{
	u32 page;

	for (page = first; page < first + count; page++) {
		if (used)
			p->bitmap[page / 64] |= 1ULL << (page % 64);
		else
			p->bitmap[page / 64] &= ~(1ULL << (page % 64));
	}
	p->used = used ? p->used + count : p->used - count;
}

void page_pool_init(struct page_pool *p, void *base, u32 pages)
{
	u32 bitmap_pages = PAGE_ALIGN((pages + 63) / 64 * sizeof(u64)) / PAGE_SIZE;

	p->base = base;
	p->bitmap = base;
	p->pages = pages;
	p->used = 0;
	p->hint = 0;
	p->reserved = 0;
	p->fail_in = 0;
	memset(base, 0, bitmap_pages * PAGE_SIZE);
	set_used(p, 0, bitmap_pages, true);
}

/* Length of the free run that starts at @first, @wanted at most. */
static u32 free_run(const struct page_pool *p, u32 first, u32 wanted)
{
	u32 run = 0;

	while (run < wanted && first + run < p->pages && !page_used(p, first + run))
		run++;
	return run;
}

/* hint: no free page lies below it. */
static bool find_free(struct page_pool *p, u32 count, u32 *first)
{
	u32 page, run;

	while (p->hint < p->pages && page_used(p, p->hint))
		p->hint++;
	for (page = p->hint; page + count <= p->pages; page += run + 1) {
		run = free_run(p, page, count);
		if (run == count) {
			*first = page;
			return true;
		}
	}
	return false;
}

#ifdef HV_FAULT_INJECTION
/* Not 0, so that it has its place in the image's file. As good as never. */
u32 page_pool_countdown = ~0U;

static bool told_to_fail(struct page_pool *p)
{
	if (page_pool_countdown && --page_pool_countdown == 0)
		return true;
	return p->fail_in && --p->fail_in == 0;
}
#else
static bool told_to_fail(struct page_pool *p)
{
	return false;
}
#endif

static u32 pages_left(const struct page_pool *p)
{
	return p->pages - p->used - p->reserved;
}

static void *take(struct page_pool *p, u32 first, u32 count)
{
	void *page = p->base + (u64)first * PAGE_SIZE;

	set_used(p, first, count, true);
	return page;
}

static void *alloc(struct page_pool *p, u32 count)
{
	u32 first;

	if (!count || told_to_fail(p) || count > pages_left(p) || !find_free(p, count, &first))
		return NULL;
	return take(p, first, count);
}

void *page_alloc(struct page_pool *p, u32 count)
{
	void *pages = alloc(p, count);

	if (pages)
		memset(pages, 0, count * PAGE_SIZE);
	return pages;
}

void *page_alloc_unfilled(struct page_pool *p)
{
	return alloc(p, 1);
}

bool page_reserve(struct page_pool *p, u32 count)
{
	if (told_to_fail(p) || count > pages_left(p))
		return false;
	p->reserved += count;
	return true;
}

void page_unreserve(struct page_pool *p, u32 count)
{
	p->reserved -= count;
}

/* One page: no fragmentation stands in the way. */
void *page_alloc_reserved(struct page_pool *p)
{
	u32 first;

	p->reserved--;
	return find_free(p, 1, &first) ? take(p, first, 1) : NULL;
}

void page_free(struct page_pool *p, void *page, u32 count)
{
	u32 first = ((u8 *)page - p->base) / PAGE_SIZE;

	set_used(p, first, count, false);
	if (first < p->hint)
		p->hint = first;
}
