/* sources: hypervisor/mm/page_pool.c */
// SPDX-License-Identifier: GPL-2.0
/* Copyright (c) Jailhouse contributors, 2026 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <hv/page_pool.h>

#define PAGES 200

static u8 memory[PAGES * PAGE_SIZE] __aligned(4096);
static struct page_pool pool;

static int fresh_pool(void **state)
{
	memset(memory, 0xaa, sizeof(memory));
	page_pool_init(&pool, memory, PAGES);
	return 0;
}

static bool is_zero(const u8 *p, size_t size)
{
	while (size--)
		if (*p++)
			return false;
	return true;
}

static void pages_come_zeroed_and_aligned(void **state)
{
	u8 *page = page_alloc(&pool, 3);

	assert_non_null(page);
	assert_int_equal((u64)page % PAGE_SIZE, 0);
	assert_true(is_zero(page, 3 * PAGE_SIZE));
	memset(page, 0x55, 3 * PAGE_SIZE);
	page_free(&pool, page, 3);
	page = page_alloc(&pool, 3);
	assert_true(is_zero(page, 3 * PAGE_SIZE));
}

static void a_pool_gives_each_page_once_and_then_none(void **state)
{
	bool seen[PAGES] = { false };
	u32 count = 0;
	u8 *page;

	while ((page = page_alloc(&pool, 1))) {
		u32 index = (page - memory) / PAGE_SIZE;

		assert_in_range(index, 1, PAGES - 1);
		assert_false(seen[index]);
		seen[index] = true;
		count++;
	}
	assert_int_equal(count, PAGES - 1);
	assert_int_equal(pool.used, PAGES);
}

static void contiguous_pages_are_found_behind_a_gap_that_is_too_small(void **state)
{
	u8 *a = page_alloc(&pool, 2), *b = page_alloc(&pool, 1), *c;

	page_free(&pool, a, 2);
	c = page_alloc(&pool, 3);
	assert_true(c > b);
	assert_ptr_equal(page_alloc(&pool, 2), a);
}

static void more_contiguous_pages_than_there_are_is_null(void **state)
{
	u32 used = pool.used;

	assert_null(page_alloc(&pool, PAGES));
	assert_null(page_alloc(&pool, 0xffffffff));
	assert_null(page_alloc(&pool, 0));
	assert_int_equal(pool.used, used);
}

static void freeing_restores_the_bitmap_bit_for_bit(void **state)
{
	u64 before[(PAGES + 63) / 64];
	void *a, *b, *c;

	page_alloc(&pool, 5);
	memcpy(before, pool.bitmap, sizeof(before));
	a = page_alloc(&pool, 1);
	b = page_alloc(&pool, 70);
	c = page_alloc(&pool, 2);
	page_free(&pool, b, 70);
	page_free(&pool, a, 1);
	page_free(&pool, c, 2);
	assert_memory_equal(before, pool.bitmap, sizeof(before));
}

static void the_nth_allocation_fails_on_request_and_only_that(void **state)
{
	pool.fail_in = 3;
	assert_non_null(page_alloc(&pool, 1));
	assert_non_null(page_alloc(&pool, 1));
	assert_null(page_alloc(&pool, 1));
	assert_non_null(page_alloc(&pool, 1));
}

static void reserved_pages_are_there_when_they_are_asked_for(void **state)
{
	u32 count = 0;

	assert_false(page_reserve(&pool, PAGES));
	pool.fail_in = 1;
	assert_false(page_reserve(&pool, 1));
	assert_true(page_reserve(&pool, 2));
	while (page_alloc(&pool, 1))
		count++;
	assert_int_equal(count, PAGES - 1 - 2);
	assert_non_null(page_alloc_reserved(&pool));
	assert_non_null(page_alloc_reserved(&pool));
	assert_int_equal(pool.used, PAGES);
	assert_int_equal(pool.reserved, 0);
}

static void free_pages_in_pieces_are_not_one_run(void **state)
{
	u8 *pages[PAGES - 1];
	u32 n;

	for (n = 0; n < PAGES - 1; n++)
		pages[n] = page_alloc(&pool, 1);
	for (n = 0; n < PAGES - 1; n += 2)
		page_free(&pool, pages[n], 1);
	assert_null(page_alloc(&pool, 2));
	/* the last one stands at the end of the pool */
	assert_non_null(page_alloc(&pool, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pages_come_zeroed_and_aligned, fresh_pool),
		cmocka_unit_test_setup(a_pool_gives_each_page_once_and_then_none, fresh_pool),
		cmocka_unit_test_setup(contiguous_pages_are_found_behind_a_gap_that_is_too_small,
				       fresh_pool),
		cmocka_unit_test_setup(more_contiguous_pages_than_there_are_is_null, fresh_pool),
		cmocka_unit_test_setup(freeing_restores_the_bitmap_bit_for_bit, fresh_pool),
		cmocka_unit_test_setup(the_nth_allocation_fails_on_request_and_only_that,
				       fresh_pool),
		cmocka_unit_test_setup(reserved_pages_are_there_when_they_are_asked_for,
				       fresh_pool),
		cmocka_unit_test_setup(free_pages_in_pieces_are_not_one_run, fresh_pool),
	};

	return cmocka_run_group_tests_name("mm_page_pool", tests, NULL, NULL);
}
