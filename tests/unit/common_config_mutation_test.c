// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/view.c common/config/check_cell.c common/config/check_pci.c common/config/check_system.c common/config/check_pair.c common/config/rules.c */
/*
 * Good configurations with random damage. Whatever it is: nothing is read outside of the blob (the sanitizers watch), every refusal
 * has a sentence, and what is accepted keeps the borders, as a second, slow and simple judge finds.
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

#include <common/config/config.h>
#include "common_blob.h"
#include "common_judge.h"

#define ROUNDS	60000

static __u64 seed = 1;

static __u64 random_number(void)
{
	/* xorshift64*, Vigna 2014 */
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1dULL;
}

static const __u64 nasty[] = {
	0, 1, 7, 8, 0xff, 0xcf8, 0xfff, 0x1000, 0x1001, 0xffff, 0x10000, 0x100000, 0x3a000000, 0x3a5ff000, 0x3a600000, 0x3e000000,
	0x3f000000, 0x40000000, 0xb0000000, 0xfec00000, 0xfee00000, 0xffffffff, 0x100000000ULL, 1ULL << 47, 1ULL << 48, 1ULL << 51,
	1ULL << 52, 1ULL << 63, 0xfffffffffffff000ULL, ~0ULL,
};

/* One field-sized piece of the blob gets a nasty value, a random one, or one near to what it was. */
static void damage(void *blob, size_t size)
{
	const size_t widths[] = { 1, 2, 4, 8 };
	size_t width = widths[random_number() % 4], offset = random_number() % size;
	__u64 value = 0;

	if (width > size - offset)
		width = 1;
	memcpy(&value, (char *)blob + offset, width);
	switch (random_number() % 4) {
	case 0:
		value = nasty[random_number() % ARRAY_SIZE(nasty)];
		break;
	case 1:
		value = random_number();
		break;
	case 2:
		value += random_number() % 3 - 1;
		break;
	case 3:
		value ^= 1ULL << random_number() % (8 * width);
		break;
	}
	memcpy((char *)blob + offset, &value, width);
}

/* --- rounds --- */

static struct blob good_cell(void)
{
	struct blob b = blob_cell();

	blob_add_mem(&b, 0xc0000010, 0x200010, 8, BLOB_MMIO | JAILHOUSE_MEM_IO_32);
	blob_add_pci(&b, JAILHOUSE_PCI_TYPE_DEVICE, 0x02 << 3)->num_caps = 1;
	blob_add_cap(&b, PCI_CAP_ID_MSI, 0x50, 14);
	return b;
}

/* True: accepted */
static bool try_cell(const void *bytes, size_t size, const struct system_view *sys, const struct cell_view *other)
{
	struct jailhouse_refusal r;
	struct cell_view v;
	int err = cell_view_init(&v, bytes, size, &r);

	if (!err)
		err = config_check_cell(&v, &r);
	if (!err)
		err = config_check_cell_in_system(&v, sys, &r);
	if (!err)
		err = config_check_cell_pair(&v, other, &r);
	if (err) {
		judge_refusal(err, &r);
		return false;
	}
	judge_cell(&v, sys);
	judge_pair(&v, other);
	return true;
}

static void damaged_cells_are_refused_or_keep_the_borders(void **state)
{
	struct blob b = good_cell(), o = blob_other_cell(), s = blob_system();
	struct jailhouse_refusal r;
	struct system_view sys;
	struct cell_view other;
	unsigned int round, damages, accepted = 0;

	(void)state;
	blob_pack(&b);
	blob_pack(&o);
	blob_pack(&s);
	assert_int_equal(system_view_init(&sys, s.bytes, s.size, &r), 0);
	assert_int_equal(cell_view_init(&other, o.bytes, o.size, &r), 0);
	assert_true(try_cell(b.bytes, b.size, &sys, &other));

	for (round = 0; round < ROUNDS; round++) {
		void *bytes = malloc(b.size);

		memcpy(bytes, b.bytes, b.size);
		for (damages = random_number() % 3 + 1; damages; damages--)
			damage(bytes, b.size);
		accepted += try_cell(bytes, b.size, &sys, &other);
		free(bytes);
	}
	/* Both outcomes were there, or this test would see nothing. */
	assert_true(accepted > ROUNDS / 100 && accepted < ROUNDS / 2);
	blob_free(&b);
	blob_free(&o);
	blob_free(&s);
}

static void damaged_systems_are_refused_or_keep_the_borders(void **state)
{
	struct blob s = blob_system();
	unsigned int round, accepted = 0;

	(void)state;
	blob_pack(&s);
	for (round = 0; round < ROUNDS; round++) {
		void *bytes = malloc(s.size);
		struct jailhouse_refusal r;
		struct system_view v;
		int err;

		memcpy(bytes, s.bytes, s.size);
		damage(bytes, s.size);
		damage(bytes, s.size);
		err = system_view_init(&v, bytes, s.size, &r);
		if (!err)
			err = config_check_system(&v, &r);
		if (err) {
			judge_refusal(err, &r);
		} else {
			accepted++;
			judge_cell(&v.root, &v);
		}
		free(bytes);
	}
	assert_true(accepted > ROUNDS / 100 && accepted < ROUNDS);
	blob_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_cells_are_refused_or_keep_the_borders),
		cmocka_unit_test(damaged_systems_are_refused_or_keep_the_borders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
