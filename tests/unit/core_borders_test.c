/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * Corners of the core that no ordinary life leads to: memory at a border, numbers that mean nothing, a panic, several crashes at once.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "core_support.h"
#include <jailhouse/crash_log.h>
#include <hv/fault.h>
#include <hv/guest.h>
#include <hv/leave.h>
#include <hv/log.h>
#include <hv/mmio.h>

#define ALONE(name) cmocka_unit_test_setup(name, boot)

/* --- memory of guests ------------------------------------------------------------------------- */

static void words_are_read_where_there_is_ram(void **state)
{
	struct vcpu *root = &fake_vcpus[0];
	u64 value;

	memcpy(fake_ram(0x20ff8), "\1\2\3\4\5\6\7\x8", 8);
	assert_int_equal(guest_read(root, gpa(0x20ff8), 8, &value), 0);
	assert_int_equal(value, 0x0807060504030201);
	assert_int_equal(guest_read(root, gpa(0x20ffc), 4, &value), 0);
	assert_int_equal(value, 0x08070605);
	assert_int_equal(guest_read(root, gpa(0x20ffc), 8, &value), -HV_EINVAL);
	assert_int_equal(guest_read(root, gpa(0x20ffe), 4, &value), -HV_EINVAL);
	assert_int_equal(guest_read(root, gpa(DEVICE_PHYS), 8, &value), -HV_EINVAL);
	assert_int_equal(guest_read(root, gpa(HV_PHYS + HV_SIZE - PAGE_SIZE), 8, &value), -HV_EINVAL);
	assert_true(fake_windows_closed());
}

static void instructions_are_fetched_whatever_their_length(void **state)
{
	struct vcpu *root = &fake_vcpus[0];
	u8 bytes[16], wanted[16];
	unsigned int len, n;

	for (n = 0; n < 16; n++)
		*fake_ram(0x21000 + n) = 'A' + n;
	for (len = 1; len <= 15; len++) {
		memset(bytes, 0, sizeof(bytes));
		memset(wanted, 0, sizeof(wanted));
		memcpy(wanted, "ABCDEFGHIJKLMNOP", len);
		assert_int_equal(guest_fetch(root, bytes, gpa(0x21000), len), 0);
		assert_memory_equal(bytes, wanted, sizeof(bytes));
	}
	assert_int_equal(guest_fetch(root, bytes, gpa(DEVICE_PHYS), 4), -HV_EINVAL);
	assert_int_equal(guest_fetch(root, bytes, gpa(HV_PHYS + HV_SIZE - PAGE_SIZE), 4), -HV_EINVAL);
	assert_true(fake_windows_closed());
}

static void a_configuration_that_leaves_roots_memory_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);
	u64 address = ROOT_RAM_END - sizeof(struct jailhouse_cell_desc) - 8;

	machine_write_blob(&spec, address);
	assert_true(machine_call(0, JAILHOUSE_HC_CELL_CREATE, address, 0) < 0);
	assert_int_equal(machine_last_rule(), RULE_CONFIG_ADDRESS);
	assert_isolated();
}

/* --- CPUs and cells --------------------------------------------------------------------------- */

static void a_cpu_is_found_by_its_hardware_id_alone(void **state)
{
	assert_ptr_equal(system_cpu_by_hw_id(&machine, 0), &machine.pcpus[0]);
	assert_ptr_equal(system_cpu_by_hw_id(&machine, 2), &machine.pcpus[1]);
	assert_null(system_cpu_by_hw_id(&machine, 1));
	assert_null(system_cpu_by_hw_id(&machine, 1000));
	machine.pcpus[3].hw_id = 3;
	assert_ptr_equal(system_cpu_by_hw_id(&machine, 3), &machine.pcpus[3]);
	machine.pcpus[3].online = false;
	assert_null(system_cpu_by_hw_id(&machine, 3));
}

static void two_calls_that_change_something_exclude_each_other(void **state)
{
	struct cell_spec spec = machine_spec(1);

	assert_int_equal(machine_create(&spec), 0);
	machine.mgmt_lock.locked = 1;
	spec = machine_spec(2);
	assert_true(machine_create(&spec) < 0);
	assert_true(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0) < 0);
	machine.mgmt_lock.locked = 0;
	assert_non_null(machine_cell(1));
	assert_null(machine_cell(2));
	assert_isolated();
}

static void there_is_a_largest_number_of_cells(void **state)
{
	struct cell_spec spec = machine_spec(1);

	machine.cell_count = JAILHOUSE_STATUS_MAX_CELLS;
	assert_true(machine_create(&spec) < 0);
	assert_int_equal(machine_last_rule(), RULE_TOO_MANY_CELLS);
	machine.cell_count = 1;
	assert_int_equal(machine_create(&spec), 0);
	assert_isolated();
}

static void a_configuration_that_is_cut_off_does_not_boot(void **state)
{
	machine.config_size--;
	assert_true(system_init(&machine) < 0);
	assert_int_equal(machine_last_rule(), RULE_COUNTS);
	machine.config_size++;
	assert_true(machine_boot_with(0, MACHINE_CPUS) < 0);
	assert_int_equal(machine_last_rule(), RULE_CPU_SET_EMPTY);
}

static int fails(struct system *s)
{
	return -HV_ERANGE;
}

static void a_subsystem_that_cannot_start_ends_the_boot(void **state)
{
	static const struct subsys_ops bad = { .name = "bad", .init = fails };
	const struct subsys_ops *const list[] = { &machine_recorder, &bad, NULL };
	const struct subsys_ops *const *before = machine_subsystems;

	machine_subsystems = list;
	assert_int_equal(machine_boot_with((1 << MACHINE_CPUS) - 1, MACHINE_CPUS), -HV_ERANGE);
	assert_int_equal(test_subsystem.init, 1);
	assert_int_equal(test_subsystem.shutdown, 1);
	machine_subsystems = before;
}

/* --- faults ----------------------------------------------------------------------------------- */

static void a_violation_of_an_unknown_kind_is_one_too(void **state)
{
	struct cell_spec spec = machine_spec(1);
	struct fault f = { .kind = 99, .address = 0x1000 };

	assert_int_equal(guest_fault(&fake_vcpus[0], &f), FAULT_COMPLETE);
	assert_non_null(strstr(machine_console(), "access"));
	/* the same place, another kind: told again */
	f.kind = FAULT_MMIO_READ;
	assert_int_equal(guest_fault(&fake_vcpus[0], &f), FAULT_COMPLETE);
	start_cell(&spec);
	machine_cell(1)->denied_log_budget = 0;
	f.kind = 99;
	assert_int_equal(guest_fault(&fake_vcpus[1], &f), FAULT_STOPPED);
	assert_true(machine.pcpus[1].failed);
}

/* --- console and panic ------------------------------------------------------------------------ */

static unsigned int put;

static void count_characters(char c)
{
	put++;
}

static void the_console_works_with_either_sink(void **state)
{
	log_init(NULL, count_characters);
	put = 0;
	log_printf("one\n");
	assert_int_equal(put, 4);
	log_init(NULL, NULL);
	log_printf("nobody\n");
	assert_int_equal(put, 4);
}

static void the_text_of_a_panic_is_cut_at_its_room(void **state)
{
	struct hv_crash_log *crash = calloc(1, sizeof(*crash));
	u32 n;

	log_set_crash_log(crash);
	log_printf("not a panic\n");
	assert_int_equal(crash->panic_length, 0);
	for (n = 0; n < HV_PANIC_TEXT_SIZE; n++)
		log_printf_panic("PANIC\n");
	assert_int_equal(crash->panic_length, HV_PANIC_TEXT_SIZE);
	assert_memory_equal(crash->panic_text, "PANIC\nPANIC\n", 12);
	log_set_crash_log(NULL);
	log_printf_panic("PANIC\n");
	free(crash);
}

static void panic(void)
{
	jmp_buf stopped;

	fake_stop_target = &stopped;
	if (!setjmp(stopped))
		hv_panic("file", 1, "sentence");
	fake_stop_target = NULL;
}

static void a_panic_tells_what_there_is(void **state)
{
	struct cell_spec spec = machine_spec(1);

	start_cell(&spec);
	machine.pcpus[2].online = false;
	machine.pcpus[3].cell = NULL;
	panic();
	assert_non_null(strstr(machine_console(), "PANIC: cell id=1 name=\"first\""));
	assert_non_null(strstr(machine_console(), "PANIC: cpu id=1"));
	assert_null(strstr(machine_console(), "PANIC: cpu id=2"));
	assert_null(strstr(machine_console(), "PANIC: cpu id=3"));
	machine_boot();
	panic_init(NULL);
	panic();
	assert_null(strstr(machine_console(), "PANIC: cell"));
	assert_non_null(strstr(machine_console(), "PANIC: end"));
}

/* --- crashes of Linux ------------------------------------------------------------------------- */

static void several_crashes_shut_down_once(void **state)
{
	machine.pcpus[3].online = false;
	leave_in_panic(&fake_vcpus[0]);
	leave_in_panic(&fake_vcpus[1]);
	assert_int_equal(test_subsystem.shutdown, 1);
	assert_true(machine.pcpus[0].leaving && machine.pcpus[1].leaving);
	assert_true(machine.pcpus[2].ctrl.requests & CPU_REQ_LEAVE);
	assert_false(machine.pcpus[3].ctrl.requests & CPU_REQ_LEAVE);
}

static void another_cpu_crashes(void)
{
	fake_relax_hook = NULL;
	leave_in_panic(&fake_vcpus[1]);
}

static void a_crash_ends_the_waiting_for_others(void **state)
{
	fake_relax_hook = another_cpu_crashes;
	assert_int_equal(leave_all(&fake_vcpus[0]), 0);
	assert_true(system_should_leave(&fake_vcpus[0]));
	assert_int_equal(test_subsystem.shutdown, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(words_are_read_where_there_is_ram),
		ALONE(instructions_are_fetched_whatever_their_length),
		ALONE(a_configuration_that_leaves_roots_memory_is_refused),
		ALONE(a_cpu_is_found_by_its_hardware_id_alone),
		ALONE(two_calls_that_change_something_exclude_each_other),
		ALONE(there_is_a_largest_number_of_cells),
		ALONE(a_configuration_that_is_cut_off_does_not_boot),
		ALONE(a_subsystem_that_cannot_start_ends_the_boot),
		ALONE(a_violation_of_an_unknown_kind_is_one_too),
		ALONE(the_console_works_with_either_sink),
		ALONE(the_text_of_a_panic_is_cut_at_its_room),
		ALONE(a_panic_tells_what_there_is),
		ALONE(several_crashes_shut_down_once),
		ALONE(a_crash_ends_the_waiting_for_others),
	};

	return cmocka_run_group_tests_name("core_borders", tests, NULL, NULL);
}
