/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * Every rule of the hypervisor's own (900 to 999) is broken here and its sentence compared, or it is
 * about hardware that the model does not have; then the test that breaks it is named.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "core_support.h"
#include <hv/x86/vdev.h>

static bool triggered[1000];

/* @err is that of the last refusal, and this its sentence. */
static void assert_said(s64 err, const char *sentence)
{
	const struct jailhouse_refusal *r = &machine.status->refusal;
	char text[512];

	assert_true(err < 0);
	assert_int_equal(err, r->error);
	refusal_format(text, sizeof(text), r);
	assert_string_equal(text, sentence);
	triggered[r->rule] = true;
}

static s64 call(u32 nr, u64 arg)
{
	return machine_call(0, nr, arg, 0);
}

static void make_cell(u32 id)
{
	struct cell_spec spec = machine_spec(id);

	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
}

static void run_cell(u32 id)
{
	struct cell_spec spec = machine_spec(id);

	spec.timeout = 1000000;
	start_cell(&spec);
}

/* --- requests ----------------------------------------------------------------------------- */

static void cells_that_are_not_there_and_the_root_cell(void **state)
{
	assert_said(call(JAILHOUSE_HC_CELL_DESTROY, 7),
		    "There is no such cell. See \"jailhouse cell list\".");
	assert_said(call(JAILHOUSE_HC_CELL_START, 0),
		    "This cannot be done with the root cell. Name another cell; \"jailhouse "
		    "disable\" gives the whole machine back.");
}

static void a_cell_that_has_locked_the_machine(void **state)
{
	struct cell_spec second = machine_spec(2);

	run_cell(1);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	assert_said(machine_create(&second),
		    "Cell \"first\" is running and has locked the division of the machine. Wait "
		    "until it unlocks, or shut it down.");
}

static void a_cell_that_does_not_agree(void **state)
{
	run_cell(1);
	assert_said(operate(JAILHOUSE_HC_CELL_DESTROY, 1, DENYING),
		    "Cell \"first\" denied the request to shut down. Ask again later: the cell "
		    "decides.");
}

static void a_request_while_another_waits(void **state)
{
	run_cell(1);
	make_cell(2);
	assert_int_equal(call(JAILHOUSE_HC_CELL_DESTROY, 1), -EAGAIN);
	assert_said(call(JAILHOUSE_HC_CELL_START, 2),
		    "Another request is being carried out for cell \"first\". Repeat it when that "
		    "is done.");
}

static void disable_with_cells_or_without_all_cpus(void **state)
{
	make_cell(1);
	assert_said(call(JAILHOUSE_HC_DISABLE, 0),
		    "1 cells exist besides the root cell. Destroy them first.");
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_said(call(JAILHOUSE_HC_DISABLE, 0),
		    "Only 1 of the root cell's 4 CPUs came to leave the hypervisor. Bring all of "
		    "its CPUs online first.");
}

/* --- create ------------------------------------------------------------------------------- */

static void a_configuration_outside_of_memory(void **state)
{
	assert_said(call(JAILHOUSE_HC_CELL_CREATE, HV_PHYS + 0x100000),
		    "The configuration at 0xf00000, 132 bytes, is not in the root cell's memory. "
		    "Load the driver that was built together with this hypervisor.");
}

static void the_cpu_of_the_request(void **state)
{
	struct cell_spec spec = machine_spec(1);

	machine_write_blob(&spec, BLOB_ADDRESS);
	assert_said(machine_call(1, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0),
		    "The cell asks for CPU 1, on which the request was made. Repeat the request on "
		    "another CPU.");
}

static void memory_that_is_used_up(void **state)
{
	struct cell_spec spec = machine_spec(1);
	char sentence[300];
	u32 left;

	while (page_alloc(&machine.pool, 1))
		;
	left = machine.pool.pages - machine.pool.used - machine.pool.reserved;
	snprintf(sentence, sizeof(sentence),
		 "The hypervisor's memory is used up: %u pages are needed, %u are free. Destroy a "
		 "cell, or make .hypervisor_memory larger.", left + 1, left);
	assert_said(machine_create(&spec), sentence);
}

static void more_cells_than_the_status_page_has_room_for(void **state)
{
	struct cell_spec spec = machine_spec(1);

	machine.cell_count = JAILHOUSE_STATUS_MAX_CELLS;
	assert_said(machine_create(&spec), "There are 32 cells already. Destroy one first.");
	machine.cell_count = 1;
}

static void a_step_without_a_rule(void **state)
{
	struct cell_spec spec = machine_spec(1);

	test_subsystem.prepare_error_in = 1;
	assert_said(machine_create(&spec),
		    "A step of the hypervisor failed with error 34 without a rule. See \"jailhouse "
		    "console\" for what came before.");
}

/* --- boot --------------------------------------------------------------------------------- */

static void cpus_that_do_not_fit_the_configuration(void **state)
{
	assert_said(machine_boot_with(0x1f, 4),
		    "4 CPUs are online, the root cell's configuration has 5. Bring all CPUs of the "
		    "configuration online, or correct its CPU bitmap.");
	assert_said(machine_boot_with(0x7, 4),
		    "CPU 3 is online, but not in the root cell's configuration. Correct the CPU "
		    "bitmap of the system configuration.");
	machine_boot();
}

static void memory_beyond_the_bits_of_the_cpu(void **state)
{
	machine_phys_bits = 31;
	assert_said(machine_boot_with(0xf, 4),
		    "Memory region 2 ends at physical 0xd0010000, beyond the 31 address bits of "
		    "the machine. Correct phys_start or size.");
	machine_phys_bits = 32;
	assert_int_equal(machine_boot_with(0xf, 4), 0);
	machine_phys_bits = 52;
	machine_boot();
}

/* --- all of them -------------------------------------------------------------------------- */

/* About hardware: broken by the tests named. */
static const struct { u32 rule; const char *test; } elsewhere[] = {
	{ RULE_ENTRY_TIMEOUT, "none: a CPU that hangs while the module is in its trampoline" },
	{ RULE_VIRT_MISSING, "tests/system/test_machines.py" },
	{ RULE_VIRT_DISABLED, "none: the emulator has no firmware that switches SVM off" },
	{ RULE_NPT_MISSING, "tests/system/test_machines.py" },
	{ RULE_APIC_STATE, "tests/system/test_blobs.py" },
	{ RULE_IOAPIC_ABSENT, "tests/unit/vdev_vioapic_test.c" },
	{ RULE_HV_MEMORY_FULL, "tests/system/test_blobs.py" },
	{ RULE_APIC_ID, "none: the emulator's machine has no such number of CPUs" },
	{ RULE_FEATURE_MISSING, "tests/unit/vdev_vpci_test.c" },
	{ RULE_PCI_MSIX_MACHINE, "tests/unit/vdev_vpci_test.c" },
	{ RULE_AARCH32_MISSING, "tests/arm64/test_aarch32.py" },
};

static const u32 all_rules[] = {
#define RULE(name, number, err, what, how) (number),
#include <common/config/rules.inc>
#undef RULE
};

static bool is_tested_elsewhere(u32 rule)
{
	u32 n;

	for (n = 0; n < ARRAY_SIZE(elsewhere); n++)
		if (RULE_NUMBER(elsewhere[n].rule) == rule)
			return true;
	/* what a VMX CPU lacks: tests/contract/virt_ops_test.c */
	return rule >= RULE_NUMBER(RULE_VMX_VMCS) && rule <= RULE_NUMBER(RULE_VMX_CR4);
}

static void every_rule_of_the_hypervisor_was_triggered(void **state)
{
	u32 n, missing = 0;

	for (n = 0; n < ARRAY_SIZE(all_rules); n++) {
		u32 rule = all_rules[n];

		if (rule < 900 || rule >= 1000 || triggered[rule] || is_tested_elsewhere(rule))
			continue;
		print_error("no test breaks rule %u, %s\n", rule, refusal_rule_name(rule));
		missing++;
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cells_that_are_not_there_and_the_root_cell),
		TEST(a_cell_that_has_locked_the_machine),
		TEST(a_cell_that_does_not_agree),
		TEST(a_request_while_another_waits),
		TEST(disable_with_cells_or_without_all_cpus),
		TEST(a_configuration_outside_of_memory),
		TEST(the_cpu_of_the_request),
		TEST(memory_that_is_used_up),
		TEST(more_cells_than_the_status_page_has_room_for),
		TEST(a_step_without_a_rule),
		TEST(cpus_that_do_not_fit_the_configuration),
		TEST(memory_beyond_the_bits_of_the_cpu),
		cmocka_unit_test(every_rule_of_the_hypervisor_was_triggered),
	};

	return cmocka_run_group_tests_name("core_rules", tests, NULL, NULL);
}
