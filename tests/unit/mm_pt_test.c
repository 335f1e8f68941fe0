/*
 * sources: hypervisor/mm/page_pool.c hypervisor/mm/pt.c hypervisor/mm/formats/ia32e.c
 * hypervisor/mm/formats/npt.c hypervisor/mm/formats/ept.c hypervisor/arch/fake/hal/pt_fake.c
 * hypervisor/arch/fake/hal/ram.c
 */
// SPDX-License-Identifier: GPL-2.0
/* The walker with every format. Copyright (c) Jailhouse contributors, 2026 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fake/fake.h>
#include <model/tables.h>

#define K4	0x1000ULL
#define M2	0x200000ULL
#define G1	0x40000000ULL
#define RWX	(PT_READ | PT_WRITE | PT_EXEC)
#define POOL_PAGES 1200

static struct page_pool pool;
static struct pt pt;
static const struct pt_format *format;

static int fresh_tables(void **state)
{
	format = *state;
	memset(fake_ram(0), 0xee, POOL_PAGES * PAGE_SIZE);
	page_pool_init(&pool, fake_ram(0), POOL_PAGES);
	return pt_init(&pt, format, &pool);
}

/* --- a printable image of all tables, without the addresses of tables --- */

static u64 hash;

static void mix(u64 value)
{
	hash = (hash ^ value) * 0x100000001b3ULL;
}

static void mix_table(const u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; i < 512; i++) {
		if (level && format->present(table[i], level) &&
		    !format->is_leaf(table[i], level)) {
			mix(level);
			mix_table((u64 *)fake_ram(format->pa(table[i], level)), level - 1);
		} else {
			mix(table[i]);
		}
	}
}

static u64 image(void)
{
	hash = 0xcbf29ce484222325ULL;
	mix_table(pt.root, format->levels - 1);
	return hash;
}

static void assert_maps(u64 va, u64 pa, u32 flags, u64 size)
{
	u64 found_pa, found_size;
	u32 found_flags;

	assert_true(pt_lookup(&pt, va, &found_pa, &found_flags, &found_size));
	assert_int_equal(found_pa, pa);
	assert_int_equal(found_flags, flags);
	assert_int_equal(found_size, size);
}

static void assert_unmapped(u64 va)
{
	u64 pa, size;
	u32 flags;

	assert_false(pt_lookup(&pt, va, &pa, &flags, &size));
}

/* --- tests -------------------------------------------------------------------------------- */

static void fresh_tables_map_nothing(void **state)
{
	assert_unmapped(0);
	assert_unmapped(G1);
	assert_unmapped(0x7ffffffff000ULL);
	assert_int_equal(tables_count(&pt), 1);
}

static void empty_entries_carry_no_usable_address(void **state)
{
	unsigned int i;

	assert_int_equal(pt_map(&pt, M2, M2, K4, RWX), 0);
	for (i = 0; i < 512; i++)
		if (!format->present(pt.root[i], format->levels - 1))
			assert_true((pt.root[i] & 0x000ffffffffff000ULL) >= 0x800000000000ULL);
}

static void a_mapping_is_found_with_offset_flags_and_size(void **state)
{
	assert_int_equal(pt_map(&pt, 0x5000, 0x7000, 2 * K4, PT_READ | PT_WRITE), 0);
	assert_maps(0x5000, 0x7000, PT_READ | PT_WRITE, K4);
	assert_maps(0x6fff, 0x8fff, PT_READ | PT_WRITE, K4);
	assert_unmapped(0x4fff);
	assert_unmapped(0x7000);
}

static void every_combination_of_rights_survives_encoding_at_every_level(void **state)
{
	static const u64 sizes[] = { K4, M2, G1 };
	unsigned int level;
	u32 flags;

	for (level = 0; level < 3; level++) {
		for (flags = PT_READ; flags < PT_READ + 16; flags += 2) {
			u64 va = 4 * G1, pa = 8 * G1;

			assert_int_equal(pt_map(&pt, va, pa, sizes[level], flags), 0);
			assert_maps(va + sizes[level] - 1, pa + sizes[level] - 1, flags,
				    sizes[level]);
			assert_int_equal(fresh_tables(state), 0);
		}
	}
}

static void what_cannot_be_read_is_not_mapped(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2, PT_WRITE | PT_EXEC), 0);
	assert_unmapped(0);
	assert_int_equal(tables_count(&pt), 1);
}

static void aligned_ranges_use_large_pages(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, 2 * G1 + 3 * M2 + K4, RWX), 0);
	assert_maps(G1, G1, RWX, G1);
	assert_maps(2 * G1 + M2, 2 * G1 + M2, RWX, M2);
	assert_maps(2 * G1 + 3 * M2, 2 * G1 + 3 * M2, RWX, K4);
	assert_unmapped(2 * G1 + 3 * M2 + K4);
}

static void a_misaligned_physical_address_prevents_large_pages(void **state)
{
	assert_int_equal(pt_map(&pt, M2, K4, M2, RWX), 0);
	assert_maps(M2, K4, RWX, K4);
	assert_maps(2 * M2 - K4, M2, RWX, K4);
}

static void no_huge_maps_small_pages(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2, RWX | PT_NO_HUGE), 0);
	assert_maps(0, 0, RWX, K4);
}

static void freeze(void)
{
	assert_int_equal(pt_freeze(&pt), 0);
}

/* As a caller that keeps the rules */
static void make_hole(u64 va, u64 size)
{
	plant_hole(&pt, va, size);
}

static void close_hole(u64 va, u64 size)
{
	pt_give_back(&pt, va, size);
	page_unreserve(&pool, pt_hole_tables(&pt, va, size));
}

static void a_hole_splits_a_large_page_and_leaves_the_rest(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, G1, RWX), 0);
	freeze();
	make_hole(5 * M2 + 3 * K4, 2 * K4);
	assert_unmapped(5 * M2 + 3 * K4);
	assert_unmapped(5 * M2 + 4 * K4);
	assert_maps(5 * M2 + 2 * K4, 5 * M2 + 2 * K4, RWX, K4);
	assert_maps(5 * M2 + 5 * K4, 5 * M2 + 5 * K4, RWX, K4);
	assert_maps(6 * M2, 6 * M2, RWX, M2);
	assert_maps(0, 0, RWX, M2);
}

/* Large pages, a part in small ones by force, and one because of its address */
static void map_some_of_everything(void)
{
	assert_int_equal(pt_map(&pt, 0, 0, G1 + M2 + 5 * K4, RWX), 0);
	assert_int_equal(pt_map(&pt, 2 * G1, 2 * G1, 9 * M2, RWX | PT_NO_HUGE), 0);
	assert_int_equal(pt_map(&pt, 3 * G1, 3 * G1 + K4, 4 * M2, RWX), 0);
	freeze();
}

static const struct { u64 va, size; } some_holes[] = {
	{ K4, K4 }, { 0, M2 }, { M2 - K4, 2 * K4 }, { 3 * M2, 7 * M2 + K4 }, { G1 - M2, M2 + K4 }, { 0, G1 + M2 },
	{ 2 * G1, 9 * M2 }, { 2 * G1 + M2, 3 * M2 }, { 2 * G1 + M2 + K4, 2 * M2 }, { 3 * G1, 4 * M2 }, { 3 * G1 + K4, K4 },
};

static void closing_a_hole_restores_the_tables_bit_for_bit(void **state)
{
	u64 before;
	u32 used;
	size_t n;

	map_some_of_everything();
	before = image();
	used = pool.used;
	for (n = 0; n < ARRAY_SIZE(some_holes); n++) {
		make_hole(some_holes[n].va, some_holes[n].size);
		assert_int_not_equal(image(), before);
		assert_int_equal(pool.reserved + tables_private(&pt), pt_hole_tables(&pt, some_holes[n].va, some_holes[n].size));
		close_hole(some_holes[n].va, some_holes[n].size);
		assert_int_equal(image(), before);
		assert_int_equal(pool.used, used);
		assert_int_equal(pool.reserved, 0);
	}
}

/* What is large, or in small pages, in between is one entry in the table above. */
static void a_hole_frees_and_needs_no_table_but_its_borders(void **state)
{
	u32 used;

	map_some_of_everything();
	used = pool.used;
	make_hole(2 * G1, 9 * M2);
	assert_int_equal(pool.used, used);
	close_hole(2 * G1, 9 * M2);
	make_hole(2 * G1 + K4, 8 * M2);
	assert_int_equal(pool.used, used + 3);
}

static void a_hole_that_grows_to_the_whole_goes_over_to_one_entry(void **state)
{
	u64 page;

	assert_int_equal(pt_map(&pt, 0, 0, G1, RWX), 0);
	freeze();
	assert_true(page_reserve(&pool, 2));
	for (page = 0; page < 512; page++) {
		pt_take(&pt, page * 37 % 512 * K4, K4);
		assert_int_equal(tables_private(&pt), 1 + (page < 511));
	}
	for (page = 0; page < 512; page++)
		pt_give_back(&pt, page * 37 % 512 * K4, K4);
	assert_maps(0, 0, RWX, format->max_leaf_level == 2 ? G1 : M2);
	assert_int_equal(pool.reserved, 2);
}

static void where_nothing_is_nothing_is_taken(void **state)
{
	u64 before;

	map_some_of_everything();
	before = image();
	pt_take(&pt, 5 * G1 + K4, M2);
	pt_give_back(&pt, 5 * G1 + K4, M2);
	assert_int_equal(image(), before);
	assert_int_equal(pool.reserved, 0);
}

static void closing_more_than_was_open_changes_nothing_else(void **state)
{
	u64 before;

	map_some_of_everything();
	before = image();
	make_hole(M2 + K4, K4);
	make_hole(2 * G1 + K4, M2);
	pt_give_back(&pt, 0, 4 * G1);
	assert_int_equal(image(), before);
	assert_int_equal(tables_private(&pt), 0);
}

static void different_rights_stay_apart(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2 - K4, RWX), 0);
	assert_int_equal(pt_map(&pt, M2 - K4, M2 - K4, K4, PT_READ), 0);
	assert_maps(0, 0, RWX, K4);
	assert_maps(M2 - K4, M2 - K4, PT_READ, K4);
}

static void what_is_mapped_last_is_what_counts(void **state)
{
	u32 before;

	assert_int_equal(pt_map(&pt, M2 + K4, 7 * M2, K4, PT_READ), 0);
	before = pool.used;
	/* around it: the table stays, and the large pages beside it are large */
	assert_int_equal(pt_map(&pt, 0, 0, 3 * M2, RWX), 0);
	assert_int_equal(pool.used, before);
	assert_maps(0, 0, RWX, M2);
	assert_maps(M2 + K4, M2 + K4, RWX, K4);
	assert_maps(2 * M2, 2 * M2, RWX, M2);
	/* into one */
	assert_int_equal(pt_map(&pt, K4, K4, K4, RWX), -HV_EINVAL);
	assert_maps(K4, K4, RWX, M2);
}

/* However small the pieces, the tables are the same. */
static void building_in_pieces_makes_the_same_tables(void **state)
{
	static const struct pt_range ranges[] = {
		{ K4, K4, 2 * G1, RWX }, { 4 * G1, 0, G1, RWX | PT_NO_HUGE }, { 6 * G1 + M2, K4, 3 * M2 + K4, PT_READ },
	};
	s32 sizes[] = { 1, 700, 1000000 }, budget;
	u64 images[ARRAY_SIZE(sizes)];
	u32 n, r, pieces;

	for (n = 0; n < ARRAY_SIZE(sizes); n++) {
		assert_int_equal(fresh_tables(state), 0);
		for (r = 0, pieces = 0; r < ARRAY_SIZE(ranges); r++) {
			struct pt_range rest = ranges[r];

			for (; rest.size; pieces++) {
				budget = sizes[n];
				assert_int_equal(pt_map_some(&pt, &rest, &budget), 0);
				/* one table more than asked for, at most */
				assert_true(budget > -1000);
			}
		}
		images[n] = image();
		assert_true(n ? pieces >= 3 : pieces > 500);
	}
	assert_true(images[0] == images[1] && images[1] == images[2]);
}

static void destroying_in_pieces_frees_everything(void **state)
{
	s32 budget;
	u32 pieces = 0, used, n;

	for (n = 0; n < 40; n++)
		assert_int_equal(pt_map(&pt, n * 3 * G1, 0, K4, RWX), 0);
	assert_int_equal(pt_map(&pt, 200 * G1, 0, G1, RWX | PT_NO_HUGE), 0);
	do {
		used = pool.used;
		budget = 1;
		pieces++;
	} while (!pt_destroy_some(&pt, &budget) && pool.used < used);
	assert_null(pt.root);
	assert_int_equal(pool.used, 1);
	assert_true(pieces > 500);
	assert_true(pt_destroy_some(&pt, &budget));
}

static void addresses_beyond_the_format_are_refused(void **state)
{
	u64 limit = 1ULL << 48;

	assert_int_equal(pt_map(&pt, limit, 0, K4, RWX), -HV_ERANGE);
	assert_int_equal(pt_map(&pt, limit - K4, 0, 2 * K4, RWX), -HV_ERANGE);
	assert_int_equal(pt_map(&pt, 0, 0, ~0ULL & PAGE_MASK, RWX), -HV_ERANGE);
	assert_unmapped(limit);
	assert_int_equal(pt_map(&pt, limit - K4, 0, K4, RWX), 0);
}

static void only_stage_1_knows_sign_extended_addresses(void **state)
{
	u64 high = 0xffff800000000000ULL;

	if (!format->sign_extended) {
		assert_int_equal(pt_map(&pt, high, 0, K4, RWX), -HV_ERANGE);
		assert_unmapped(high);
		return;
	}
	assert_int_equal(pt_map(&pt, high, M2, K4, RWX), 0);
	assert_maps(high, M2, RWX, K4);
}

static u64 random_state = 1;

static u64 random_below(u64 limit)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 33) % limit;
}

/* Each allocation of a map fails once; what was made is freed with the rest. */
static void mapping_that_fails_at_any_allocation_leaks_nothing(void **state)
{
	u32 nth;
	int err = -HV_ENOMEM;
	s32 budget;

	for (nth = 1; err; nth++) {
		assert_int_equal(fresh_tables(state), 0);
		pool.fail_in = nth;
		err = pt_map(&pt, G1 - K4, 0, G1 + 3 * M2, RWX);
		pool.fail_in = 0;
		budget = 1000000;
		assert_true(!err || err == -HV_ENOMEM);
		assert_true(pt_destroy_some(&pt, &budget));
		assert_int_equal(pool.used, 1);
	}
	assert_true(nth > 5);
}

#define SHADOW_PAGES (5 * 512)

/* Pages of the full mapping that nobody takes from are shared by nature: holes by random against an array. */
static void random_holes_translate_like_a_plain_array(void **state)
{
	static bool missing[SHADOW_PAGES];
	u32 step, page, first, count;
	u64 full;

	memset(missing, 0, sizeof(missing));
	assert_int_equal(pt_map(&pt, 0, 0, 3 * M2, RWX), 0);
	assert_int_equal(pt_map(&pt, 3 * M2, 3 * M2 + K4, M2 + 17 * K4, RWX), 0);
	freeze();
	full = image();
	/* as many borders as there may ever be */
	assert_true(page_reserve(&pool, 40));
	for (step = 0; step < 600; step++) {
		bool take = random_below(2);

		first = random_below(4 * 512 + 17);
		count = 1 + random_below(4 * 512 + 17 - first);
		if (random_below(3) == 0) {
			first &= ~511;
			count = 512;
		}
		if (take)
			pt_take(&pt, first * K4, count * K4);
		else
			pt_give_back(&pt, first * K4, count * K4);
		for (page = first; page < first + count; page++)
			missing[page] = take;
		for (page = 0; page < 4 * 512 + 17; page++) {
			u64 pa, size;
			u32 flags;

			assert_int_equal(pt_lookup(&pt, page * K4, &pa, &flags, &size), !missing[page]);
			if (!missing[page])
				assert_int_equal(pa, page * K4 + (page >= 3 * 512 ? K4 : 0));
		}
		assert_int_equal(pool.reserved + tables_private(&pt), 40);
	}
	pt_give_back(&pt, 0, G1);
	assert_int_equal(image(), full);
	assert_int_equal(pool.reserved, 40);
}

/* Every combination of rights, at every level, looked up at both ends and in the middle. */
static void the_quick_lookup_finds_readable_memory_and_nothing_else(void **state)
{
	static const u64 sizes[] = { K4, M2, G1 };
	u64 pa, found_pa, size;
	u32 flags, found_flags;
	unsigned int level;

	for (level = 0; level < 3; level++)
		for (flags = 0; flags < 16; flags++) {
			u64 va = G1 * (1 + level * 16 + flags), at;

			assert_int_equal(pt_map(&pt, va, G1 * 7, sizes[level], flags), 0);
			for (at = va - K4; at <= va + sizes[level]; at += sizes[level] / 2) {
				bool found = pt_lookup(&pt, at, &found_pa, &found_flags, &size);
				bool ram =
					found && (found_flags & (PT_READ | PT_DEVICE)) == PT_READ;

				assert_int_equal(pt_lookup_ram(&pt, at, &pa), ram);
				if (ram)
					assert_int_equal(pa, found_pa);
			}
		}
	assert_false(pt_lookup_ram(&pt, 1ULL << 60, &pa));
}

/* The bits alone, as the walker never asks for them. */
static void formats_tell_leaves_from_tables_at_every_level(void **state)
{
	u64 leaf, table = format->table(0x5000, 1);
	unsigned int level;

	for (level = 0; level <= format->max_leaf_level; level++) {
		leaf = format->leaf(G1, level, RWX);
		assert_true(format->present(leaf, level) && format->is_leaf(leaf, level));
		assert_int_equal(format->pa(leaf, level), G1);
		assert_false(format->present(format->leaf(G1, level, PT_WRITE), level));
	}
	assert_true(format->present(table, 1));
	assert_false(format->is_leaf(table, 1));
}

static void user_and_global_pages_are_for_stage_1(void **state)
{
	u64 pte = pt_ia32e.leaf(K4, 0, RWX | PT_USER | PT_GLOBAL);

	assert_int_equal(pt_ia32e.flags(pte, 0), RWX | PT_USER | PT_GLOBAL);
	assert_int_equal(pt_ia32e.flags(pt_ia32e.leaf(K4, 0, RWX), 0), RWX);
}

/* --- holes that can always be filled ------------------------------------------------------ */

#define HOLES 16

static struct hole { u64 va, size; bool open; } holes[HOLES];

/*
 * Two by two they meet at a border of any alignment, or are far from each other; every fourth pair lies
 * where nothing is large.
 */
static void choose_holes(void)
{
	u32 n;

	for (n = 0; n < HOLES; n += 2) {
		u64 base = n % 8 ? n * G1 : 32 * G1 + n * 4 * M2;
		u64 border = base + 4 * M2 + (rand() % 3 ? rand() % 512 * K4 : 0);

		holes[n] = (struct hole){ .size = (1 + rand() % 1500) * K4 };
		holes[n].va = border - holes[n].size;
		holes[n + 1] = (struct hole){ .va = border, .size = (1 + rand() % 1500) * K4 };
		if (n % 4 == 2)
			holes[n + 1].va += G1;
	}
}

static void change_hole(struct hole *h)
{
	if (h->open)
		pt_give_back(&pt, h->va, h->size);
	else
		pt_take(&pt, h->va, h->size);
	h->open = !h->open;
}

/* Borders on pages of every size: the account of one hole is enough for it alone. */
static void one_hole_comes_and_goes_without_a_free_page(void **state)
{
	static const u64 borders[] = { G1, G1 + K4, G1 + 3 * M2, G1 + 5 * M2 + 7 * K4, 2 * G1,
				       2 * G1 + K4, 3 * G1 - M2, 3 * G1 - K4, 3 * G1 };
	u32 from, to;

	for (from = 0; from < ARRAY_SIZE(borders); from++) {
		for (to = from + 1; to < ARRAY_SIZE(borders); to++) {
			struct hole h = { borders[from], borders[to] - borders[from], false };

			assert_int_equal(fresh_tables(state), 0);
			assert_int_equal(pt_map(&pt, 0, 0, 8 * G1, RWX), 0);
			freeze();
			assert_true(page_reserve(&pool, pt_hole_tables(&pt, h.va, h.size)));
			while (page_alloc(&pool, 1))
				;
			change_hole(&h);
			change_hole(&h);
			assert_maps(G1, G1, RWX, format->max_leaf_level == 2 ? G1 : M2);
		}
	}
}

static void holes_come_and_go_without_a_free_page(void **state)
{
	u64 full;
	u32 n, seed;

	for (seed = 1; seed <= 10; seed++) {
		srand(seed);
		assert_int_equal(fresh_tables(state), 0);
		assert_int_equal(pt_map(&pt, 0, 0, 2 * HOLES * G1, RWX), 0);
		assert_int_equal(pt_map(&pt, 32 * G1, 32 * G1 + K4, 64 * M2, RWX), 0);
		freeze();
		full = image();
		choose_holes();
		for (n = 0; n < HOLES; n++)
			assert_true(page_reserve(&pool, pt_hole_tables(&pt, holes[n].va, holes[n].size)));
		while (page_alloc(&pool, 1))
			;
		for (n = 0; n < 300; n++)
			change_hole(&holes[rand() % HOLES]);
		for (n = 0; n < HOLES; n++)
			if (holes[n].open)
				change_hole(&holes[n]);
		assert_true(image() == full);
		for (n = 0; n < HOLES; n++)
			page_unreserve(&pool, pt_hole_tables(&pt, holes[n].va, holes[n].size));
		assert_int_equal(pool.reserved, 0);
	}
}

static void freezing_may_lack_a_page(void **state)
{
	u32 nth;

	assert_int_equal(pt_map(&pt, 0, 0, M2, RWX), 0);
	for (nth = 1; nth <= 2; nth++) {
		pool.fail_in = nth;
		assert_int_equal(pt_freeze(&pt), -HV_ENOMEM);
	}
	assert_int_equal(pt_freeze(&pt), 0);
}

#define WITH(format, test) { #test "_" #format, test, fresh_tables, NULL, (void *)&pt_##format }
#define TEST(test) WITH(ia32e, test), WITH(npt, test), WITH(ept, test), WITH(fake, test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fresh_tables_map_nothing),
		TEST(a_mapping_is_found_with_offset_flags_and_size),
		TEST(every_combination_of_rights_survives_encoding_at_every_level),
		TEST(what_cannot_be_read_is_not_mapped),
		TEST(aligned_ranges_use_large_pages),
		TEST(a_misaligned_physical_address_prevents_large_pages),
		TEST(no_huge_maps_small_pages),
		TEST(a_hole_splits_a_large_page_and_leaves_the_rest),
		TEST(closing_a_hole_restores_the_tables_bit_for_bit),
		TEST(a_hole_frees_and_needs_no_table_but_its_borders),
		TEST(a_hole_that_grows_to_the_whole_goes_over_to_one_entry),
		TEST(where_nothing_is_nothing_is_taken),
		TEST(closing_more_than_was_open_changes_nothing_else),
		TEST(different_rights_stay_apart),
		TEST(what_is_mapped_last_is_what_counts),
		TEST(building_in_pieces_makes_the_same_tables),
		TEST(destroying_in_pieces_frees_everything),
		TEST(addresses_beyond_the_format_are_refused),
		TEST(only_stage_1_knows_sign_extended_addresses),
		TEST(mapping_that_fails_at_any_allocation_leaks_nothing),
		TEST(random_holes_translate_like_a_plain_array),
		TEST(one_hole_comes_and_goes_without_a_free_page),
		TEST(holes_come_and_go_without_a_free_page),
		TEST(freezing_may_lack_a_page),
		TEST(formats_tell_leaves_from_tables_at_every_level),
		WITH(ia32e, user_and_global_pages_are_for_stage_1),
		TEST(the_quick_lookup_finds_readable_memory_and_nothing_else),
		WITH(ia32e, empty_entries_carry_no_usable_address),
		WITH(npt, empty_entries_carry_no_usable_address),
		WITH(ept, empty_entries_carry_no_usable_address),
	};

	return cmocka_run_group_tests_name("mm_pt", tests, NULL, NULL);
}
