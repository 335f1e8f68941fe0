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
	assert_int_equal(pt_count_tables(&pt), 1);
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
			assert_int_equal(pt_prepare_unmap(&pt, va, sizes[level]), 0);
			pt_commit_unmap(&pt, va, sizes[level]);
		}
	}
	assert_int_equal(pt_count_tables(&pt), 1);
}

static void what_cannot_be_read_is_not_mapped(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2, RWX), 0);
	assert_int_equal(pt_map(&pt, 0, 0, M2, PT_WRITE | PT_EXEC), 0);
	assert_unmapped(0);
	assert_int_equal(pt_count_tables(&pt), 1);
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

static void no_huge_maps_small_pages_and_never_merges(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2, RWX | PT_NO_HUGE), 0);
	assert_maps(0, 0, RWX | PT_NO_HUGE, K4);
	assert_int_equal(pt_map(&pt, K4, K4, K4, RWX | PT_NO_HUGE), 0);
	assert_maps(K4, K4, RWX | PT_NO_HUGE, K4);
}

static void unmapping_a_part_splits_a_large_page_and_leaves_the_rest(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, G1, RWX), 0);
	assert_int_equal(pt_prepare_unmap(&pt, 5 * M2 + 3 * K4, 2 * K4), 0);
	pt_commit_unmap(&pt, 5 * M2 + 3 * K4, 2 * K4);
	assert_unmapped(5 * M2 + 3 * K4);
	assert_unmapped(5 * M2 + 4 * K4);
	assert_maps(5 * M2 + 2 * K4, 5 * M2 + 2 * K4, RWX, K4);
	assert_maps(5 * M2 + 5 * K4, 5 * M2 + 5 * K4, RWX, K4);
	assert_maps(6 * M2, 6 * M2, RWX, M2);
	assert_maps(0, 0, RWX, M2);
}

static void prepare_changes_no_translation(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, G1, RWX), 0);
	assert_int_equal(pt_prepare_unmap(&pt, M2 + K4, K4), 0);
	assert_maps(M2 + K4, M2 + K4, RWX, K4);
	assert_int_equal(pt_prepare_map(&pt, 4 * G1, 0, K4, RWX), 0);
	assert_unmapped(4 * G1);
}

static void a_cancelled_prepare_leaves_no_trace(void **state)
{
	u64 before;
	u32 used;

	assert_int_equal(pt_map(&pt, 0, 0, G1, RWX), 0);
	before = image();
	used = pool.used;
	assert_int_equal(pt_prepare_unmap(&pt, M2 - K4, 3 * M2 + 2 * K4), 0);
	pt_cancel(&pt, M2 - K4, 3 * M2 + 2 * K4);
	assert_int_equal(pt_prepare_map(&pt, 5 * G1 - K4, 0, 2 * K4, RWX), 0);
	pt_cancel(&pt, 5 * G1 - K4, 2 * K4);
	assert_int_equal(image(), before);
	assert_int_equal(pool.used, used);
}

static void mapping_back_restores_the_tables_bit_for_bit(void **state)
{
	static const struct { u64 va, size; } holes[] = {
		{ K4, K4 }, { 0, M2 }, { M2 - K4, 2 * K4 }, { 3 * M2, 7 * M2 + K4 }, { G1 - M2, M2 + K4 }, { 0, G1 + M2 },
	};
	u64 before;
	u32 used;
	size_t n;

	assert_int_equal(pt_map(&pt, 0, 0, G1 + M2 + 5 * K4, RWX), 0);
	before = image();
	used = pool.used;
	for (n = 0; n < ARRAY_SIZE(holes); n++) {
		assert_int_equal(pt_prepare_unmap(&pt, holes[n].va, holes[n].size), 0);
		pt_commit_unmap(&pt, holes[n].va, holes[n].size);
		assert_int_not_equal(image(), before);
		assert_int_equal(pt_map(&pt, holes[n].va, holes[n].va, holes[n].size, RWX), 0);
		assert_int_equal(image(), before);
		assert_int_equal(pool.used, used);
	}
}

static void neighbours_merge_whatever_the_order_they_come_in(void **state)
{
	u64 whole, page;

	assert_int_equal(pt_map(&pt, 0, 0, M2, RWX), 0);
	whole = image();
	assert_int_equal(pt_prepare_unmap(&pt, 0, M2), 0);
	pt_commit_unmap(&pt, 0, M2);
	for (page = 0; page < 512; page++)
		assert_int_equal(pt_map(&pt, page * 37 % 512 * K4, page * 37 % 512 * K4, K4, RWX), 0);
	assert_int_equal(image(), whole);
}

static void different_rights_do_not_merge(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2 - K4, RWX), 0);
	assert_int_equal(pt_map(&pt, M2 - K4, M2 - K4, K4, PT_READ), 0);
	assert_maps(0, 0, RWX, K4);
	assert_maps(M2 - K4, M2 - K4, PT_READ, K4);
}

static void pages_that_are_not_contiguous_do_not_merge(void **state)
{
	assert_int_equal(pt_map(&pt, 0, 0, M2 - K4, RWX), 0);
	assert_int_equal(pt_map(&pt, M2 - K4, 4 * M2, K4, RWX), 0);
	assert_maps(M2 - K4, 4 * M2, RWX, K4);
	assert_maps(M2 - 2 * K4, M2 - 2 * K4, RWX, K4);
}

static void mapping_again_what_is_mapped_changes_nothing(void **state)
{
	u64 before;

	assert_int_equal(pt_map(&pt, 0, 0, G1, RWX), 0);
	before = image();
	assert_int_equal(pt_map(&pt, M2 + K4, M2 + K4, K4, RWX), 0);
	assert_int_equal(image(), before);
}

static void a_large_page_replaces_smaller_ones_and_frees_their_tables(void **state)
{
	assert_int_equal(pt_map(&pt, 0, M2 + K4, G1, RWX), 0);
	assert_int_equal(pt_map(&pt, 0, 0, G1, PT_READ), 0);
	assert_maps(0, 0, PT_READ, G1);
	assert_int_equal(pt_count_tables(&pt), 2);
}

static void unmapping_what_is_not_mapped_needs_no_memory(void **state)
{
	u32 used = pool.used;

	pool.fail_in = 1;
	assert_int_equal(pt_prepare_unmap(&pt, M2, 3 * G1), 0);
	pt_commit_unmap(&pt, M2, 3 * G1);
	assert_int_equal(pool.used, used);
	assert_int_equal(pool.fail_in, 1);
}

static void addresses_beyond_the_format_are_refused(void **state)
{
	u64 limit = 1ULL << 48;

	assert_int_equal(pt_prepare_map(&pt, limit, 0, K4, RWX), -HV_ERANGE);
	assert_int_equal(pt_prepare_map(&pt, limit - K4, 0, 2 * K4, RWX), -HV_ERANGE);
	assert_int_equal(pt_prepare_map(&pt, 0, 0, ~0ULL & PAGE_MASK, RWX), -HV_ERANGE);
	assert_int_equal(pt_prepare_unmap(&pt, limit + G1, K4), -HV_ERANGE);
	assert_unmapped(limit);
	assert_int_equal(pt_prepare_map(&pt, limit - K4, 0, K4, RWX), 0);
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

struct change { bool map; u64 va, pa, size; u32 flags; };

static struct change random_change(void)
{
	static const u32 rights[] = { RWX, PT_READ, PT_READ | PT_WRITE | PT_DEVICE,
				      RWX | PT_NO_HUGE };
	struct change c = { .map = random_below(2), .va = random_below(1200) * K4, .size = (1 + random_below(1100)) * K4 };

	c.pa = random_below(2) ? c.va : random_below(4) * M2 + random_below(2) * K4;
	c.flags = rights[random_below(ARRAY_SIZE(rights))];
	return c;
}

static int prepare_change(const struct change *c)
{
	return c->map ? pt_prepare_map(&pt, c->va, c->pa, c->size, c->flags)
		      : pt_prepare_unmap(&pt, c->va, c->size);
}

static void commit_change(const struct change *c)
{
	if (c->map)
		pt_commit_map(&pt, c->va, c->pa, c->size, c->flags);
	else
		pt_commit_unmap(&pt, c->va, c->size);
}

static void prepare_that_fails_at_any_allocation_changes_nothing(void **state)
{
	u32 step, nth;

	for (step = 0; step < 60; step++) {
		struct change c = random_change();
		u64 before = image();
		u32 used = pool.used;
		int err = -1;

		for (nth = 1; err; nth++) {
			pool.fail_in = nth;
			err = prepare_change(&c);
			if (!err)
				break;
			assert_int_equal(err, -HV_ENOMEM);
			assert_int_equal(image(), before);
			assert_int_equal(pool.used, used);
		}
		pool.fail_in = 1;
		commit_change(&c);
		assert_int_equal(pool.fail_in, 1);
		pool.fail_in = 0;
	}
}

#define SHADOW_PAGES 2400

static void random_changes_translate_like_a_plain_array(void **state)
{
	static struct { u64 pa; u32 flags; } shadow[SHADOW_PAGES];
	u32 step, page;

	memset(shadow, 0, sizeof(shadow));
	for (step = 0; step < 300; step++) {
		struct change c = random_change();

		assert_int_equal(prepare_change(&c), 0);
		commit_change(&c);
		for (page = 0; page < c.size / K4; page++) {
			shadow[c.va / K4 + page].pa = c.pa + page * K4;
			shadow[c.va / K4 + page].flags = c.map ? c.flags : 0;
		}
		for (page = step % 7; page < SHADOW_PAGES; page += 7) {
			u64 pa, size;
			u32 flags;
			bool found = pt_lookup(&pt, page * K4, &pa, &flags, &size);

			assert_int_equal(found, shadow[page].flags != 0);
			if (found) {
				assert_int_equal(pa, shadow[page].pa);
				assert_int_equal(flags, shadow[page].flags);
			}
		}
	}
	assert_int_equal(pt_prepare_unmap(&pt, 0, G1), 0);
	pt_commit_unmap(&pt, 0, G1);
	assert_int_equal(pt_count_tables(&pt), 1);
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

static void destroying_gives_every_page_back(void **state)
{
	assert_int_equal(pt_map(&pt, K4, 0, G1 + 7 * M2 + 9 * K4, RWX), 0);
	pt_destroy(&pt);
	assert_int_equal(pool.used, 1);
}

/* --- holes that can always be filled ------------------------------------------------------ */

#define HOLES 16

static struct hole { u64 va, pa, size; bool open; } holes[HOLES];

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
		holes[n].pa = holes[n].va + (n % 8 ? 0 : K4);
		if (n % 4 == 2)
			holes[n + 1].va += G1;
		holes[n + 1].pa = holes[n + 1].va + (n % 8 ? 0 : K4);
	}
}

static void change_hole(struct hole *h)
{
	if (h->open) {
		assert_int_equal(pt_prepare_map(&pt, h->va, h->pa, h->size, RWX), 0);
		pt_commit_map(&pt, h->va, h->pa, h->size, RWX);
	} else {
		assert_int_equal(pt_prepare_unmap(&pt, h->va, h->size), 0);
		pt_commit_unmap(&pt, h->va, h->size);
	}
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
			struct hole h = { borders[from], borders[from],
					  borders[to] - borders[from], false };

			assert_int_equal(fresh_tables(state), 0);
			assert_int_equal(pt_map(&pt, 0, 0, 8 * G1, RWX), 0);
			pt_keep_tables(&pt);
			assert_int_equal(pt_reserve(&pt, pt_hole_tables(&pt, h.va, h.size)), 0);
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
		pt_keep_tables(&pt);
		full = image();
		choose_holes();
		for (n = 0; n < HOLES; n++)
			assert_int_equal(pt_reserve(&pt, pt_hole_tables(&pt, holes[n].va,
									holes[n].size)), 0);
		while (page_alloc(&pool, 1))
			;
		for (n = 0; n < 300; n++)
			change_hole(&holes[rand() % HOLES]);
		for (n = 0; n < HOLES; n++)
			if (holes[n].open)
				change_hole(&holes[n]);
		assert_true(image() == full);
		for (n = 0; n < HOLES; n++)
			pt_unreserve(&pt, pt_hole_tables(&pt, holes[n].va, holes[n].size));
		assert_int_equal(pool.reserved, 0);
	}
}

static void what_cannot_be_set_apart_is_refused(void **state)
{
	assert_int_equal(pt_reserve(&pt, POOL_PAGES), -HV_ENOMEM);
	assert_int_equal(pool.reserved, 0);
	pt_keep_tables(&pt);
	assert_int_equal(pt_reserve(&pt, 3), 0);
	assert_int_equal(pool.reserved, 3);
	pt_destroy(&pt);
	assert_int_equal(pool.reserved, 0);
	assert_int_equal(pool.used, 1);
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
		TEST(no_huge_maps_small_pages_and_never_merges),
		TEST(unmapping_a_part_splits_a_large_page_and_leaves_the_rest),
		TEST(prepare_changes_no_translation),
		TEST(a_cancelled_prepare_leaves_no_trace),
		TEST(mapping_back_restores_the_tables_bit_for_bit),
		TEST(neighbours_merge_whatever_the_order_they_come_in),
		TEST(different_rights_do_not_merge),
		TEST(pages_that_are_not_contiguous_do_not_merge),
		TEST(mapping_again_what_is_mapped_changes_nothing),
		TEST(a_large_page_replaces_smaller_ones_and_frees_their_tables),
		TEST(unmapping_what_is_not_mapped_needs_no_memory),
		TEST(addresses_beyond_the_format_are_refused),
		TEST(only_stage_1_knows_sign_extended_addresses),
		TEST(prepare_that_fails_at_any_allocation_changes_nothing),
		TEST(random_changes_translate_like_a_plain_array),
		TEST(destroying_gives_every_page_back),
		TEST(one_hole_comes_and_goes_without_a_free_page),
		TEST(holes_come_and_go_without_a_free_page),
		TEST(what_cannot_be_set_apart_is_refused),
		TEST(formats_tell_leaves_from_tables_at_every_level),
		WITH(ia32e, user_and_global_pages_are_for_stage_1),
		TEST(the_quick_lookup_finds_readable_memory_and_nothing_else),
		WITH(ia32e, empty_entries_carry_no_usable_address),
		WITH(npt, empty_entries_carry_no_usable_address),
		WITH(ept, empty_entries_carry_no_usable_address),
	};

	return cmocka_run_group_tests_name("mm_pt", tests, NULL, NULL);
}
