// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/iommu/iommu.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c
 */
/* cflags: -Diommu_none=iommu_recorder */
/*
 * The subsystem around struct iommu_ops: which calls it makes, in which order, for which devices
 * and memory.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include "vdev_mock.h"
#include <hv/iommu.h>

static char calls[2000];
static int fail_prepare_map, fail_init;

static void note(const char *what, const struct cell *c, u64 a, u64 b)
{
	size_t used = strlen(calls);

	snprintf(calls + used, sizeof(calls) - used, "%s(%s,%llx,%llx) ", what,
		 c == &mock.root ? "root" : "cell", (unsigned long long)a, (unsigned long long)b);
}

static int record_init(struct system *s) { return fail_init; }
static int record_domain_prepare(struct cell *c) { note("domain", c, 0, 0); return 0; }
static void record_domain_abort(struct cell *c) { note("abort", c, 0, 0); }
static int record_prepare_map(struct cell *c, iova_t va, u64 size, u32 flags)
{
	note("prepare", c, va.v, size);
	return fail_prepare_map;
}
static void record_commit_map(struct cell *c, iova_t va, hpa_t pa, u64 size, u32 flags)
{
	note("map", c, pa.v, flags);
}
static void record_attach(struct cell *c, u32 device) { note("attach", c, device, 0); }
static void record_detach(struct cell *c, u32 device) { note("detach", c, device, 0); }
static void record_flush(struct cell *c) { note("flush", c, 0, 0); }
static void record_shutdown(struct system *s) { note("shutdown", s->root, 0, 0); }

extern const struct iommu_ops iommu_recorder;
const struct iommu_ops iommu_recorder = {
	.name = "recorder", .isolates = true, .init = record_init,
	.domain_prepare = record_domain_prepare,
	.domain_abort = record_domain_abort, .prepare_map = record_prepare_map,
	.commit_map = record_commit_map,
	.attach = record_attach, .detach = record_detach, .flush = record_flush,
	.shutdown = record_shutdown,
};

static struct jailhouse_pci_device devices[] = {
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE, .bdf = 0x18 },
	{ .type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = 0x28 },
	{ .type = JAILHOUSE_PCI_TYPE_BRIDGE, .domain = 2, .bdf = 0x20 },
};
static struct jailhouse_memory regions[] = {
	{ .phys_start = 0x3a600000,
	  .virt_start = 0,
	  .size = 0x100000,
	  .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_DMA },
	{ .virt_start = 0x100000,
	  .size = 0x1000,
	  .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_DMA },
	{ .phys_start = 0xfeb00000,
	  .virt_start = 0xfeb00000,
	  .size = 0x1000,
	  .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO },
	{ .phys_start = 0x3b000000,
	  .virt_start = 0x200000,
	  .size = 0x1000,
	  .flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_DMA },
	{ .size = 0, .flags = JAILHOUSE_MEM_DMA },
};

static int setup(void **state)
{
	mock_setup(state);
	calls[0] = 0;
	fail_prepare_map = fail_init = 0;
	mock.cell.view.pci_devices = devices;
	mock.cell.view.num_pci_devices = ARRAY_SIZE(devices);
	mock.cell.view.mem = regions;
	mock.cell.view.num_mem = ARRAY_SIZE(regions);
	return 0;
}

static void an_isolating_unit_is_a_capability_of_the_system(void **state)
{
	assert_int_equal(subsys_iommu.init(&mock.sys), 0);
	assert_int_equal(mock.sys.caps, SYSTEM_CAP_IOMMU);
	assert_int_equal(iommu_cell_flags(&mock.cell), 0);
	mock.sys.caps = 0;
	fail_init = -HV_ENODEV;
	assert_int_equal(subsys_iommu.init(&mock.sys), -HV_ENODEV);
	assert_int_equal(mock.sys.caps, 0);
}

static void memory_for_dma_is_prepared_and_nothing_else(void **state)
{
	assert_int_equal(subsys_iommu.cell_prepare(&mock.sys, &mock.cell), 0);
	assert_string_equal(calls,
			    "domain(cell,0,0) prepare(cell,0,100000) prepare(cell,200000,1000) ");
}

static void a_failing_prepare_is_undone(void **state)
{
	fail_prepare_map = -HV_ENOMEM;
	assert_int_equal(subsys_iommu.cell_prepare(&mock.sys, &mock.cell), -HV_ENOMEM);
	assert_string_equal(calls, "domain(cell,0,0) prepare(cell,0,100000) abort(cell,0,0) ");
}

static void devices_move_after_the_memory_is_mapped(void **state)
{
	mock_commit(&subsys_iommu);
	assert_string_equal(
		calls,
		"map(cell,3a600000,3) map(cell,3b000000,1) detach(root,18,0) detach(root,20020,0) "
		"attach(cell,18,0) attach(cell,20020,0) flush(cell,0,0) flush(root,0,0) ");
}

static void devices_move_back_on_release(void **state)
{
	mock_release(&subsys_iommu);
	subsys_iommu.cell_abort(&mock.sys, &mock.cell);
	subsys_iommu.shutdown(&mock.sys);
	assert_string_equal(
		calls,
		"detach(cell,18,0) detach(cell,20020,0) attach(root,18,0) attach(root,20020,0) "
		"flush(cell,0,0) flush(root,0,0) abort(cell,0,0) shutdown(root,0,0) ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_isolating_unit_is_a_capability_of_the_system, setup),
		cmocka_unit_test_setup(memory_for_dma_is_prepared_and_nothing_else, setup),
		cmocka_unit_test_setup(a_failing_prepare_is_undone, setup),
		cmocka_unit_test_setup(devices_move_after_the_memory_is_mapped, setup),
		cmocka_unit_test_setup(devices_move_back_on_release, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
