// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/iommu/iommu.c hypervisor/iommu/none.c tests/unit/vdev_mock.c
 * hypervisor/core/mmio.c hypervisor/mm/page_pool.c hypervisor/mm/pt.c
 * hypervisor/arch/fake/hal/ram.c
 */
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
static int fail_domain, fail_init;

static void note(const char *what, const struct cell *c, u64 a)
{
	size_t used = strlen(calls);

	snprintf(calls + used, sizeof(calls) - used, "%s(%s,%llx) ", what,
		 c == &mock.root ? "root" : "cell", (unsigned long long)a);
}

static const struct pt_format *record_format(void) { return NULL; }
static int record_init(struct system *s) { return fail_init; }
static int absent_init(struct system *s) { return -HV_ENODEV; }
static int record_domain_prepare(struct cell *c) { note("domain", c, 0); return fail_domain; }
static void record_domain_abort(struct cell *c) { note("abort", c, 0); }
static void record_start(struct system *s) { note("start", s->root, 0); }
static void record_attach(struct cell *c, u32 device) { note("attach", c, device); }
static void record_detach(struct cell *c, u32 device) { note("detach", c, device); }
static void record_flush(struct cell *c) { note("flush", c, 0); }
static void record_shutdown(struct system *s) { note("shutdown", s->root, 0); }

static const struct iommu_ops recorder = {
	.name = "recorder", .isolates = true, .format = record_format, .init = record_init,
	.domain_prepare = record_domain_prepare, .domain_abort = record_domain_abort,
	.start = record_start, .attach = record_attach, .detach = record_detach,
	.flush = record_flush, .shutdown = record_shutdown,
};
static const struct iommu_ops not_there = { .name = "not there", .init = absent_init };
static const struct iommu_ops *const both[] = { &not_there, &recorder, NULL };
static const struct iommu_ops *const none_there[] = { &not_there, NULL };

static struct jailhouse_pci_device devices[] = {
	{ .type = JAILHOUSE_PCI_TYPE_DEVICE, .bdf = 0x18 },
	{ .type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = 0x28 },
	{ .type = JAILHOUSE_PCI_TYPE_BRIDGE, .domain = 2, .bdf = 0x20 },
};
static int setup(void **state)
{
	mock_setup(state);
	calls[0] = 0;
	fail_domain = fail_init = 0;
	mock.sys.iommus = both;
	mock.cell.view.pci_devices = devices;
	mock.cell.view.num_pci_devices = ARRAY_SIZE(devices);
	return subsys_iommu.init(&mock.sys);
}

static void the_first_unit_that_is_there_is_used(void **state)
{
	assert_ptr_equal(mock.sys.iommu, &recorder);
	assert_int_equal(mock.sys.caps, SYSTEM_CAP_IOMMU);
	assert_int_equal(iommu_cell_flags(&mock.cell), 0);
}

static void a_unit_that_fails_is_not_passed_over(void **state)
{
	mock.sys.iommu = NULL;
	mock.sys.caps = 0;
	fail_init = -HV_EIO;
	assert_int_equal(subsys_iommu.init(&mock.sys), -HV_EIO);
	assert_int_equal(mock.sys.caps, 0);
}

static void without_a_unit_there_is_none(void **state)
{
	mock.sys.iommu = NULL;
	mock.sys.iommus = none_there;
	mock.sys.caps = 0;
	assert_int_equal(subsys_iommu.init(&mock.sys), 0);
	assert_int_equal(mock.sys.caps, 0);
	assert_int_equal(iommu_cell_flags(&mock.cell), JAILHOUSE_STATUS_DMA_UNISOLATED);
}

static void a_failing_prepare_leaves_nothing(void **state)
{
	fail_domain = -HV_ENOMEM;
	assert_int_equal(iommu_prepare(&mock.sys, &mock.cell), -HV_ENOMEM);
	iommu_abort(&mock.sys, &mock.cell);
	assert_string_equal(calls, "domain(cell,0) ");
}

static void roots_devices_are_attached_before_translation_begins(void **state)
{
	mock.root.view.pci_devices = devices;
	mock.root.view.num_pci_devices = 1;
	iommu_start(&mock.sys);
	assert_string_equal(calls, "attach(root,18) flush(root,0) start(root,0) ");
}

static void the_old_domain_is_flushed_before_a_device_gets_the_new_one(void **state)
{
	mock_commit(&subsys_iommu);
	assert_string_equal(calls, "detach(root,18) detach(root,20020) flush(root,0) "
				   "attach(cell,18) attach(cell,20020) flush(cell,0) ");
}

static void devices_move_back_on_release(void **state)
{
	assert_int_equal(iommu_prepare(&mock.sys, &mock.cell), 0);
	calls[0] = 0;
	mock_release(&subsys_iommu);
	iommu_abort(&mock.sys, &mock.cell);
	subsys_iommu.shutdown(&mock.sys);
	assert_string_equal(calls, "detach(cell,18) detach(cell,20020) flush(cell,0) "
				   "attach(root,18) attach(root,20020) flush(root,0) "
				   "abort(cell,0) shutdown(root,0) ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_unit_that_is_there_is_used, setup),
		cmocka_unit_test_setup(a_unit_that_fails_is_not_passed_over, setup),
		cmocka_unit_test_setup(without_a_unit_there_is_none, setup),
		cmocka_unit_test_setup(a_failing_prepare_leaves_nothing, setup),
		cmocka_unit_test_setup(roots_devices_are_attached_before_translation_begins, setup),
		cmocka_unit_test_setup(the_old_domain_is_flushed_before_a_device_gets_the_new_one,
				       setup),
		cmocka_unit_test_setup(devices_move_back_on_release, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
