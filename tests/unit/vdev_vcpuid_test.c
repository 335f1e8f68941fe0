// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/x86/vcpuid.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c
 */
/*
 * CPUID as root and as a cell see it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"

enum { EAX, EBX, ECX, EDX };
#define BIT(n) (1u << (n))

static u32 regs[4];

static void query(struct cell *c, u32 leaf, u32 subleaf, u64 cr4, u32 hw)
{
	regs[EAX] = regs[EBX] = regs[ECX] = regs[EDX] = hw;
	vcpuid_filter(c, leaf, subleaf, cr4, regs);
}

static void the_hypervisor_introduces_itself_to_everybody(void **state)
{
	struct cell *cells[] = { &mock.root, &mock.cell };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		query(cells[i], 0x40000000, 0, 0, 0x54474354);
		assert_int_equal(regs[EAX], 0x40000001);
		assert_memory_equal(&regs[EBX], "Jailhouse\0\0\0", 12);
		query(cells[i], 0x40000001, 0, 0, ~0u);
		assert_int_equal(regs[EAX] | regs[EBX] | regs[ECX] | regs[EDX], 0);
		query(cells[i], 0x4fffffff, 0, 0, ~0u);
		assert_int_equal(regs[EAX] | regs[EBX] | regs[ECX] | regs[EDX], 0);
	}
}

static void root_sees_its_hardware(void **state)
{
	static const u32 leaves[] = { 0,   2,	 5,	     6,		 0xa,	     0xb,
				      0xf, 0x10, 0x80000001, 0x80000007, 0x8000000a, 0x8000001f };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		query(&mock.root, leaves[i], 0, 0, 0xa5a5a5a5);
		for (n = 0; n < 4; n++)
			assert_int_equal(regs[n], 0xa5a5a5a5);
	}
	query(&mock.root, 1, 0, 1 << 18, 0x7fffffff);
	assert_int_equal(regs[ECX], 0x7fffffff);
}

static void osxsave_and_ospke_mirror_the_guests_cr4(void **state)
{
	query(&mock.root, 1, 0, 1 << 18, 0);
	assert_int_equal(regs[ECX], BIT(27));
	query(&mock.root, 1, 0, 0, ~0u);
	assert_int_equal(regs[ECX], ~BIT(27));
	query(&mock.cell, 1, 0, 1 << 18, 0);
	assert_true(regs[ECX] & BIT(27));
	query(&mock.root, 7, 0, 1 << 22, 0);
	assert_int_equal(regs[ECX], BIT(4));
	query(&mock.root, 7, 0, 0, BIT(4));
	assert_int_equal(regs[ECX], 0);
	query(&mock.root, 7, 1, 0, BIT(4));
	assert_int_equal(regs[ECX], BIT(4));
}

static void a_cell_knows_that_it_is_a_guest_and_has_x2apic_registers(void **state)
{
	query(&mock.cell, 1, 0, 0, 0);
	assert_int_equal(regs[ECX], BIT(31) | BIT(21));
	query(&mock.root, 1, 0, 0, 0);
	assert_int_equal(regs[ECX], 0);
}

static void virtualization_is_hidden_from_cells(void **state)
{
	query(&mock.cell, 1, 0, 0, ~0u);
	assert_int_equal(regs[ECX] & BIT(5), 0);
	query(&mock.cell, 0x80000001, 0, 0, ~0u);
	assert_int_equal(regs[ECX] & (BIT(2) | BIT(12)), 0);
	query(&mock.cell, 0x8000000a, 0, 0, ~0u);
	assert_int_equal(regs[EAX] | regs[EBX] | regs[ECX] | regs[EDX], 0);
}

static void what_the_msr_policy_denies_is_not_advertised_to_cells(void **state)
{
	static const u32 empty[] = { 0xa,	 0xf,	     0x10,	 0x12,	     0x14,
				     0x8000001b, 0x8000001c, 0x8000001f, 0x80000020, 0x80000022 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(empty); i++) {
		query(&mock.cell, empty[i], 3, 0, ~0u);
		assert_int_equal(regs[EAX] | regs[EBX] | regs[ECX] | regs[EDX], 0);
	}
	query(&mock.cell, 7, 0, 0, ~0u);
	assert_int_equal(regs[EBX] & (BIT(12) | BIT(15) | BIT(25)), 0);
	query(&mock.cell, 6, 0, 0, ~0u);
	assert_int_equal(regs[EAX], BIT(2));
	assert_int_equal(regs[ECX], 1);
	query(&mock.cell, 0x80000007, 0, 0, ~0u);
	assert_int_equal(regs[EDX], BIT(8) | BIT(10));
	query(&mock.cell, 0x80000008, 0, 0, ~0u);
	assert_int_equal(regs[EBX] & (BIT(3) | BIT(6) | BIT(23) | BIT(27)), 0);
	query(&mock.cell, 0xd, 1, 0, ~0u);
	assert_int_equal(regs[EAX], ~BIT(4));
}

static void topology_and_features_of_user_programs_pass(void **state)
{
	static const u32 leaves[] = { 0,	  4,	      0xb,	  0x15,	      0x41,
				      0x46,	  0x3fffffff, 0x50000000, 0x80000000, 0x80000041,
				      0x80000002, 0x80000005, 0x8000001d, 0x8000001e };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		query(&mock.cell, leaves[i], 0, 0, 0x5a5a5a5a);
		for (n = 0; n < 4; n++)
			assert_int_equal(regs[n], 0x5a5a5a5a);
	}
	query(&mock.cell, 0xd, 0, 0, ~0u);
	assert_int_equal(regs[EAX], ~0u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hypervisor_introduces_itself_to_everybody),
		cmocka_unit_test(root_sees_its_hardware),
		cmocka_unit_test(osxsave_and_ospke_mirror_the_guests_cr4),
		cmocka_unit_test(a_cell_knows_that_it_is_a_guest_and_has_x2apic_registers),
		cmocka_unit_test(virtualization_is_hidden_from_cells),
		cmocka_unit_test(what_the_msr_policy_denies_is_not_advertised_to_cells),
		cmocka_unit_test(topology_and_features_of_user_programs_pass),
	};

	return cmocka_run_group_tests(tests, mock_setup, NULL);
}
