/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger's answers: extents, owners, holders, what is lent.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "core_support.h"
#include <hv/ownership.h>

#define ID 1

static void assert_extent(enum owned_kind kind, u64 start, u64 last, u32 owners, u32 holders)
{
	struct owned_extent e = ownership_at(&machine, kind, start);

	assert_int_equal(e.start, start);
	assert_int_equal(e.last, last);
	assert_int_equal(e.owners, owners);
	assert_int_equal(e.holders, holders);
}

static void all_is_roots_at_first(void **state)
{
	struct owned_extent hypervisor = ownership_at(&machine, OWNED_MEMORY, HV_PHYS);

	assert_extent(OWNED_MEMORY, 0, ROOT_RAM_END - 1, 1, 0);
	assert_extent(OWNED_MEMORY, ROOT_MOVED_PHYS, HV_PHYS - 1, 1, 0);
	assert_true(hypervisor.hypervisor);
	assert_int_equal(hypervisor.owners, 0);
	assert_int_equal(hypervisor.last, HV_PHYS + HV_SIZE - 1);
	assert_extent(OWNED_MEMORY, DEVICE_PHYS + DEVICE_SIZE, ~0ULL, 0, 0);
	assert_extent(OWNED_CPU, 3, 3, 1, 0);
	assert_extent(OWNED_CPU, 4, 255, 0, 0);
}

static void a_cell_owns_whole_pages_and_lends_what_is_being_loaded(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.mem_count = 3;
	spec.mem[2] = (struct jailhouse_memory){ 0x400000, 0x400000, 0x1000,
						 RAM_FLAGS | JAILHOUSE_MEM_ROOTSHARED };
	assert_int_equal(machine_create(&spec), 0);
	assert_extent(OWNED_MEMORY, 0, 0x1fffff, 1, 0);
	assert_extent(OWNED_MEMORY, 0x200000, 0x2fffff, 2, 2);
	assert_extent(OWNED_MEMORY, 0x323000, 0x327fff, 2, 2);
	assert_extent(OWNED_MEMORY, 0x400000, 0x400fff, 3, 0);
	assert_extent(OWNED_CPU, 1, 1, 2, 2);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_extent(OWNED_MEMORY, 0x200000, 0x2fffff, 3, 2);
	assert_extent(OWNED_MEMORY, 0x323000, 0x327fff, 2, 2);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_extent(OWNED_MEMORY, 0, ROOT_RAM_END - 1, 1, 0);
}

static void a_page_with_two_names_is_lent_under_either(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u8 value;

	spec.mem_count = 2;
	spec.mem[0] = (struct jailhouse_memory){ 0x400000, 0x80000000, 0x3000,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_LOADABLE };
	spec.mem[1] = (struct jailhouse_memory){ 0x401000, 0x90000000, 0x1000,
						 JAILHOUSE_MEM_READ };
	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	assert_extent(OWNED_MEMORY, 0x401000, 0x401fff, 2, 2);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_extent(OWNED_MEMORY, 0x401000, 0x401fff, 3, 2);
	assert_true(fake_guest_read8(&fake_vcpus[0], 0x401000, &value));
	assert_isolated();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	assert_false(fake_guest_read8(&fake_vcpus[0], 0x401000, &value));
}

static void a_part_of_a_page_counts_as_the_page(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.mem_count = 3;
	spec.mem[2] = (struct jailhouse_memory){ DEVICE_PHYS + 0x2010, 0xd0002010, 0x10,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO |
							 JAILHOUSE_MEM_IO_32 };
	assert_int_equal(machine_create(&spec), 0);
	assert_extent(OWNED_MEMORY, DEVICE_PHYS + 0x2000, DEVICE_PHYS + 0x2fff, 2, 2);
}

/* As scrubbing goes through the plan, where a cell holds but a part of a pair of regions. */
static void the_plan_in_two_steps_gives_the_same_extents(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);
	struct mem_extent a = { .phys = 0 }, b = a;
	struct mem_plan whole, steps;
	u32 count = 0;

	first.mem_count = second.mem_count = 4;
	first.mem[2] = (struct jailhouse_memory){ DEVICE_PHYS + 0x2010, 0xd0002010, 0x10,
						  JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO |
							  JAILHOUSE_MEM_IO_32 };
	second.mem[2] = first.mem[2];
	second.mem[2].phys_start += 0x20;
	first.mem[3] = (struct jailhouse_memory){ ROOT_MOVED_PHYS - 0x2000, 0x90000000, 0x4000,
						  RAM_FLAGS };
	second.mem[3] = (struct jailhouse_memory){ 0x700000, 0x90000000, 0x4000, RAM_FLAGS };
	assert_int_equal(machine_create(&first), 0);
	fake_run_cpus(1000);
	assert_int_equal(machine_create(&second), 0);
	mem_plan_start(&whole, machine_cell(1), MEM_PLAN_EXCLUSIVE);
	mem_plan_start(&steps, machine_cell(1), MEM_PLAN_EXCLUSIVE);
	while (mem_plan_seek(&steps)) {
		if (!mem_plan_run(&steps, &a))
			continue;
		assert_true(mem_plan_next(&whole, &b));
		assert_int_equal(a.phys, b.phys);
		assert_int_equal(a.size, b.size);
		assert_int_equal(a.root_virt, b.root_virt);
		count++;
	}
	assert_false(mem_plan_next(&whole, &b));
	/* image, heap, and a region across root's border; the shared register page is not moved */
	assert_int_equal(count, 4);
}

static void names_are_for_people(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	assert_int_equal(machine_create(&spec), 0);
	assert_string_equal(ownership_name(&machine, OWNED_MEMORY, 0x323abc), "first");
	assert_string_equal(ownership_name(&machine, OWNED_CPU, 1), "first");
	assert_string_equal(ownership_name(&machine, OWNED_MEMORY, 0), "nobody");
	assert_string_equal(ownership_name(&machine, OWNED_MEMORY, HV_PHYS), "the hypervisor");
	assert_null(ownership_cell(&machine, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_roots_at_first),
		TEST(a_cell_owns_whole_pages_and_lends_what_is_being_loaded),
		TEST(a_page_with_two_names_is_lent_under_either),
		TEST(a_part_of_a_page_counts_as_the_page),
		TEST(the_plan_in_two_steps_gives_the_same_extents),
		TEST(names_are_for_people),
	};

	return cmocka_run_group_tests_name("core_ownership", tests, NULL, NULL);
}
