// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/vdev/x86/vioapic.c hypervisor/vdev/x86/irq_route.c tests/unit/vdev_mock.c
 * hypervisor/core/mmio.c hypervisor/mm/page_pool.c common/config/rules.c
 */
/*
 * IOAPIC pins per cell, against a model of the chip.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vdev_mock.h"
#include <common/config/rules.h>

#define BASE		0xfec00000ULL
#define PINS		24
#define MASKED		0x10000ULL
#define LEVEL		0x8000ULL
#define REMOTE_IRR	0x4000ULL
#define LOGICAL		0x800ULL
#define PHYSICAL(id)	((u64)(id) << 56)
#define FLAT(mask)	(LOGICAL | (u64)(mask) << 56)

static struct jailhouse_irqchip root_chips[] = { { .address = BASE, .pin_bitmap = { 0x00ffff } } };
static struct jailhouse_irqchip cell_chips[] = { { .address = BASE, .pin_bitmap = { 0x000018 } } };

/* --- model of the chip ------------------------------------------------------------------------ */

static struct {
	u32 index, version;
	u64 entries[PINS];
	unsigned int writes;
	/*
	 * every state that an entry passed through while it was unmasked: nothing half-written may
	 * be among them
	 */
	unsigned int foreign_moments;
} chip;

static bool aims_at_root_only(u64 entry)
{
	u64 dest = entry >> 56;

	if (entry & LOGICAL)
		return dest && !(dest & ~0x33ULL);
	return dest == MOCK_HW_ID(0) || dest == MOCK_HW_ID(1) || dest == MOCK_HW_ID(4) ||
	       dest == MOCK_HW_ID(5);
}

static bool check_moments;

static u64 model_read(u64 addr, unsigned int size)
{
	assert_int_equal(size, 4);
	if (addr == BASE)
		return chip.index;
	assert_int_equal(addr, BASE + 0x10);
	if (chip.index == 0)
		return 0x0f000000;
	if (chip.index == 1)
		return chip.version;
	assert_in_range(chip.index, 0x10, 0x10 + 2 * PINS - 1);
	return (u32)(chip.entries[(chip.index - 0x10) / 2] >> (chip.index & 1 ? 32 : 0));
}

static void model_write(u64 addr, unsigned int size, u64 value)
{
	u64 *entry;

	assert_int_equal(size, 4);
	if (addr == BASE) {
		chip.index = (u32)value;
		return;
	}
	assert_int_equal(addr, BASE + 0x10);
	assert_in_range(chip.index, 0x10, 0x10 + 2 * PINS - 1);
	entry = &chip.entries[(chip.index - 0x10) / 2];
	chip.writes++;
	if (chip.index & 1)
		*entry = (u32)*entry | value << 32;
	else
		*entry = (*entry & 0xffffffff00000000) |
			 (*entry & REMOTE_IRR & (value & LEVEL ? ~0ULL : 0)) | value;
	if (check_moments && !(*entry & MASKED) && !aims_at_root_only(*entry))
		chip.foreign_moments++;
}

/* --- helpers ---------------------------------------------------------------------------------- */

static int setup(void **state)
{
	u32 pin;

	mock_setup(state);
	memset(&chip, 0, sizeof(chip));
	chip.version = (PINS - 1) << 16 | 0x20;
	for (pin = 0; pin < PINS; pin++)
		chip.entries[pin] = MASKED;
	chip.entries[4] = FLAT(1) | 0x34;
	check_moments = false;
	mock.device_read = model_read;
	mock.device_write = model_write;
	mock.root.view.irqchips = root_chips;
	mock.root.view.num_irqchips = 1;
	mock.cell.view.irqchips = cell_chips;
	mock.cell.view.num_irqchips = 1;
	mock_root_alone();
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.root), 0);
	return 0;
}

static int setup_with_cell(void **state)
{
	setup(state);
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.cell), 0);
	mock_commit(&subsys_ioapic);
	return 0;
}

static int teardown(void **state)
{
	if (mock.cell.ioapic)
		mock_abort(&subsys_ioapic, &mock.cell);
	mock_abort(&subsys_ioapic, &mock.root);
	return 0;
}

static enum vdev_result reg_write(unsigned int cpu, u32 reg, u32 value)
{
	u64 v = reg;

	assert_int_equal(mock_mmio(&mock.vcpus[cpu], BASE, 4, true, &v), VDEV_OK);
	v = value;
	return mock_mmio(&mock.vcpus[cpu], BASE + 0x10, 4, true, &v);
}

static u32 reg_read(unsigned int cpu, u32 reg)
{
	u64 v = reg;

	assert_int_equal(mock_mmio(&mock.vcpus[cpu], BASE, 4, true, &v), VDEV_OK);
	v = 0xdeadbeef;
	assert_int_equal(mock_mmio(&mock.vcpus[cpu], BASE + 0x10, 4, false, &v), VDEV_OK);
	return (u32)v;
}

/* As Linux does it: high half, then low half. */
static enum vdev_result entry_write(unsigned int cpu, u32 pin, u64 entry)
{
	enum vdev_result high = reg_write(cpu, 0x10 + 2 * pin + 1, entry >> 32);
	enum vdev_result low = reg_write(cpu, 0x10 + 2 * pin, (u32)entry);

	return high == VDEV_OK ? low : high;
}

static u64 entry_read(unsigned int cpu, u32 pin)
{
	u64 low = reg_read(cpu, 0x10 + 2 * pin);

	return low | (u64)reg_read(cpu, 0x10 + 2 * pin + 1) << 32;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void enabling_leaves_the_hardware_alone(void **state)
{
	assert_int_equal(chip.writes, 0);
	assert_int_equal(entry_read(0, 4), FLAT(1) | 0x34);
}

static void identification_is_read_only(void **state)
{
	assert_int_equal(reg_read(0, 1), chip.version);
	assert_int_equal(reg_read(0, 0), 0x0f000000);
	assert_int_equal(reg_write(0, 0, 0x05000000), VDEV_SKIP);
	assert_int_equal(chip.writes, 0);
}

static void index_register_is_a_cells_own(void **state)
{
	u64 v = 0x17;

	mock_mmio(&mock.vcpus[0], BASE, 4, true, &v);
	v = 0x01;
	mock_mmio(&mock.vcpus[2], BASE, 4, true, &v);
	assert_int_equal(mock_mmio(&mock.vcpus[0], BASE, 4, false, &v), VDEV_OK);
	assert_int_equal(v, 0x17);
}

static void pins_of_others_read_zero_and_swallow_writes(void **state)
{
	assert_int_equal(entry_read(2, 5), 0);
	assert_int_equal(reg_write(2, 0x10 + 2 * 5, 0x31), VDEV_SKIP);
	assert_int_equal(entry_read(0, 4), 0);
	assert_int_equal(reg_write(0, 0x10 + 2 * 4, 0x31), VDEV_SKIP);
	assert_int_equal(entry_read(0, 20), 0);			/* nobody's */
	assert_int_equal(reg_write(0, 0x10 + 2 * 20, 0x31), VDEV_SKIP);
	assert_int_equal(entry_read(0, 100), 0);		/* does not exist */
	assert_int_equal(reg_write(0, 0xff, 0x31), VDEV_SKIP);
	assert_int_equal(chip.entries[5], MASKED);
	assert_int_equal(chip.entries[20], MASKED);
}

static void a_pin_works_for_its_owner(void **state)
{
	u64 entry = PHYSICAL(MOCK_HW_ID(3)) | LEVEL | 0x41;

	assert_int_equal(entry_write(2, 4, entry), VDEV_OK);
	assert_int_equal(chip.entries[4], entry);
	assert_int_equal(entry_read(2, 4), entry);
	entry = FLAT(0x0c) | 0x100 | 0x42;
	assert_int_equal(entry_write(2, 3, entry), VDEV_OK);
	assert_int_equal(chip.entries[3], entry);
}

static void entries_that_aim_beyond_the_cell_are_refused(void **state)
{
	static const u64 bad[] = {
		PHYSICAL(MOCK_HW_ID(0)) | 0x41, PHYSICAL(0xff) | 0x41, PHYSICAL(0x33) | 0x41,
		FLAT(0x01) | 0x41, FLAT(0x0d) | 0x41,
		FLAT(0xff) | 0x41, FLAT(0) | 0x41, FLAT(0x80) | 0x41,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(entry_write(2, 4, MASKED), VDEV_OK);
		assert_int_equal(entry_write(2, 4, bad[i]), VDEV_DENIED);
		assert_true(chip.entries[4] & MASKED);
		/* masked: whatever */
		assert_int_equal(entry_write(2, 4, bad[i] | MASKED), VDEV_OK);
		assert_true(chip.entries[4] & MASKED);
	}
	assert_int_equal(entry_write(0, 5, PHYSICAL(MOCK_HW_ID(2)) | 0x41), VDEV_DENIED);
	assert_true(chip.entries[5] & MASKED);
}

/* In x2APIC mode bit 2 is the CPU with APIC id 2, whoever owns that one. */
static void a_logical_destination_that_is_anothers_apic_id_is_refused(void **state)
{
	assert_int_equal(entry_write(2, 4, FLAT(0x04) | 0x41), VDEV_OK);
	mock.pcpus[0].hw_id = 2;
	assert_int_equal(entry_write(2, 4, FLAT(0x04) | 0x41), VDEV_DENIED);
	assert_int_equal(entry_write(2, 4, FLAT(0x08) | 0x41), VDEV_OK);
	mock.pcpus[3].hw_id = 3;
	assert_int_equal(entry_write(2, 4, FLAT(0x08) | 0x41), VDEV_OK);
}

static void delivery_modes_other_than_fixed_and_lowest_are_refused(void **state)
{
	u32 mode;

	for (mode = 0; mode < 8; mode++) {
		u64 entry = PHYSICAL(MOCK_HW_ID(2)) | mode << 8 | 0x41;

		entry_write(2, 4, MASKED);
		assert_int_equal(entry_write(2, 4, entry), mode <= 1 ? VDEV_OK : VDEV_DENIED);
		assert_int_equal(chip.entries[4] & MASKED ? 1 : 0, mode > 1);
	}
	/* root's legacy controller */
	assert_int_equal(entry_write(0, 0, PHYSICAL(MOCK_HW_ID(0)) | 0x700), VDEV_OK);
	assert_int_equal(entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | 0x0f), VDEV_DENIED);
	assert_int_equal(entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | 0x10), VDEV_OK);
}

static void a_refused_write_changes_nothing(void **state)
{
	u64 good = PHYSICAL(MOCK_HW_ID(2)) | 0x41;

	assert_int_equal(entry_write(2, 4, good), VDEV_OK);
	assert_int_equal(reg_write(2, 0x10 + 2 * 4 + 1, MOCK_HW_ID(0) << 24), VDEV_DENIED);
	assert_int_equal(entry_read(2, 4), good);
	assert_int_equal(chip.entries[4], good);
}

static void an_entry_is_never_unmasked_half_written(void **state)
{
	check_moments = true;
	assert_int_equal(entry_write(0, 5, FLAT(1) | 0x41), VDEV_OK);
	assert_int_equal(entry_write(0, 5, FLAT(2) | 0x42), VDEV_OK);
	assert_int_equal(reg_write(0, 0x10 + 2 * 5, MASKED), VDEV_OK);
	assert_int_equal(entry_write(0, 5, PHYSICAL(MOCK_HW_ID(4)) | 0x43), VDEV_OK);
	assert_int_equal(chip.foreign_moments, 0);
}

static void read_only_bits_come_from_hardware(void **state)
{
	assert_int_equal(
		entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | LEVEL | REMOTE_IRR | 0x1000 | 0x41),
		VDEV_OK);
	assert_int_equal(entry_read(2, 4), PHYSICAL(MOCK_HW_ID(2)) | LEVEL | 0x41);
	chip.entries[4] |= REMOTE_IRR;
	assert_int_equal(entry_read(2, 4), PHYSICAL(MOCK_HW_ID(2)) | LEVEL | REMOTE_IRR | 0x41);
}

static void pins_come_to_a_cell_masked_and_back_as_root_left_them(void **state)
{
	assert_int_equal(chip.entries[4] & MASKED, MASKED);
	assert_int_equal(entry_read(2, 4), MASKED);
	entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | 0x41);
	assert_int_equal(reg_write(0, 0x10 + 2 * 4, 0x99), VDEV_SKIP);
	mock_release(&subsys_ioapic);
	assert_int_equal(chip.entries[4], FLAT(1) | 0x34);
	assert_int_equal(entry_read(0, 4), FLAT(1) | 0x34);
}

static void a_pin_that_root_had_masked_comes_back_masked(void **state)
{
	assert_int_equal(entry_write(0, 4, FLAT(1) | MASKED | 0x34), VDEV_OK);
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.cell), 0);
	mock_commit(&subsys_ioapic);
	entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | 0x41);
	mock_release(&subsys_ioapic);
	assert_int_equal(chip.entries[4], FLAT(1) | MASKED | 0x34);
}

static void reset_masks_the_pins_of_the_cell_only(void **state)
{
	entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | 0x41);
	entry_write(0, 5, FLAT(1) | 0x42);
	subsys_ioapic.cell_reset(&mock.sys, &mock.cell);
	assert_int_equal(chip.entries[4] & MASKED, MASKED);
	assert_int_equal(chip.entries[5], FLAT(1) | 0x42);
	subsys_ioapic.cell_reset(&mock.sys, &mock.root);
	assert_int_equal(chip.entries[5], FLAT(1) | 0x42);
}

static void roots_entries_for_lost_cpus_are_stopped(void **state)
{
	assert_int_equal(entry_write(0, 7, FLAT(0x04) | 0x51), VDEV_OK);
	assert_int_equal(entry_write(0, 8, FLAT(0x01) | 0x52), VDEV_OK);
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.cell), 0);
	mock_commit(&subsys_ioapic);
	assert_true(chip.entries[7] & MASKED);
	assert_int_equal(chip.entries[8], FLAT(0x01) | 0x52);
	assert_int_equal(entry_read(0, 7), FLAT(0x04) | 0x51);	/* root's view */
	mock_release(&subsys_ioapic);
	assert_int_equal(chip.entries[7], FLAT(0x04) | 0x51);
}

static void shutdown_leaves_the_entries_as_root_sees_them(void **state)
{
	assert_int_equal(entry_write(0, 7, FLAT(0x03) | LEVEL | 0x51), VDEV_OK);
	chip.entries[7] |= MASKED;
	subsys_ioapic.shutdown(&mock.sys);
	assert_int_equal(chip.entries[7], FLAT(0x03) | LEVEL | 0x51);
}

static void shutdown_restores_what_linux_had_before(void **state)
{
	mock_abort(&subsys_ioapic, &mock.root);
	chip.entries[9] = PHYSICAL(0xff) | 0x400;	/* NMI to all, which we would not permit */
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.root), 0);
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.cell), 0);
	mock_commit(&subsys_ioapic);
	assert_int_equal(chip.entries[9], PHYSICAL(0xff) | MASKED | 0x400);
	mock_release(&subsys_ioapic);
	subsys_ioapic.shutdown(&mock.sys);
	assert_int_equal(chip.entries[9], PHYSICAL(0xff) | 0x400);
}

static void end_of_interrupt_ends_own_pins_only(void **state)
{
	u64 v = 0x41;

	entry_write(2, 4, PHYSICAL(MOCK_HW_ID(2)) | LEVEL | 0x41);
	entry_write(0, 5, FLAT(1) | LEVEL | 0x41);
	chip.entries[4] |= REMOTE_IRR;
	chip.entries[5] |= REMOTE_IRR;
	assert_int_equal(mock_mmio(&mock.vcpus[2], BASE + 0x40, 4, true, &v), VDEV_OK);
	assert_int_equal(chip.entries[4], PHYSICAL(MOCK_HW_ID(2)) | LEVEL | 0x41);
	assert_int_equal(chip.entries[5], FLAT(1) | LEVEL | REMOTE_IRR | 0x41);
}

static void only_dword_accesses_are_taken(void **state)
{
	u64 v = 0;

	assert_int_equal(mock_mmio(&mock.vcpus[0], BASE, 1, true, &v), VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[0], BASE + 0x10, 8, false, &v), VDEV_DENIED);
	assert_int_equal(mock_mmio(&mock.vcpus[0], BASE + 0x20, 4, false, &v), VDEV_SKIP);
}

static void a_chip_that_root_does_not_have_is_refused(void **state)
{
	static struct jailhouse_irqchip other[] = { { .address = BASE, .pin_bitmap = { 8 } },
						    { .address = BASE + 0x1000 } };

	mock.cell.view.irqchips = other;
	mock.cell.view.num_irqchips = 2;
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.cell), -HV_EIO);
	assert_int_equal(refusal_rule(&mock.refusal), RULE_IOAPIC_ABSENT);
	assert_int_equal(mock.refusal.index, 1);
	assert_null(mock.cell.ioapic);
}

static void a_missing_chip_is_refused(void **state)
{
	u32 used;

	mock_setup(state);
	used = mock.sys.pool.used;
	mock.device_read = model_read;
	mock.device_write = model_write;
	chip.version = 0xffffffff;
	mock.root.view.irqchips = root_chips;
	mock.root.view.num_irqchips = 1;
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.root), -HV_EIO);
	assert_int_equal(refusal_rule(&mock.refusal), RULE_IOAPIC_ABSENT);
	assert_null(mock.root.ioapic);
	assert_int_equal(mock.sys.pool.used, used + 1);		/* the mmio table */
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
	u32 n, used;

	for (n = 1; n <= 3; n++) {
		mock_setup(state);
		chip.version = (PINS - 1) << 16 | 0x20;
		mock.device_read = model_read;
		mock.device_write = model_write;
		mock.root.view.irqchips = root_chips;
		mock.root.view.num_irqchips = 1;
		assert_int_equal(mmio_table_init(&mock.root, 1), 0);
		used = mock.sys.pool.used;
		mock.sys.pool.fail_in = n;
		if (subsys_ioapic.cell_prepare(&mock.sys, &mock.root) == 0)
			break;
		assert_int_equal(mock.sys.pool.used, used);
	}
	assert_int_equal(n, 3);
}

/* --- what cannot be, and what is not there yet ------------------------------------------------ */

static void a_chip_with_impossibly_many_pins_is_refused(void **state)
{
	mock_abort(&subsys_ioapic, &mock.root);
	chip.version = 0x00f00020;
	assert_int_equal(mmio_table_init(&mock.root, 1), 0);
	assert_true(subsys_ioapic.cell_prepare(&mock.sys, &mock.root) < 0);
	assert_int_equal(refusal_rule(&mock.refusal), RULE_IOAPIC_ABSENT);
	chip.version = 0;
	assert_true(subsys_ioapic.cell_prepare(&mock.sys, &mock.root) < 0);
	assert_null(mock.root.ioapic);
	mmio_table_destroy(&mock.root);
	chip.version = (PINS - 1) << 16 | 0x20;
	assert_int_equal(mock_prepare(&subsys_ioapic, &mock.root), 0);
}

static void without_room_for_its_registers_a_view_is_taken_back(void **state)
{
	u32 used = mock.sys.pool.used;

	assert_int_equal(mmio_table_init(&mock.cell, 0), 0);
	assert_true(subsys_ioapic.cell_prepare(&mock.sys, &mock.cell) < 0);
	assert_null(mock.cell.ioapic);
	subsys_ioapic.cell_abort(&mock.sys, &mock.cell);	/* nothing is left to take back */
	mmio_table_destroy(&mock.cell);
	assert_int_equal(mock.sys.pool.used, used);
}

static void more_chips_than_a_cell_may_have_are_refused(void **state)
{
	mock.cell.view.num_irqchips = CONFIG_MAX_IRQCHIPS + 1;
	assert_int_equal(subsys_ioapic.cell_prepare(&mock.sys, &mock.cell), -HV_ERANGE);
}

static void pins_of_a_chip_that_is_not_there_are_passed_over(void **state)
{
	static struct jailhouse_irqchip elsewhere[] = { { .address = BASE + 0x1000,
							  .pin_bitmap = { 0x18 } } };
	unsigned int writes = chip.writes;

	mock.cell.view.irqchips = elsewhere;
	subsys_ioapic.cell_reset(&mock.sys, &mock.cell);
	assert_int_equal(chip.writes, writes);
	mock.cell.view.irqchips = cell_chips;
	/* still root's: a reset of the cell does not touch them */
	subsys_ioapic.cell_reset(&mock.sys, &mock.cell);
	assert_int_equal(chip.writes, writes);
}

static void before_root_has_chips_nobody_has(void **state)
{
	struct vioapic *io = mock.root.ioapic;

	mock.root.ioapic = NULL;
	assert_int_equal(mmio_table_init(&mock.cell, 1), 0);
	assert_true(subsys_ioapic.cell_prepare(&mock.sys, &mock.cell) < 0);
	assert_int_equal(refusal_rule(&mock.refusal), RULE_IOAPIC_ABSENT);
	mmio_table_destroy(&mock.cell);
	subsys_ioapic.shutdown(&mock.sys);
	mock.root.ioapic = io;
	mock.sys.root = NULL;
	subsys_ioapic.shutdown(&mock.sys);
	mock.sys.root = &mock.root;
}

static void a_shutdown_leaves_pins_of_cells_alone(void **state)
{
	u64 before = chip.entries[3];

	subsys_ioapic.shutdown(&mock.sys);
	assert_int_equal(chip.entries[3], before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(enabling_leaves_the_hardware_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(identification_is_read_only, setup, teardown),
		cmocka_unit_test_setup_teardown(index_register_is_a_cells_own, setup_with_cell,
						teardown),
		cmocka_unit_test_setup_teardown(pins_of_others_read_zero_and_swallow_writes,
						setup_with_cell, teardown),
		cmocka_unit_test_setup_teardown(a_pin_works_for_its_owner, setup_with_cell,
						teardown),
		cmocka_unit_test_setup_teardown(entries_that_aim_beyond_the_cell_are_refused,
						setup_with_cell, teardown),
		cmocka_unit_test_setup_teardown(
			a_logical_destination_that_is_anothers_apic_id_is_refused, setup_with_cell,
			teardown),
		cmocka_unit_test_setup_teardown(
			delivery_modes_other_than_fixed_and_lowest_are_refused, setup_with_cell,
			teardown),
		cmocka_unit_test_setup_teardown(a_refused_write_changes_nothing, setup_with_cell,
						teardown),
		cmocka_unit_test_setup_teardown(an_entry_is_never_unmasked_half_written,
						setup_with_cell, teardown),
		cmocka_unit_test_setup_teardown(read_only_bits_come_from_hardware, setup_with_cell,
						teardown),
		cmocka_unit_test_setup_teardown(a_pin_that_root_had_masked_comes_back_masked, setup, teardown),
		cmocka_unit_test_setup_teardown(pins_come_to_a_cell_masked_and_back_as_root_left_them, setup_with_cell,
						teardown),
		cmocka_unit_test_setup_teardown(reset_masks_the_pins_of_the_cell_only,
						setup_with_cell, teardown),
		cmocka_unit_test_setup_teardown(roots_entries_for_lost_cpus_are_stopped, setup,
						teardown),
		cmocka_unit_test_setup_teardown(shutdown_leaves_the_entries_as_root_sees_them,
						setup, teardown),
		cmocka_unit_test_setup_teardown(shutdown_restores_what_linux_had_before, setup,
						teardown),
		cmocka_unit_test_setup_teardown(end_of_interrupt_ends_own_pins_only,
						setup_with_cell, teardown),
		cmocka_unit_test_setup_teardown(only_dword_accesses_are_taken, setup_with_cell,
						teardown),
		cmocka_unit_test_setup_teardown(a_chip_that_root_does_not_have_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_chip_with_impossibly_many_pins_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(without_room_for_its_registers_a_view_is_taken_back,
						setup, teardown),
		cmocka_unit_test_setup_teardown(more_chips_than_a_cell_may_have_are_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(pins_of_a_chip_that_is_not_there_are_passed_over,
						setup, teardown),
		cmocka_unit_test_setup_teardown(before_root_has_chips_nobody_has, setup, teardown),
		cmocka_unit_test_setup_teardown(a_shutdown_leaves_pins_of_cells_alone,
						setup_with_cell, teardown),
		cmocka_unit_test(a_missing_chip_is_refused),
		cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
