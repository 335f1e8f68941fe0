// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/subpage.c hypervisor/vdev/testdev.c tests/unit/vdev_mock.c
 * hypervisor/core/mmio.c hypervisor/mm/page_pool.c common/config/view.c common/config/rules.c
 */
/*
 * Windows smaller than a page, and the test device.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"

#define RW	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE)
#define WIDTHS                                                                                     \
	(JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_IO_64)
#define COMM	0x100000

static struct jailhouse_memory regions[] = {
	{ .phys_start = 0xfed00040,
	  .virt_start = 0xfed00100,
	  .size = 0x20,
	  .flags = RW | JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_32 },
	{ .phys_start = 0xfed00080,
	  .virt_start = 0xfed00120,
	  .size = 0x10,
	  .flags = JAILHOUSE_MEM_READ | WIDTHS },
	{ .phys_start = 0xfed00090,
	  .virt_start = 0xfed00130,
	  .size = 0x10,
	  .flags = JAILHOUSE_MEM_WRITE | WIDTHS },
	{ .phys_start = 0xfed01ff8,
	  .virt_start = 0xfed02000,
	  .size = 0x18,
	  .flags = RW | WIDTHS | JAILHOUSE_MEM_IO_UNALIGNED },
	{ .phys_start = 0x3a600000, .virt_start = 0, .size = 0x100000, .flags = RW },
	{ .virt_start = COMM, .size = 0x1000, .flags = RW | JAILHOUSE_MEM_COMM_REGION },
	{ .virt_start = 0x555, .size = 0, .flags = 0 },
};

static struct { u64 addr, value; unsigned int size, count; bool is_write; } device;

static u64 device_read(u64 addr, unsigned int size)
{
	device.addr = addr;
	device.size = size;
	device.is_write = false;
	device.count++;
	return device.value;
}

static void device_write(u64 addr, unsigned int size, u64 value)
{
	device_read(addr, size);
	device.is_write = true;
	device.value = value;
}

static int setup(void **state)
{
	mock_setup(state);
	memset(&device, 0, sizeof(device));
	mock.device_read = device_read;
	mock.device_write = device_write;
	mock.cell.view.mem = regions;
	mock.cell.view.num_mem = ARRAY_SIZE(regions);
	assert_int_equal(mock_prepare(&subsys_subpage, &mock.cell), 0);
	assert_int_equal(mock.cell.mmio.count, 4);
	return 0;
}

static int teardown(void **state)
{
	mock_abort(&subsys_subpage, &mock.cell);
	return 0;
}

static enum vdev_result access_as(unsigned int cpu, u64 addr, u8 size, bool is_write)
{
	u64 value = 0x1122334455667788;

	return mock_mmio(&mock.vcpus[cpu], addr, size, is_write, &value);
}

static void an_access_goes_to_the_same_offset_of_the_device(void **state)
{
	u64 value = 0xcafe;

	assert_int_equal(mock_mmio(&mock.vcpus[2], 0xfed00104, 4, true, &value), VDEV_OK);
	assert_int_equal(device.addr, 0xfed00044);
	assert_int_equal(device.size, 4);
	assert_int_equal(device.value, 0xcafe);
	device.value = 0xbeef;
	assert_int_equal(mock_mmio(&mock.vcpus[2], 0xfed0011e, 2, false, &value), VDEV_OK);
	assert_int_equal(device.addr, 0xfed0005e);
	assert_int_equal(value, 0xbeef);
	assert_int_equal(device.count, 2);
}

static void only_the_permitted_widths_are_taken(void **state)
{
	assert_int_equal(access_as(2, 0xfed00108, 1, false), VDEV_DENIED);
	assert_int_equal(access_as(2, 0xfed00108, 2, false), VDEV_OK);
	assert_int_equal(access_as(2, 0xfed00108, 4, true), VDEV_OK);
	assert_int_equal(access_as(2, 0xfed00108, 8, true), VDEV_DENIED);
	assert_int_equal(device.count, 2);
}

static void rights_are_checked_for_each_direction(void **state)
{
	assert_int_equal(access_as(2, 0xfed00120, 4, false), VDEV_OK);
	assert_int_equal(access_as(2, 0xfed00120, 4, true), VDEV_DENIED);
	assert_int_equal(access_as(2, 0xfed00130, 4, true), VDEV_OK);
	assert_int_equal(access_as(2, 0xfed00130, 4, false), VDEV_DENIED);
	assert_int_equal(device.count, 2);
}

static void alignment_counts_from_the_start_of_the_region(void **state)
{
	assert_int_equal(access_as(2, 0xfed00121, 2, false), VDEV_DENIED);
	assert_int_equal(access_as(2, 0xfed00126, 4, false), VDEV_DENIED);
	assert_int_equal(access_as(2, 0xfed00127, 1, false), VDEV_OK);
	assert_int_equal(access_as(2, 0xfed02009, 4, false), VDEV_OK);		/* IO_UNALIGNED */
	assert_int_equal(device.addr, 0xfed02001);
}

static void the_edges_of_a_region_hold(void **state)
{
	assert_int_equal(access_as(2, 0xfed0011c, 4, false), VDEV_OK);
	/* reaches into the next region */
	assert_int_equal(access_as(2, 0xfed0011e, 4, false), VDEV_UNHANDLED);
	assert_int_equal(access_as(2, 0xfed0013c, 8, true), VDEV_UNHANDLED);
	assert_int_equal(access_as(2, 0xfed000fe, 4, false), VDEV_UNHANDLED);
	assert_int_equal(access_as(2, 0xfed00140, 1, false), VDEV_UNHANDLED);
	assert_int_equal(device.count, 1);
}

static void one_access_never_touches_two_pages(void **state)
{
	assert_int_equal(access_as(2, 0xfed02006, 2, false), VDEV_OK);
	assert_int_equal(access_as(2, 0xfed02007, 2, false), VDEV_DENIED);
	assert_int_equal(access_as(2, 0xfed02004, 8, true), VDEV_DENIED);
	assert_int_equal(device.count, 1);
}

static void root_loses_a_window_that_it_gave_away(void **state)
{
	static struct jailhouse_memory roots[] = {
		{ .phys_start = 0xfed00040,
		  .virt_start = 0xfed00040,
		  .size = 0x100,
		  .flags = RW | WIDTHS },
	};

	mock.root.view.mem = roots;
	mock.root.view.num_mem = 1;
	assert_int_equal(mock_prepare(&subsys_subpage, &mock.root), 0);
	assert_int_equal(access_as(0, 0xfed00044, 4, false), VDEV_DENIED);
	assert_int_equal(access_as(0, 0xfed0005e, 2, true), VDEV_DENIED);
	assert_int_equal(access_as(0, 0xfed00060, 4, false), VDEV_OK);
	regions[0].flags |= JAILHOUSE_MEM_ROOTSHARED;
	assert_int_equal(access_as(0, 0xfed00044, 4, false), VDEV_OK);
	regions[0].flags &= ~JAILHOUSE_MEM_ROOTSHARED;
	mock.root.next = NULL;
	assert_int_equal(access_as(0, 0xfed00044, 4, false), VDEV_OK);
	mock_abort(&subsys_subpage, &mock.root);
}

static void an_overlap_is_refused(void **state)
{
	mock_abort(&subsys_subpage, &mock.cell);
	regions[2].virt_start = 0xfed00128;
	assert_int_equal(mock_prepare(&subsys_subpage, &mock.cell), -HV_EBUSY);
	regions[2].virt_start = 0xfed00130;
	mmio_table_destroy(&mock.cell);
	assert_int_equal(mock_prepare(&subsys_subpage, &mock.cell), 0);
}

/* --- test device ------------------------------------------------------------------------------ */

static int setup_testdev(void **state)
{
	mock_setup(state);
	mock.cell.view.mem = regions;
	mock.cell.view.num_mem = ARRAY_SIZE(regions);
	mock.cell.config->flags = JAILHOUSE_CELL_TEST_DEVICE;
	assert_int_equal(mock_prepare(&subsys_testdev, &mock.cell), 0);
	return 0;
}

static int teardown_testdev(void **state)
{
	mock_abort(&subsys_testdev, &mock.cell);
	return 0;
}

static void the_test_device_is_the_end_of_the_communication_page(void **state)
{
	u8 *page = (u8 *)mock.comm;
	u64 value = 0x1122334455667788;

	assert_int_equal(mock_mmio(&mock.vcpus[2], COMM + 0x1ff8, 8, true, &value), VDEV_OK);
	assert_memory_equal(page + 0xff8, &value, 8);
	assert_int_equal(mock_mmio(&mock.vcpus[2], COMM + 0x1ffa, 2, false, &value), VDEV_OK);
	assert_int_equal(value, 0x5566);
	value = 0xaa;
	assert_int_equal(mock_mmio(&mock.vcpus[2], COMM + 0x1fff, 1, true, &value), VDEV_OK);
	assert_int_equal(page[0xfff], 0xaa);
	page[0xffc] = 0xbb;
	assert_int_equal(mock_mmio(&mock.vcpus[2], COMM + 0x1ffc, 4, false, &value), VDEV_OK);
	assert_int_equal(value, 0xaa2233bb);
}

static void the_rest_of_the_test_devices_page_is_denied(void **state)
{
	assert_int_equal(access_as(2, COMM + 0x1ff0, 4, false), VDEV_DENIED);
	assert_int_equal(access_as(2, COMM + 0x1ff4, 8, true), VDEV_DENIED);
	assert_int_equal(access_as(2, COMM + 0x1ff9, 2, true), VDEV_DENIED);
	assert_int_equal(access_as(2, COMM + 0x1000, 4, true), VDEV_DENIED);
	assert_int_equal(access_as(2, COMM + 0x1ffc, 8, true), VDEV_UNHANDLED);
	assert_int_equal(((u8 *)mock.comm)[0xff8], 0);
}

static void the_communication_region_may_come_first(void **state)
{
	mock_abort(&subsys_testdev, &mock.cell);
	mock.cell.view.mem = regions + 5;
	mock.cell.view.num_mem = 1;
	assert_int_equal(mock_prepare(&subsys_testdev, &mock.cell), 0);
	assert_int_equal(access_as(2, COMM + 0x1ff8, 4, false), VDEV_OK);
}

static void the_test_device_takes_all_widths_both_ways(void **state)
{
	u64 value;
	u8 size;

	for (size = 1; size <= 8; size *= 2) {
		value = 0x8877665544332211;
		assert_int_equal(mock_mmio(&mock.vcpus[2], COMM + 0x1ff8, size, true, &value), VDEV_OK);
		value = 0;
		assert_int_equal(mock_mmio(&mock.vcpus[2], COMM + 0x1ff8, size, false, &value), VDEV_OK);
		assert_int_equal(value, 0x8877665544332211 & (~0ULL >> (64 - 8 * size)));
	}
}

static void without_its_page_there_is_no_test_device(void **state)
{
	mock_abort(&subsys_testdev, &mock.cell);
	mock.cell.view.num_mem = 1;
	assert_int_equal(mock_prepare(&subsys_testdev, &mock.cell), 0);
	assert_int_equal(access_as(2, COMM + 0x1ff8, 4, false), VDEV_UNHANDLED);
}

static void without_the_flag_there_is_no_test_device(void **state)
{
	mock_abort(&subsys_testdev, &mock.cell);
	mock.cell.config->flags = 0;
	assert_int_equal(mock_prepare(&subsys_testdev, &mock.cell), 0);
	assert_int_equal(access_as(2, COMM + 0x1ff8, 4, false), VDEV_UNHANDLED);
}

#define SUBPAGE_TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
#define TESTDEV_TEST(f)	cmocka_unit_test_setup_teardown(f, setup_testdev, teardown_testdev)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUBPAGE_TEST(an_access_goes_to_the_same_offset_of_the_device),
		SUBPAGE_TEST(only_the_permitted_widths_are_taken),
		SUBPAGE_TEST(rights_are_checked_for_each_direction),
		SUBPAGE_TEST(alignment_counts_from_the_start_of_the_region),
		SUBPAGE_TEST(the_edges_of_a_region_hold),
		SUBPAGE_TEST(one_access_never_touches_two_pages),
		SUBPAGE_TEST(root_loses_a_window_that_it_gave_away),
		SUBPAGE_TEST(an_overlap_is_refused),
		TESTDEV_TEST(the_test_device_is_the_end_of_the_communication_page),
		TESTDEV_TEST(the_rest_of_the_test_devices_page_is_denied),
		TESTDEV_TEST(the_communication_region_may_come_first),
		TESTDEV_TEST(the_test_device_takes_all_widths_both_ways),
		TESTDEV_TEST(without_its_page_there_is_no_test_device),
		TESTDEV_TEST(without_the_flag_there_is_no_test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
