// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/emul/guest_walk.c */
/*
 * The software walk of guest page tables, in all paging modes, over friendly and hostile tables.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/x86/guest_walk.h>

#define PG	(1ULL << 31)
#define PSE	(1ULL << 4)
#define PAE	(1ULL << 5)
#define LA57	(1ULL << 12)
#define SMEP	(1ULL << 20)
#define LMA	(1ULL << 10)
#define NXE	(1ULL << 11)
#define NX	(1ULL << 63)
#define P	1ULL
#define US	4ULL
#define PS	0x80ULL

/* Guest memory: tables at 0x1000 … 0x8000. */
static u8 memory[0x9000];
static unsigned int reads;
static u64 last_read_end;

static int read_memory(void *ctx, gpa_t addr, unsigned int size, u64 *value)
{
	reads++;
	last_read_end = addr.v + size;
	if (addr.v > sizeof(memory) - size)
		return -HV_EINVAL;
	*value = 0;
	memcpy(value, memory + addr.v, size);
	return 0;
}

static const struct guest_walk_ops ops = { .read = read_memory };

static void put(u64 table, unsigned int index, u64 entry)
{
	memcpy(memory + table + 8 * index, &entry, 8);
}

static void put32(u64 table, unsigned int index, u32 entry)
{
	memcpy(memory + table + 4 * index, &entry, 4);
}

static int walk(const struct x86_paging *p, u64 gva, u64 *out)
{
	gpa_t result = gpa(0);
	int err = x86_guest_walk(p, gva, &ops, &result);

	*out = result.v;
	return err;
}

static void assert_maps(const struct x86_paging *p, u64 gva, u64 expected)
{
	u64 out;

	assert_int_equal(walk(p, gva, &out), 0);
	assert_int_equal(out, expected);
}

static void assert_fails(const struct x86_paging *p, u64 gva)
{
	u64 out;

	assert_int_equal(walk(p, gva, &out), -HV_EINVAL);
}

static int clear(void **state)
{
	memset(memory, 0, sizeof(memory));
	reads = 0;
	return 0;
}

static const struct x86_paging long_mode = {
	.cr0 = PG, .cr4 = PAE, .cr3 = 0x1fff, .efer = LMA | NXE
};

/* gva 0xffffff8040201234 uses entry 511, 1, 1, 1 */
static void build_long(u64 leaf)
{
	put(0x1000, 511, 0x2000 | P | US);
	put(0x2000, 1, 0x3000 | P | US);
	put(0x3000, 1, 0x4000 | P | US);
	put(0x4000, 1, leaf);
}
#define LONG_GVA 0xffffff8040201234ULL

static void without_paging_addresses_are_physical(void **state)
{
	struct x86_paging off = { .cr0 = 0, .cr3 = 0x1000 };

	assert_maps(&off, 0x12345678, 0x12345678);
	assert_maps(&off, 0xffff0000fffffff0, 0xfffffff0);
	assert_int_equal(reads, 0);
}

static void four_levels_translate(void **state)
{
	build_long(0xabcdef000 | P | US);
	assert_maps(&long_mode, LONG_GVA, 0xabcdef234);
	assert_int_equal(reads, 4);
}

static void five_levels_translate(void **state)
{
	struct x86_paging p = long_mode;

	p.cr4 |= LA57;
	p.cr3 = 0x5000;
	put(0x5000, 511, 0x1000 | P | US);
	build_long(0xabcdef000 | P | US);
	assert_maps(&p, LONG_GVA, 0xabcdef234);
	put(0x5000, 0x100, 0x1000 | P | US);
	assert_maps(&p, 0xff00ff8040201234, 0xabcdef234);
	assert_fails(&long_mode, 0xff00ff8040201234);
	assert_fails(&p, 0xfe00ff8040201234);
}

static void non_canonical_addresses_are_refused(void **state)
{
	build_long(0xabcdef000 | P | US);
	put(0x1000, 255, 0x2000 | P | US);
	put(0x1000, 256, 0x2000 | P | US);
	assert_fails(&long_mode, 0x0000800040201234);
	assert_fails(&long_mode, 0xffff7fffc0201234);
	assert_int_equal(reads, 0);
}

static void large_pages_translate(void **state)
{
	build_long(0);
	put(0x3000, 1, 0x40000000 | P | PS | US);
	assert_maps(&long_mode, LONG_GVA, 0x40001234);
	put(0x3000, 1, 0x40000000 | 1 << 12 | P | PS | US);	/* PAT */
	assert_maps(&long_mode, LONG_GVA, 0x40001234);
	put(0x2000, 1, 0x80000000 | P | PS | US);
	assert_maps(&long_mode, LONG_GVA, 0x80201234);
}

static void misaligned_large_pages_are_refused(void **state)
{
	build_long(0);
	put(0x3000, 1, 0x40002000 | P | PS);
	assert_fails(&long_mode, LONG_GVA);
	put(0x2000, 1, 0x80200000 | P | PS);
	assert_fails(&long_mode, LONG_GVA);
}

static void a_large_page_at_the_top_level_is_refused(void **state)
{
	build_long(0x1000 | P);
	put(0x1000, 511, 0x2000 | P | PS);
	assert_fails(&long_mode, LONG_GVA);
}

static void absent_entries_are_refused_at_every_level(void **state)
{
	static const struct {
		u64 table;
		unsigned int index;
	} steps[] = { { 0x1000, 511 }, { 0x2000, 1 }, { 0x3000, 1 }, { 0x4000, 1 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		clear(NULL);
		build_long(0x9000 | P);
		put(steps[i].table, steps[i].index, 0x5000);
		assert_fails(&long_mode, LONG_GVA);
		assert_int_equal(reads, i + 1);
	}
}

static void tables_outside_of_memory_are_refused(void **state)
{
	build_long(0x9000 | P);
	put(0x2000, 1, 0x000ffffffffff000 | P);
	assert_fails(&long_mode, LONG_GVA);
}

static void a_table_that_points_to_itself_ends(void **state)
{
	put(0x1000, 511, 0x1000 | P | US);
	assert_maps(&long_mode, 0xfffffffffffff123, 0x1123);
	assert_int_equal(reads, 4);
}

static void no_execute_is_respected(void **state)
{
	struct x86_paging without = long_mode;

	build_long(0x9000 | P | NX);
	assert_fails(&long_mode, LONG_GVA);
	build_long(0x9000 | P);
	put(0x2000, 1, 0x3000 | P | NX);
	assert_fails(&long_mode, LONG_GVA);
	without.efer &= ~NXE;		/* a reserved bit then */
	assert_fails(&without, LONG_GVA);
}

static void user_mode_needs_user_pages(void **state)
{
	struct x86_paging user = long_mode;

	user.user = true;
	build_long(0x9000 | P | US);
	assert_maps(&user, LONG_GVA, 0x9234);
	build_long(0x9000 | P);
	assert_fails(&user, LONG_GVA);
	build_long(0x9000 | P | US);
	put(0x3000, 1, 0x4000 | P);
	assert_fails(&user, LONG_GVA);
}

static void smep_keeps_the_kernel_from_user_pages(void **state)
{
	struct x86_paging p = long_mode;

	build_long(0x9000 | P | US);
	assert_maps(&p, LONG_GVA, 0x9234);
	p.cr4 |= SMEP;
	assert_fails(&p, LONG_GVA);
	build_long(0x9000 | P);
	assert_maps(&p, LONG_GVA, 0x9234);
}

static const struct x86_paging legacy = { .cr0 = PG, .cr3 = 0x1018 };

static void two_levels_of_32_bit_translate(void **state)
{
	put32(0x1000, 0x300, 0x2000 | P);
	put32(0x2000, 0x3ff, 0xfee00000 | P);
	assert_maps(&legacy, 0xc03ff567, 0xfee00567);
	assert_maps(&legacy, 0xffffffffc03ff567, 0xfee00567);
	assert_fails(&legacy, 0xc03fe567);
	assert_fails(&legacy, 0xc13ff567);
}

static void rights_count_in_32_bit_tables_too(void **state)
{
	struct x86_paging user = legacy, smep = legacy;

	user.user = true;
	smep.cr4 = SMEP;
	put32(0x1000, 0, 0x2000 | P | US);
	put32(0x2000, 0, 0x3000 | P | US);
	assert_maps(&user, 0x123, 0x3123);
	assert_fails(&smep, 0x123);
	put32(0x2000, 0, 0x3000 | P);
	assert_fails(&user, 0x123);
	assert_maps(&smep, 0x123, 0x3123);
	put32(0x1000, 0, 0x2000 | P);
	put32(0x2000, 0, 0x3000 | P | US);
	assert_fails(&user, 0x123);
	put32(0x1000, 0, 0x2000);
	assert_fails(&legacy, 0x123);
}

static void four_megabyte_pages_need_pse(void **state)
{
	struct x86_paging pse = legacy;

	pse.cr4 = PSE;
	put32(0x1000, 1, 0x00800000 | 3 << 13 | PS | P);
	assert_maps(&pse, 0x0052abcd, 0x30092abcd);
	put32(0x1000, 1, 0x00a00000 | PS | P);
	assert_fails(&pse, 0x0052abcd);
	put32(0x1000, 1, 0x2000 | PS | P);
	put32(0x2000, 0x12a, 0x3000 | P);
	assert_maps(&legacy, 0x0052abcd, 0x3bcd);
}

static void pae_translates(void **state)
{
	struct x86_paging pae = { .cr0 = PG, .cr4 = PAE, .cr3 = 0x1020, .efer = NXE };

	put(0x1020, 3, 0x2000 | P);
	put(0x2000, 1, 0x3000 | P);
	put(0x3000, 2, 0x123456000 | P);
	assert_maps(&pae, 0xc0202abc, 0x123456abc);
	put(0x2000, 2, 0x1ffe00000 | P | PS);
	assert_maps(&pae, 0xc0412345, 0x1ffe12345);
	put(0x2000, 3, 0x1ffe02000 | P | PS);
	assert_fails(&pae, 0xc0612345);
	put(0x3000, 3, 0x5000 | P | NX);
	assert_fails(&pae, 0xc0203abc);
	put(0x1020, 2, 0x2000);		/* all there but the present bit */
	assert_fails(&pae, 0x80202abc);
	put(0x1020, 2, 0x2000 | P);
	assert_maps(&pae, 0x80202abc, 0x123456abc);
}

static void random_tables_do_no_harm(void **state)
{
	unsigned int i, n;
	u64 out;

	srand(1);
	for (n = 0; n < 50; n++) {
		for (i = 0; i < sizeof(memory); i++)
			memory[i] = rand() & 1 ? rand() : i & 7 ? 0 : 0x87;
		for (i = 0; i < 2000; i++) {
			struct x86_paging p = {
				.cr0 = rand() & 7 ? PG : 0,
				.cr3 = rand() & 0x7fff,
				.user = rand() & 1,
				.cr4 = (rand() & 1 ? PAE : 0) | (rand() & 1 ? PSE : 0) |
				       (rand() & 1 ? LA57 : 0) | (rand() & 1 ? SMEP : 0),
				.efer = (rand() & 1 ? LMA : 0) | (rand() & 1 ? NXE : 0),
			};
			u64 gva = (u64)rand() << 33 ^ (u64)rand() << 12 ^ rand();

			reads = 0;
			if (walk(&p, (s64)(gva << 16) >> 16, &out) == 0)
				assert_true(out < 1ULL << 52);
			assert_true(reads <= 5);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_paging_addresses_are_physical, clear),
		cmocka_unit_test_setup(four_levels_translate, clear),
		cmocka_unit_test_setup(five_levels_translate, clear),
		cmocka_unit_test_setup(non_canonical_addresses_are_refused, clear),
		cmocka_unit_test_setup(large_pages_translate, clear),
		cmocka_unit_test_setup(misaligned_large_pages_are_refused, clear),
		cmocka_unit_test_setup(a_large_page_at_the_top_level_is_refused, clear),
		cmocka_unit_test_setup(absent_entries_are_refused_at_every_level, clear),
		cmocka_unit_test_setup(tables_outside_of_memory_are_refused, clear),
		cmocka_unit_test_setup(a_table_that_points_to_itself_ends, clear),
		cmocka_unit_test_setup(no_execute_is_respected, clear),
		cmocka_unit_test_setup(user_mode_needs_user_pages, clear),
		cmocka_unit_test_setup(smep_keeps_the_kernel_from_user_pages, clear),
		cmocka_unit_test_setup(two_levels_of_32_bit_translate, clear),
		cmocka_unit_test_setup(rights_count_in_32_bit_tables_too, clear),
		cmocka_unit_test_setup(four_megabyte_pages_need_pse, clear),
		cmocka_unit_test_setup(pae_translates, clear),
		cmocka_unit_test_setup(random_tables_do_no_harm, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
