// SPDX-License-Identifier: GPL-2.0
/* sources: tools/config/place.c tools/config/draft.c */
/* cflags: -D_GNU_SOURCE -Itools */
/*
 * Addresses for memory that says "phys: anywhere".
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

#include "config/place.h"

#define MIB		0x100000ULL
#define RAM		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define HYPERVISOR	JAILHOUSE_EXT_HYPERVISOR

static void add(struct draft *d, __u64 phys, __u64 virt, __u64 size, __u64 flags, const char *label)
{
	struct jailhouse_memory m = { phys, virt, size, flags };

	draft_add(d, DRAFT_MEMORY, &m, (struct origin){ .label = label });
}

static const struct jailhouse_memory *at(const struct draft *d, unsigned int n)
{
	assert_true(n < d->array[DRAFT_MEMORY].count);
	return draft_at(d, DRAFT_MEMORY, n);
}

static void assert_range(const struct draft *d, unsigned int n, __u64 start, __u64 size)
{
	assert_int_equal(at(d, n)->phys_start, start);
	assert_int_equal(at(d, n)->virt_start, start);
	assert_int_equal(at(d, n)->size, size);
}

/* RAM from 16 to 512 MiB, registers behind it, 6 MiB for the hypervisor and 26 MiB for cells */
static void make_system(struct draft *d)
{
	draft_init(d);
	d->is_system = true;
	add(d, 16 * MIB, 16 * MIB, 496 * MIB, RAM, "RAM");
	add(d, 512 * MIB, 512 * MIB, MIB, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO, "device");
	add(d, 0, 0, 26 * MIB, RAM, NULL);
	d->system.hypervisor_memory.size = 6 * MIB;
	place_ask(d, HYPERVISOR, 0);
	place_ask(d, 2, 0);
}

/* All addresses of RAM, in all regions together */
static __u64 all_ram(const struct draft *d)
{
	__u64 sum = d->system.hypervisor_memory.size;
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++)
		sum += at(d, n)->flags & JAILHOUSE_MEM_IO ? 0 : at(d, n)->size;
	return sum;
}

static void a_system_gets_one_range_hypervisor_first(void **state)
{
	struct draft d;

	make_system(&d);
	assert_int_equal(place_system_size(&d), 32 * MIB);
	assert_int_equal(place_system_align(&d), 2 * MIB);
	assert_true(place_system(&d, 128 * MIB));
	assert_false(place_wanted(&d));
	assert_int_equal(d.extension_size, 0);
	assert_int_equal(d.system.hypervisor_memory.phys_start, 128 * MIB);
	assert_range(&d, 0, 16 * MIB, 112 * MIB);
	assert_range(&d, 2, 134 * MIB, 26 * MIB);
	assert_range(&d, 3, 160 * MIB, 352 * MIB);
	assert_int_equal(all_ram(&d), 496 * MIB);
	assert_true(place_is_for_cells(&d, 2));
	draft_free(&d);
}

static void at_the_ends_of_ram_nothing_is_left_over(void **state)
{
	struct draft d;

	make_system(&d);
	assert_true(place_system(&d, 16 * MIB));
	assert_int_equal(d.array[DRAFT_MEMORY].count, 3);
	assert_range(&d, 0, 48 * MIB, 464 * MIB);
	draft_free(&d);

	make_system(&d);
	assert_true(place_system_somewhere(&d));
	assert_int_equal(d.array[DRAFT_MEMORY].count, 3);
	assert_range(&d, 0, 16 * MIB, 464 * MIB);
	assert_int_equal(d.system.hypervisor_memory.phys_start, 480 * MIB);
	draft_free(&d);
}

/* A region that is used up goes, and links of ivshmem devices stay with their sections. */
static void a_region_that_is_used_up_goes(void **state)
{
	struct jailhouse_pci_device link = { .type = JAILHOUSE_PCI_TYPE_IVSHMEM, .shmem_regions_start = 3 };
	struct draft d;

	make_system(&d);
	((struct jailhouse_memory *)draft_at(&d, DRAFT_MEMORY, 0))->size = 32 * MIB;
	add(&d, 600 * MIB, 600 * MIB, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED, "state table");
	draft_add(&d, DRAFT_PCI, &link, (struct origin){ .label = NULL });
	assert_true(place_system(&d, 16 * MIB));
	assert_int_equal(d.array[DRAFT_MEMORY].count, 3);
	assert_int_equal(((struct jailhouse_pci_device *)draft_at(&d, DRAFT_PCI, 0))->shmem_regions_start, 2);
	assert_int_equal(at(&d, 2)->phys_start, 600 * MIB);
	assert_int_equal(at(&d, 1)->phys_start, 22 * MIB);
	draft_free(&d);
}

static void only_rams_of_root_will_do(void **state)
{
	struct draft d;

	make_system(&d);
	assert_false(place_system(&d, 14 * MIB));	/* begins too early */
	assert_false(place_system(&d, 482 * MIB));	/* reaches into the device */
	assert_false(place_system(&d, 600 * MIB));
	assert_false(place_system(&d, 129 * MIB));	/* not aligned */
	assert_false(place_system(&d, ~0ULL - 2 * MIB + 1));
	assert_true(place_wanted(&d));
	assert_range(&d, 0, 16 * MIB, 496 * MIB);
	draft_free(&d);
}

/* RAM may be told in pieces; RAM that is for cells, or shared, is not taken. */
static void pieces_of_ram_are_one(void **state)
{
	struct draft d;

	make_system(&d);
	((struct jailhouse_memory *)draft_at(&d, DRAFT_MEMORY, 0))->size = 48 * MIB;
	add(&d, 64 * MIB, 64 * MIB, 64 * MIB, RAM, "more RAM");
	add(&d, 128 * MIB, 128 * MIB, 64 * MIB, RAM, "RAM for cells, too");
	assert_true(place_system_fits(&d, 48 * MIB));
	assert_false(place_system_fits(&d, 112 * MIB));
	assert_true(place_system(&d, 48 * MIB));
	assert_range(&d, 0, 16 * MIB, 32 * MIB);
	assert_range(&d, 3, 80 * MIB, 48 * MIB);
	draft_free(&d);
}

static void sizes_beyond_all_addresses_are_no_place(void **state)
{
	struct draft d;

	make_system(&d);
	((struct jailhouse_memory *)draft_at(&d, DRAFT_MEMORY, 2))->size = ~0xfffULL;
	assert_int_equal(place_system_size(&d), 0);
	assert_false(place_system(&d, 128 * MIB));
	assert_false(place_system_somewhere(&d));
	draft_free(&d);
}

/* What is not well formed is no request: the rules refuse the tag. */
static void damaged_requests_are_none(void **state)
{
	const struct jailhouse_ext_place *p;
	unsigned int size, n, i;
	struct draft d;

	make_system(&d);
	size = d.extension_size;
	for (n = 0; n < size; n++) {
		d.extension[n] ^= 0xff;
		for (i = 0; (p = place_request(&d, i)); i++)
			assert_true(p->region == HYPERVISOR || p->region == 2);
		assert_true(i < 2);
		d.extension[n] ^= 0xff;
	}
	d.extension_size--;
	assert_false(place_wanted(&d));
	d.extension_size = size;
	((struct jailhouse_ext_place *)(d.extension + 16))->region = 3;	/* there is none */
	assert_false(place_wanted(&d));
	draft_free(&d);
}

/* --- cells --- */

static void make_cell(struct draft *d, __u64 virt, __u64 size)
{
	draft_init(d);
	add(d, 0, virt, size, RAM | JAILHOUSE_MEM_LOADABLE, "RAM");
	add(d, 0, 0x80000000, 0x1000, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION, NULL);
	place_ask(d, 0, 0);
}

static void cells_get_what_others_have_left(void **state)
{
	struct spans pool = { NULL, 0 }, taken = { NULL, 0 };
	struct draft d;
	__u64 missing;

	spans_add(&pool, 100 * MIB, MIB);
	spans_add(&pool, 200 * MIB + 0x1000, 10 * MIB);
	spans_add(&taken, 100 * MIB, 0x1000);
	spans_add(&taken, 203 * MIB, MIB);

	make_cell(&d, 0, MIB - 0x1000);
	assert_true(place_cell(&d, &pool, &taken, &missing));
	assert_int_equal(at(&d, 0)->phys_start, 100 * MIB + 0x1000);
	assert_int_equal(at(&d, 0)->virt_start, 0);
	assert_int_equal(at(&d, 1)->phys_start, 0);
	draft_free(&d);

	/* of 2 MiB and more: the same place in a page of 2 MiB as the cell sees it */
	make_cell(&d, 0x101000, 2 * MIB);
	assert_true(place_cell(&d, &pool, &taken, &missing));
	assert_int_equal(at(&d, 0)->phys_start, 205 * MIB + 0x1000);
	draft_free(&d);

	make_cell(&d, 0, 8 * MIB);
	assert_false(place_cell(&d, &pool, &taken, &missing));
	assert_int_equal(missing, 8 * MIB);
	assert_true(place_wanted(&d));
	draft_free(&d);
	spans_free(&pool);
	spans_free(&taken);
}

static void pieces_of_a_cell_do_not_meet(void **state)
{
	struct spans pool = { NULL, 0 }, taken = { NULL, 0 };
	struct draft d;
	__u64 missing;

	spans_add(&pool, 100 * MIB, 3 * MIB);
	make_cell(&d, 0, MIB);
	add(&d, 0, 2 * MIB, MIB, RAM, NULL);
	add(&d, 100 * MIB, 4 * MIB, 0x1000, RAM, NULL);	/* has its address */
	place_ask(&d, 2, MIB);
	assert_true(place_cell(&d, &pool, &taken, &missing));
	assert_int_equal(at(&d, 0)->phys_start, 100 * MIB + 0x1000);
	assert_int_equal(at(&d, 2)->phys_start, 102 * MIB);
	draft_free(&d);
	spans_free(&pool);
}

static void a_pool_at_the_end_of_all_addresses(void **state)
{
	struct spans pool = { NULL, 0 }, taken = { NULL, 0 };
	struct draft d;
	__u64 missing;

	spans_add(&pool, ~0ULL - MIB + 1, MIB);
	spans_add(&taken, ~0ULL - 0xfff, 0x1000);
	make_cell(&d, 0, MIB);
	assert_false(place_cell(&d, &pool, &taken, &missing));
	((struct jailhouse_memory *)draft_at(&d, DRAFT_MEMORY, 0))->size = ~0xfffULL;
	assert_false(place_cell(&d, &pool, &taken, &missing));
	draft_free(&d);
	spans_free(&pool);
	spans_free(&taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_system_gets_one_range_hypervisor_first),
		cmocka_unit_test(at_the_ends_of_ram_nothing_is_left_over),
		cmocka_unit_test(a_region_that_is_used_up_goes),
		cmocka_unit_test(only_rams_of_root_will_do),
		cmocka_unit_test(pieces_of_ram_are_one),
		cmocka_unit_test(sizes_beyond_all_addresses_are_no_place),
		cmocka_unit_test(damaged_requests_are_none),
		cmocka_unit_test(cells_get_what_others_have_left),
		cmocka_unit_test(pieces_of_a_cell_do_not_meet),
		cmocka_unit_test(a_pool_at_the_end_of_all_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
