/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * struct iommu_ops: what every implementation has to keep, run for each of them on the model
 * machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../unit/core_support.h"
#include <arch/contract.h>
#include <hv/x86/vdev.h>

static const struct iommu_ops *const implementations[] = { &iommu_none, &iommu_model };
static const struct subsys_ops *const subsystems[] = { &subsys_pci, &subsys_iommu, NULL };

/* The n-th implementation on a machine of its own. */
static const struct iommu_ops *boot_with(u32 n)
{
	machine_subsystems = subsystems;
	machine_has_iommu = implementations[n]->isolates;
	machine_boot();
	return implementations[n];
}

#define for_each_implementation(o, n)                                                              \
	for ((n) = 0; (n) < ARRAY_SIZE(implementations) && ((o) = boot_with(n)); (n)++)

static void all_operations_are_there(void **state)
{
	const struct iommu_ops *o;
	u32 n;

	for_each_implementation(o, n) {
		assert_true(o->name && o->format && o->init && o->domain_prepare);
		assert_true(o->domain_abort && o->start && o->attach && o->detach && o->flush);
		assert_true(o->poll_faults && o->shutdown);
	}
}

static void who_isolates_has_tables(void **state)
{
	const struct iommu_ops *o;
	u32 n;

	for_each_implementation(o, n)
		assert_int_equal(o->isolates, o->format() != NULL);
}

static void a_domain_that_is_given_up_leaves_no_page_behind(void **state)
{
	struct cell c = { .id = 9, .sys = &machine };
	const struct iommu_ops *o;
	u32 n, used;

	for_each_implementation(o, n) {
		used = machine.pool.used;
		assert_int_equal(o->domain_prepare(&c), 0);
		o->flush(&c);
		o->poll_faults(&machine);
		o->domain_abort(&c);
		assert_int_equal(machine.pool.used, used);
	}
}

static bool reaches(u32 function, u64 iova)
{
	u64 hpa;

	return fake_dma(function, iova, PT_READ, &hpa);
}

static void a_detached_device_reaches_nothing_after_the_flush_if_dma_is_isolated(void **state)
{
	const struct iommu_ops *o;
	u32 n;

	for_each_implementation(o, n) {
		arch_pci_cfg_write(FAKE_PCI_BDF(0), 4, 2, 4);
		assert_true(reaches(0, 0x5000));
		o->detach(machine.root, FAKE_PCI_BDF(0));
		o->flush(machine.root);
		assert_int_equal(reaches(0, 0x5000), !o->isolates);
		o->attach(machine.root, FAKE_PCI_BDF(0));
		o->flush(machine.root);
		assert_true(reaches(0, 0x5000));
	}
}

static void an_unmapped_page_is_gone_after_the_flush(void **state)
{
	const struct iommu_ops *o;
	u32 n;

	for_each_implementation(o, n) {
		arch_pci_cfg_write(FAKE_PCI_BDF(0), 4, 2, 4);
		assert_true(reaches(0, 0x5000));
		if (machine.root->dma.root)
			plant_hole(&machine.root->dma, 0x5000, PAGE_SIZE);
		iommu_flush_root(&machine);
		assert_int_equal(reaches(0, 0x5000), !o->isolates);
		assert_true(reaches(0, 0x6000));
		if (machine.root->dma.root)
			pt_give_back(&machine.root->dma, 0x5000, PAGE_SIZE);
		iommu_flush_root(&machine);
		assert_true(reaches(0, 0x5000));
	}
}

static void after_shutdown_nothing_is_translated(void **state)
{
	const struct iommu_ops *o;
	u32 n;

	for_each_implementation(o, n) {
		arch_pci_cfg_write(FAKE_PCI_BDF(0), 4, 2, 4);
		o->shutdown(&machine);
		assert_true(reaches(0, HV_PHYS));
	}
}

/* --- marks ------------------------------------------------------------------------------------ */

static void create_with_functions(u32 id, u32 functions)
{
	struct cell_spec spec = machine_spec(id);

	spec.functions = functions;
	assert_int_equal(machine_create(&spec), 0);
}

static void a_cell_with_a_device_is_marked_where_nothing_isolates(void **state)
{
	const struct iommu_ops *o;
	u32 n;

	for_each_implementation(o, n) {
		create_with_functions(1, 1);
		fake_run_cpus(1000);
		create_with_functions(2, 0);
		assert_int_equal(!iommu_cell_flags(machine_cell(1)), o->isolates);
		assert_int_equal(iommu_cell_flags(machine_cell(2)), 0);
		assert_int_equal(iommu_cell_flags(machine.root), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_operations_are_there),
		cmocka_unit_test(who_isolates_has_tables),
		cmocka_unit_test(a_domain_that_is_given_up_leaves_no_page_behind),
		cmocka_unit_test(
			a_detached_device_reaches_nothing_after_the_flush_if_dma_is_isolated),
		cmocka_unit_test(an_unmapped_page_is_gone_after_the_flush),
		cmocka_unit_test(after_shutdown_nothing_is_translated),
		cmocka_unit_test(a_cell_with_a_device_is_marked_where_nothing_isolates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
