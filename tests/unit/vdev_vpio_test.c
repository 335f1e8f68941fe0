// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/x86/vpio.c tests/unit/vdev_mock.c hypervisor/core/mmio.c
 * hypervisor/mm/page_pool.c hypervisor/core/ownership.c common/config/
 */
/*
 * Ports: permission map, and what happens to the accesses that it intercepts.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"

#define BITMAP_SIZE 12288
static u8 bitmap[BITMAP_SIZE];

static const struct jailhouse_pio root_ports[] = {
	PIO_RANGE(0x20, 2), PIO_RANGE(0x60, 5), PIO_RANGE(0x2f0, 0x18), PIO_RANGE(0x3f8, 8),
	PIO_RANGE(0xcf0, 0x20), PIO_RANGE(0xfff0, 0x10),
};
static const struct jailhouse_pio cell_ports[] = { PIO_RANGE(0x2f8, 8) };

static struct {
	u16 bdf, offset;
	unsigned int size, count;
	bool is_write;
	u32 value;
	enum vdev_result result;
} pci;

enum vdev_result vpci_cfg_access(struct vcpu *v, u16 bdf, u16 offset, unsigned int size,
				 bool is_write, u32 *value)
{
	pci.bdf = bdf;
	pci.offset = offset;
	pci.size = size;
	pci.is_write = is_write;
	pci.count++;
	if (is_write)
		pci.value = *value;
	else
		*value = pci.value;
	return pci.result;
}

static int setup(void **state)
{
	mock_setup(state);
	memset(&pci, 0, sizeof(pci));
	mock.root.view.pio = root_ports;
	mock.root.view.num_pio = ARRAY_SIZE(root_ports);
	mock.cell.view.pio = cell_ports;
	mock.cell.view.num_pio = ARRAY_SIZE(cell_ports);
	mock.config.platform_info.x86.pm_timer_address = 0x608;
	return 0;
}

static bool intercepted(u32 port)
{
	return bitmap[port / 8] >> (port % 8) & 1;
}

static enum vdev_result port_access(unsigned int cpu, u16 port, u8 size, bool is_write, u32 *value)
{
	struct pio_access a = { .port = port, .size = size, .is_write = is_write, .value = *value };
	enum vdev_result result = vpio_access(&mock.vcpus[cpu], &a);

	*value = a.value;
	return result;
}

static enum vdev_result port_write(unsigned int cpu, u16 port, u8 size, u32 value)
{
	return port_access(cpu, port, size, true, &value);
}

static void listed_ports_are_direct_and_all_others_are_not(void **state)
{
	u32 port;

	vpio_fill_bitmap(&mock.cell, bitmap);
	for (port = 0; port < 0x10000; port++)
		assert_int_equal(intercepted(port), !((port >= 0x2f8 && port < 0x300) ||
						      (port >= 0x608 && port < 0x60c)));
	for (port = 0x10000; port < BITMAP_SIZE * 8; port++)
		assert_true(intercepted(port));
}

static void root_loses_the_ports_that_it_gave_away(void **state)
{
	vpio_fill_bitmap(&mock.root, bitmap);
	assert_true(intercepted(0x2f8) && intercepted(0x2ff));
	assert_false(intercepted(0x2f7) || intercepted(0x300));
	assert_false(intercepted(0x3f8) || intercepted(0x20) || intercepted(0xffff));
	mock.root.next = NULL;
	vpio_fill_bitmap(&mock.root, bitmap);
	assert_false(intercepted(0x2f8) || intercepted(0x2ff));
}

static void moderated_ports_are_never_direct(void **state)
{
	u32 port;

	vpio_fill_bitmap(&mock.root, bitmap);
	assert_true(intercepted(0x64));
	assert_false(intercepted(0x60) || intercepted(0x63) || intercepted(0xcf7) ||
		     intercepted(0xd00));
	for (port = 0xcf8; port <= 0xcff; port++)
		assert_true(intercepted(port));
}

static void pci_address_port_is_a_cells_own(void **state)
{
	u32 value;

	assert_int_equal(port_write(0, 0xcf8, 4, 0x80001234), VDEV_OK);
	assert_int_equal(port_write(2, 0xcf8, 4, 0x80000000), VDEV_OK);
	assert_int_equal(port_access(1, 0xcf8, 4, false, &value), VDEV_OK);
	assert_int_equal(value, 0x80001234);
	assert_int_equal(port_access(3, 0xcf8, 4, false, &value), VDEV_OK);
	assert_int_equal(value, 0x80000000);
	assert_int_equal(mock.pio.count, 0);
}

static void pci_address_port_takes_dwords_only(void **state)
{
	u32 value = 0;

	assert_int_equal(port_write(0, 0xcf8, 1, 0), VDEV_UNHANDLED);
	assert_int_equal(port_write(0, 0xcf8, 2, 0), VDEV_UNHANDLED);
	assert_int_equal(port_write(0, 0xcf9, 1, 6), VDEV_UNHANDLED);
	assert_int_equal(port_access(0, 0xcfb, 1, false, &value), VDEV_UNHANDLED);
	assert_int_equal(mock.root.pci_address_port, 0);
	assert_int_equal(mock.pio.count, 0);
}

static void pci_data_ports_reach_the_configuration_space(void **state)
{
	u32 value = 0xabcd;

	port_write(0, 0xcf8, 4, 0x80000000 | 0x12fb << 8 | 0x43);
	assert_int_equal(port_access(0, 0xcfe, 2, true, &value), VDEV_OK);
	assert_int_equal(pci.bdf, 0x12fb);
	assert_int_equal(pci.offset, 0x42);
	assert_int_equal(pci.size, 2);
	assert_int_equal(pci.value, 0xabcd);
	pci.result = VDEV_DENIED;
	assert_int_equal(port_access(0, 0xcfd, 1, false, &value), VDEV_DENIED);
	assert_int_equal(pci.offset, 0x41);
}

static void pci_data_ports_are_silent_without_the_enable_bit(void **state)
{
	u32 value = 0;

	port_write(0, 0xcf8, 4, 0x00001200);
	assert_int_equal(port_access(0, 0xcfc, 4, false, &value), VDEV_SKIP);
	assert_int_equal(port_access(0, 0xcfc, 4, true, &value), VDEV_SKIP);
	assert_int_equal(pci.count, 0);
}

static void misaligned_pci_data_accesses_are_nobodys(void **state)
{
	port_write(0, 0xcf8, 4, 0x80000000);
	assert_int_equal(port_write(0, 0xcfd, 4, 0), VDEV_UNHANDLED);
	assert_int_equal(port_write(0, 0xcfd, 2, 0), VDEV_UNHANDLED);
	assert_int_equal(port_write(0, 0xcff, 2, 0), VDEV_UNHANDLED);
	assert_int_equal(pci.count, 0);
}

static void keyboard_controller_does_not_reset_the_machine(void **state)
{
	u32 command;

	for (command = 0; command < 0x100; command++) {
		bool dangerous = command == 0xd1 || command >= 0xf0;
		unsigned int before = mock.pio.count;

		assert_int_equal(port_write(0, 0x64, 1, command),
				 dangerous ? VDEV_DENIED : VDEV_OK);
		assert_int_equal(mock.pio.count, before + !dangerous);
	}
}

static void keyboard_controller_takes_bytes_only(void **state)
{
	u32 value = 0;

	assert_int_equal(port_write(0, 0x64, 2, 0), VDEV_DENIED);
	assert_int_equal(port_access(0, 0x64, 4, false, &value), VDEV_DENIED);
	mock.pio.value = 0x1c;
	assert_int_equal(port_access(0, 0x64, 1, false, &value), VDEV_OK);
	assert_int_equal(value, 0x1c);
}

static void keyboard_controller_must_be_granted(void **state)
{
	u32 value = 0;

	assert_int_equal(port_access(2, 0x64, 1, false, &value), VDEV_UNHANDLED);
	mock.cell.view.pio = (const struct jailhouse_pio[]){ PIO_RANGE(0x60, 5) };
	assert_int_equal(port_access(2, 0x64, 1, false, &value), VDEV_OK);
	/* root gave it away */
	assert_int_equal(port_access(0, 0x64, 1, false, &value), VDEV_UNHANDLED);
	mock.cell.view.pio = (const struct jailhouse_pio[]){ PIO_RANGE(0x60, 4) };
	assert_int_equal(port_access(2, 0x64, 1, false, &value), VDEV_UNHANDLED);
	mock.cell.view.pio = (const struct jailhouse_pio[]){ PIO_RANGE(0x64, 1) };
	assert_int_equal(port_access(2, 0x64, 1, false, &value), VDEV_OK);
	mock.cell.view.pio = (const struct jailhouse_pio[]){ PIO_RANGE(0x65, 1) };
	assert_int_equal(port_access(2, 0x64, 1, false, &value), VDEV_UNHANDLED);
}

static void post_codes_are_ignored(void **state)
{
	u32 value = 0;

	assert_int_equal(port_write(2, 0x80, 1, 0x55), VDEV_SKIP);
	assert_int_equal(port_write(2, 0x80, 2, 0x55), VDEV_UNHANDLED);
	assert_int_equal(port_access(2, 0x80, 1, false, &value), VDEV_UNHANDLED);
	assert_int_equal(mock.pio.count, 0);
}

static void other_ports_are_nobodys(void **state)
{
	assert_int_equal(port_write(2, 0x3f8, 1, 0), VDEV_UNHANDLED);
	assert_int_equal(port_write(0, 0xcf7, 4, 0), VDEV_UNHANDLED);
	assert_int_equal(port_write(0, 0x61, 4, 0), VDEV_UNHANDLED);
}

static void without_a_timer_its_ports_are_nobodys(void **state)
{
	mock.config.platform_info.x86.pm_timer_address = 0;
	vpio_fill_bitmap(&mock.cell, bitmap);
	assert_true(intercepted(0x608));
	assert_true(intercepted(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_timer_its_ports_are_nobodys, setup),
		cmocka_unit_test_setup(listed_ports_are_direct_and_all_others_are_not, setup),
		cmocka_unit_test_setup(root_loses_the_ports_that_it_gave_away, setup),
		cmocka_unit_test_setup(moderated_ports_are_never_direct, setup),
		cmocka_unit_test_setup(pci_address_port_is_a_cells_own, setup),
		cmocka_unit_test_setup(pci_address_port_takes_dwords_only, setup),
		cmocka_unit_test_setup(pci_data_ports_reach_the_configuration_space, setup),
		cmocka_unit_test_setup(pci_data_ports_are_silent_without_the_enable_bit, setup),
		cmocka_unit_test_setup(misaligned_pci_data_accesses_are_nobodys, setup),
		cmocka_unit_test_setup(keyboard_controller_does_not_reset_the_machine, setup),
		cmocka_unit_test_setup(keyboard_controller_takes_bytes_only, setup),
		cmocka_unit_test_setup(keyboard_controller_must_be_granted, setup),
		cmocka_unit_test_setup(post_codes_are_ignored, setup),
		cmocka_unit_test_setup(other_ports_are_nobodys, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
