/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/none.c hypervisor/iommu/iommu.c hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * VERIFY: each clause holds on a sound machine and is seen to fail by a planted fault; the digest.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include "core_support.h"

#define ID		1
#define HEAP_PHYS	0x323000ULL	/* machine_spec(1) */
#define HEAP_VIRT	0x200000ULL

static s64 call(u64 what)
{
	return machine_call(0, JAILHOUSE_HC_X_VERIFY, what, 0);
}

static const struct jailhouse_verify *verified(void)
{
	u32 slices = 0;

	assert_int_equal(call(JAILHOUSE_VERIFY_START), -HV_EAGAIN);
	while (call(JAILHOUSE_VERIFY_NEXT) == -HV_EAGAIN)
		assert_true(++slices < 10000);
	return &machine.status->verify;
}

static u32 total(const struct jailhouse_verify *v)
{
	u32 n, sum = 0;

	for (n = 0; n < JAILHOUSE_VERIFY_CLAUSES; n++)
		sum += v->violations[n];
	return sum;
}

static void assert_violated(u32 clause, s32 cell, u64 address)
{
	const struct jailhouse_verify *v = verified();

	assert_true(v->violations[clause] > 0);
	assert_int_equal(v->clause, clause);
	assert_int_equal(v->cell, cell);
	assert_int_equal(v->address, address);
}

static int with_a_cell(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	machine_boot();
	fake_host_tables_broken = false;
	start_cell(&spec);
	assert_int_equal(total(verified()), 0);
	return 0;
}

static void the_digest_is_the_same_after_create_and_destroy(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u64 before, with_cell;

	machine_boot();
	before = verified()->digest;
	assert_int_equal(verified()->digest, before);
	start_cell(&spec);
	with_cell = verified()->digest;
	assert_int_equal(total(&machine.status->verify), 0);
	assert_int_not_equal(with_cell, before);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_SET_LOADABLE, ID, POLITE), 0);
	assert_int_equal(total(verified()), 0);
	assert_int_not_equal(verified()->digest, with_cell);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
	assert_int_equal(verified()->digest, before);
	assert_int_equal(total(&machine.status->verify), 0);
}

static void a_page_that_the_cell_has_lost(void **state)
{
	struct pt *pt = &machine_cell(ID)->stage2;

	plant_page(pt, HEAP_VIRT + PAGE_SIZE, 0, 0);
	assert_violated(JAILHOUSE_VERIFY_COMPLETE, ID, HEAP_VIRT + PAGE_SIZE);
	assert_int_equal(total(&machine.status->verify), 1);
}

static void a_page_that_root_did_not_get_back(void **state)
{
	plant_hole(&machine.root->stage2, 0x5000, PAGE_SIZE);
	assert_violated(JAILHOUSE_VERIFY_COMPLETE, 0, 0x5000);
}

static void a_page_of_the_cell_that_root_reaches(void **state)
{
	pt_give_back(&machine.root->stage2, HEAP_PHYS, PAGE_SIZE);
	assert_violated(JAILHOUSE_VERIFY_GRANTED, 0, HEAP_PHYS);
}

static void a_page_at_an_address_that_no_region_names(void **state)
{
	assert_int_equal(pt_map(&machine_cell(ID)->stage2, 0x7ffff000, 0x5000, PAGE_SIZE, RAM_FLAGS), 0);
	assert_violated(JAILHOUSE_VERIFY_GRANTED, ID, 0x7ffff000);
}

static void another_page_than_configured(void **state)
{
	assert_int_equal(pt_map(&machine_cell(ID)->stage2, HEAP_VIRT, 0x5000, PAGE_SIZE, RAM_FLAGS), 0);
	assert_violated(JAILHOUSE_VERIFY_GRANTED, ID, HEAP_VIRT);
}

static void more_rights_than_configured(void **state)
{
	u64 status = arch_virt_to_phys(machine.status);

	plant_page(&machine.root->stage2, status, status, PT_READ | PT_WRITE);
	assert_violated(JAILHOUSE_VERIFY_GRANTED, 0, status);
}

static void private_memory_of_the_hypervisor(void **state)
{
	u64 pool = arch_virt_to_phys(machine.pool.base);

	assert_int_equal(pt_map(&machine_cell(ID)->stage2, 0x7ffff000, pool, PAGE_SIZE, PT_READ), 0);
	assert_violated(JAILHOUSE_VERIFY_HYPERVISOR, ID, 0x7ffff000);
}

static void memory_with_two_owners(void **state)
{
	struct cell_spec spec = machine_spec(2);

	machine_answer(ID, POLITE);
	start_cell(&spec);
	assert_int_equal(total(verified()), 0);
	/* as if the configuration had been accepted with it */
	((struct jailhouse_memory *)&machine_cell(2)->view.mem[1])->phys_start = HEAP_PHYS;
	verified();
	assert_true(machine.status->verify.violations[JAILHOUSE_VERIFY_SHARING] > 0);
}

static void permission_maps_that_differ(void **state)
{
	machine_cell(ID)->arch.permissions[100] ^= 4;
	assert_violated(JAILHOUSE_VERIFY_PERMISSIONS, ID, 0);
}

static void cpus_with_two_owners_or_another_one(void **state)
{
	u32 cpu = cell_next_cpu(machine_cell(ID), 0);

	machine.root->cpu_set[0] |= 1ULL << cpu;
	assert_violated(JAILHOUSE_VERIFY_CPUS, ID, cpu);
	machine.root->cpu_set[0] &= ~(1ULL << cpu);
	machine.pcpus[cpu].cell = machine.root;
	assert_violated(JAILHOUSE_VERIFY_CPUS, 0, cpu);
}

static void tables_of_the_hypervisor(void **state)
{
	fake_host_tables_broken = true;
	assert_violated(JAILHOUSE_VERIFY_HOST_TABLES, -1, 0);
	/* four common parts, four CPUs */
	assert_int_equal(machine.status->verify.violations[JAILHOUSE_VERIFY_HOST_TABLES], 8);
	fake_host_tables_broken = false;
}

static void tables_of_a_cells_cpu(void **state)
{
	u32 cpu = cell_next_cpu(machine_cell(ID), 0);

	fake_own_tables_broken = 1U << cpu;
	assert_violated(JAILHOUSE_VERIFY_HOST_TABLES, ID, ARCH_OWN_TABLES);
	assert_int_equal(machine.status->verify.violations[JAILHOUSE_VERIFY_HOST_TABLES], 1);
	fake_own_tables_broken = 0;
	assert_int_equal(total(verified()), 0);
}

/* Is it all right? Nobody knows. */
static void a_cpu_that_does_not_answer(void **state)
{
	u32 cpu = cell_next_cpu(machine_cell(ID), 0), calls = 0;

	assert_int_equal(call(JAILHOUSE_VERIFY_START), -HV_EAGAIN);
	fake_vcpus[cpu].pcpu->ctrl.suspend_count++;
	while (call(JAILHOUSE_VERIFY_NEXT) == -HV_EAGAIN) {
		fake_advance_time(100000);
		assert_true(++calls < 10000);
	}
	fake_vcpus[cpu].pcpu->ctrl.suspend_count--;
	assert_int_equal(machine.status->verify.violations[JAILHOUSE_VERIFY_HOST_TABLES], 1);
	assert_int_equal(machine.status->verify.cell, ID);
}

static void a_change_in_between_begins_it_anew(void **state)
{
	struct cell_spec spec = machine_spec(2);

	assert_int_equal(call(JAILHOUSE_VERIFY_START), -HV_EAGAIN);
	assert_int_equal(call(JAILHOUSE_VERIFY_NEXT), -HV_EAGAIN);
	machine_answer(ID, POLITE);
	assert_int_equal(machine_create(&spec), 0);
	while (call(JAILHOUSE_VERIFY_NEXT) == -HV_EAGAIN)
		;
	assert_int_equal(total(&machine.status->verify), 0);
	{
		u64 digest = machine.status->verify.digest;

		assert_int_equal(verified()->digest, digest);
	}
}

static void only_root_and_only_known_questions(void **state)
{
	assert_int_equal(call(2), -HV_EINVAL);
	assert_int_equal(call(~0ULL), -HV_EINVAL);
	assert_int_equal(hypercall_handle(&fake_vcpus[1], JAILHOUSE_HC_X_VERIFY, 0, 0), -HV_EPERM);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_X_VERIFY + 1, 0, 0), -HV_ENOSYS);
}

static void regions_without_rights_and_windows_map_nothing(void **state)
{
	struct cell_spec spec = machine_spec(2);

	spec.mem[spec.mem_count++] = (struct jailhouse_memory){ 0x800000, 0x900000, 0x2000, 0 };
	spec.mem[spec.mem_count++] = (struct jailhouse_memory){
		DEVICE_PHYS + 0x40, 0xa00040, 0x10, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32 };
	start_cell(&spec);
	assert_int_equal(total(verified()), 0);
}

static void cpus_that_are_offline_belong_to_nobody(void **state)
{
	assert_int_equal(machine_boot_with(7, 3), 0);
	assert_int_equal(total(verified()), 0);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 3, 0), -HV_EINVAL);
}

static void while_another_call_is_under_way_it_waits(void **state)
{
	machine.mgmt_lock.locked = 1;
	assert_true(call(JAILHOUSE_VERIFY_START) < 0);
	machine.mgmt_lock.locked = 0;
}

/* Only what changes who has what makes it wait. */
static void a_cell_that_is_asked_to_end_is_looked_at_too(void **state)
{
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), -HV_EAGAIN);
	assert_int_equal(machine.pending_cell->pending, CELL_PENDING_REPLY);
	assert_int_equal(total(verified()), 0);
	assert_int_equal(machine.pending_cell->pending, CELL_PENDING_REPLY);
}

#define FAULT(name) cmocka_unit_test_setup(name, with_a_cell)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_the_same_after_create_and_destroy),
		FAULT(regions_without_rights_and_windows_map_nothing),
		FAULT(cpus_that_are_offline_belong_to_nobody),
		FAULT(while_another_call_is_under_way_it_waits),
		FAULT(a_cell_that_is_asked_to_end_is_looked_at_too),
		FAULT(a_page_that_the_cell_has_lost),
		FAULT(a_page_that_root_did_not_get_back),
		FAULT(a_page_of_the_cell_that_root_reaches),
		FAULT(a_page_at_an_address_that_no_region_names),
		FAULT(another_page_than_configured),
		FAULT(more_rights_than_configured),
		FAULT(private_memory_of_the_hypervisor),
		FAULT(memory_with_two_owners),
		FAULT(permission_maps_that_differ),
		FAULT(cpus_with_two_owners_or_another_one),
		FAULT(tables_of_the_hypervisor),
		FAULT(tables_of_a_cells_cpu),
		FAULT(a_cpu_that_does_not_answer),
		FAULT(a_change_in_between_begins_it_anew),
		FAULT(only_root_and_only_known_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
