// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/iommu/none.c hypervisor/iommu/iommu.c tests/unit/vdev_mock.c
 * hypervisor/core/mmio.c hypervisor/mm/page_pool.c
 */
/*
 * struct iommu_ops: what every implementation has to keep, run for each of them; and the subsystem
 * that uses the one of this image.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../unit/vdev_mock.h"
#include <hv/iommu.h>

static const struct iommu_ops *const implementations[] = { &iommu_none };

static struct jailhouse_pci_device devices[] = {
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE, .bdf = 0x18 },
	{ .type = JAILHOUSE_PCI_TYPE_BRIDGE, .bdf = 0x20 },
	{ .type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = 0x28 },
};
static struct jailhouse_memory regions[] = {
	{ .phys_start = 0x3a600000,
	  .virt_start = 0,
	  .size = 0x100000,
	  .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_DMA },
	{ .virt_start = 0x100000,
	  .size = 0x1000,
	  .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION },
};

static int setup(void **state)
{
	mock_setup(state);
	mock.cell.view.mem = regions;
	mock.cell.view.num_mem = ARRAY_SIZE(regions);
	return 0;
}

static void all_operations_are_there(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(implementations); i++) {
		const struct iommu_ops *o = implementations[i];

		assert_non_null(o->name);
		assert_true(o->init && o->domain_prepare && o->domain_abort && o->prepare_map &&
			    o->commit_map && o->commit_unmap);
		assert_true(o->attach && o->detach && o->flush && o->poll_faults && o->shutdown);
	}
}

static void a_domain_that_is_given_up_leaves_no_page_behind(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(implementations); i++) {
		const struct iommu_ops *o = implementations[i];
		u32 used;

		assert_int_equal(o->init(&mock.sys), 0);
		used = mock.sys.pool.used;
		assert_int_equal(o->domain_prepare(&mock.cell), 0);
		assert_int_equal(
			o->prepare_map(&mock.cell, (iova_t){ 0 }, 0x200000, PT_READ | PT_WRITE), 0);
		o->domain_abort(&mock.cell);
		assert_int_equal(mock.sys.pool.used, used);
		o->shutdown(&mock.sys);
	}
}

static void a_prepared_map_is_committed_and_undone(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(implementations); i++) {
		const struct iommu_ops *o = implementations[i];
		u32 used;

		assert_int_equal(o->init(&mock.sys), 0);
		used = mock.sys.pool.used;
		assert_int_equal(o->domain_prepare(&mock.cell), 0);
		assert_int_equal(o->prepare_map(&mock.cell, (iova_t){ 0x1000 }, 0x3000, PT_READ),
				 0);
		o->commit_map(&mock.cell, (iova_t){ 0x1000 }, hpa(0x3a601000), 0x3000, PT_READ);
		o->attach(&mock.cell, 0x18);
		o->flush(&mock.cell);
		o->poll_faults(&mock.sys);
		o->detach(&mock.cell, 0x18);
		o->commit_unmap(&mock.cell, (iova_t){ 0x1000 }, 0x3000);
		o->flush(&mock.cell);
		o->domain_abort(&mock.cell);
		assert_int_equal(mock.sys.pool.used, used);
		o->shutdown(&mock.sys);
	}
}

/* --- the subsystem ---------------------------------------------------------------------------- */

static void without_an_iommu_a_device_is_accepted_and_the_cell_marked(void **state)
{
	mock.cell.view.pci_devices = devices;
	mock.cell.view.num_pci_devices = ARRAY_SIZE(devices);
	assert_int_equal(subsys_iommu.init(&mock.sys), 0);
	assert_int_equal(mock.sys.caps & SYSTEM_CAP_IOMMU, 0);
	assert_int_equal(subsys_iommu.cell_prepare(&mock.sys, &mock.cell), 0);
	mock_commit(&subsys_iommu);
	assert_int_equal(iommu_cell_flags(&mock.cell), JAILHOUSE_STATUS_DMA_UNISOLATED);
	mock_release(&subsys_iommu);
	subsys_iommu.cell_abort(&mock.sys, &mock.cell);
}

static void without_devices_of_its_own_a_cell_is_not_marked(void **state)
{
	assert_int_equal(subsys_iommu.cell_prepare(&mock.sys, &mock.cell), 0);
	mock_commit(&subsys_iommu);
	assert_int_equal(iommu_cell_flags(&mock.cell), 0);
	mock.cell.view.pci_devices = devices + 2;	/* virtual: does no DMA */
	mock.cell.view.num_pci_devices = 1;
	assert_int_equal(iommu_cell_flags(&mock.cell), 0);
}

static void root_is_not_marked(void **state)
{
	mock.root.view.pci_devices = devices;
	mock.root.view.num_pci_devices = ARRAY_SIZE(devices);
	assert_int_equal(iommu_cell_flags(&mock.root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_operations_are_there, setup),
		cmocka_unit_test_setup(a_domain_that_is_given_up_leaves_no_page_behind, setup),
		cmocka_unit_test_setup(a_prepared_map_is_committed_and_undone, setup),
		cmocka_unit_test_setup(without_an_iommu_a_device_is_accepted_and_the_cell_marked,
				       setup),
		cmocka_unit_test_setup(without_devices_of_its_own_a_cell_is_not_marked, setup),
		cmocka_unit_test_setup(root_is_not_marked, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
