/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * Every refusal of the management calls: the error, the rule, and that nothing has changed.
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "core_support.h"

static struct machine_image before;

static int boot_and_look(void **state)
{
	machine_boot();
	before = oracle_image(&machine);
	return 0;
}

static void assert_unchanged(void)
{
	struct machine_image after = oracle_image(&machine);

	assert_memory_equal(&before, &after, sizeof(before));
	assert_isolated();
}

static void assert_refused(const struct cell_spec *spec, int error, u32 rule)
{
	u32 seq = machine.status->refusal_seq;

	assert_int_equal(machine_create(spec), -error);
	assert_int_equal(machine_last_rule(), rule);
	assert_int_equal(machine.status->refusal.error, -error);
	assert_int_equal(machine.status->refusal_seq, seq + 2);
	assert_unchanged();
}

/* --- who and what ------------------------------------------------------------------------- */

static void a_cell_may_not_manage(void **state)
{
	static const u32 numbers[] = {
		JAILHOUSE_HC_DISABLE,	     JAILHOUSE_HC_CELL_CREATE,
		JAILHOUSE_HC_CELL_START,     JAILHOUSE_HC_CELL_SET_LOADABLE,
		JAILHOUSE_HC_CELL_DESTROY,   JAILHOUSE_HC_HYPERVISOR_GET_INFO,
		JAILHOUSE_HC_CELL_GET_STATE, JAILHOUSE_HC_X_PANIC_DISABLE
	};
	struct cell_spec spec = machine_spec(1);
	size_t n;

	start_cell(&spec);
	for (n = 0; n < ARRAY_SIZE(numbers); n++)
		assert_int_equal(machine_call(1, numbers[n], 1, 0), -EPERM);
	assert_false(machine.shutting_down);
}

static void unknown_numbers_are_enosys(void **state)
{
	assert_int_equal(machine_call(0, 9, 0, 0), -ENOSYS);
	assert_int_equal(machine_call(0, 0xfff, 0, 0), -ENOSYS);
	assert_int_equal(hypercall_handle(&fake_vcpus[0], 0x100000000ULL, 0, 0), -ENOSYS);
	assert_int_equal(hypercall_handle(&fake_vcpus[0], ~0ULL, 0, 0), -ENOSYS);
}

static void unknown_cells_are_enoent_and_root_is_einval(void **state)
{
	static const u32 numbers[] = { JAILHOUSE_HC_CELL_START, JAILHOUSE_HC_CELL_SET_LOADABLE,
				       JAILHOUSE_HC_CELL_DESTROY };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(numbers); n++) {
		assert_int_equal(machine_call(0, numbers[n], 7, 0), -ENOENT);
		assert_int_equal(machine_last_rule(), RULE_UNKNOWN_CELL);
		assert_int_equal(machine_call(0, numbers[n], 0x100000000ULL, 0), -ENOENT);
		assert_int_equal(machine_call(0, numbers[n], 0, 0), -EINVAL);
		assert_int_equal(machine_last_rule(), RULE_ROOT_CELL);
	}
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_GET_STATE, 7, 0), -ENOENT);
	assert_unchanged();
}

/* --- the blob ----------------------------------------------------------------------------- */

static void a_blob_outside_of_roots_memory_is_refused(void **state)
{
	static const u64 addresses[] = { DEVICE_PHYS, HV_PHYS + HV_SIZE, ROOT_RAM_END - 8,
					 ~0ULL - 8,   1ULL << 50,	 HV_PHYS + 0x100000 };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(addresses); n++) {
		assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, addresses[n], 0),
				 -EINVAL);
		assert_int_equal(machine_last_rule(), RULE_CONFIG_ADDRESS);
		assert_unchanged();
	}
}

static void a_blob_that_crosses_pages_is_read_whole(void **state)
{
	struct cell_spec spec = machine_spec(1);
	u64 address = BLOB_ADDRESS + PAGE_SIZE - 50;

	machine_write_blob(&spec, address);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_CREATE, address, 0), 0);
	assert_string_equal(machine_cell(1)->config->name, "first");
}

static void counts_that_ask_for_too_much_are_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);
	struct jailhouse_cell_desc *d = (void *)fake_ram(BLOB_ADDRESS);
	static const u32 counts[] = { 0xffffffff, 0x80000000, 0x10000 };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(counts); n++) {
		machine_write_blob(&spec, BLOB_ADDRESS);
		d->num_memory_regions = counts[n];
		assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0),
				 -E2BIG);
		assert_int_equal(machine_last_rule(), RULE_TOO_LARGE);
		machine_write_blob(&spec, BLOB_ADDRESS);
		d->cpu_set_size = counts[n];
		assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0),
				 -E2BIG);
		assert_unchanged();
	}
}

static void a_wrong_signature_revision_or_architecture_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);
	struct jailhouse_cell_desc *d = (void *)fake_ram(BLOB_ADDRESS);

	machine_write_blob(&spec, BLOB_ADDRESS);
	d->signature[0] = 'X';
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_SIGNATURE_CELL);
	machine_write_blob(&spec, BLOB_ADDRESS);
	d->revision = 10;
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_REVISION);
	machine_write_blob(&spec, BLOB_ADDRESS);
	d->architecture = JAILHOUSE_ARM64;
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_ARCHITECTURE);
	assert_unchanged();
}

static void an_extension_block_is_read_and_an_unknown_tag_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);
	struct {
		struct jailhouse_ext_block block;
		struct jailhouse_ext_element element;
	} __attribute__((packed)) ext = {
		{ JAILHOUSE_EXT_MAGIC, sizeof(ext) },
		{ 0x1234, 0 },
	};
	u32 size;

	spec.flags = JAILHOUSE_CELL_X_EXTENSION;
	size = machine_write_blob(&spec, BLOB_ADDRESS);
	memcpy(fake_ram(BLOB_ADDRESS + size), &ext, sizeof(ext));
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_EXTENSION_TAG);
	ext.block.size = sizeof(ext.block);
	memcpy(fake_ram(BLOB_ADDRESS + size), &ext, sizeof(ext));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), 0);
}

/* --- names and ids ------------------------------------------------------------------------ */

static void a_used_id_is_refused(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	assert_int_equal(machine_create(&first), 0);
	before = oracle_image(&machine);
	second.id = 1;
	assert_refused(&second, EEXIST, RULE_ID_IN_USE);
	second.id = 0;
	assert_refused(&second, EINVAL, RULE_ID_ROOT);
	/* would look like an empty slot of the status page */
	second.id = 0xffffffff;
	assert_refused(&second, EINVAL, RULE_ID_RESERVED);
}

static void a_used_name_is_refused_roots_included(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	first.name = "root";
	assert_refused(&first, EEXIST, RULE_NAME_IN_USE);
	first.name = "second";
	assert_int_equal(machine_create(&first), 0);
	before = oracle_image(&machine);
	assert_refused(&second, EEXIST, RULE_NAME_IN_USE);
	assert_string_equal((const char *)machine.status->refusal.other_name, "second");
	assert_int_equal(machine.status->refusal.other_cell, 1);
}

/* --- CPUs --------------------------------------------------------------------------------- */

static void cpu_0_is_refused_on_x86(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.cpus = 1;
	machine_write_blob(&spec, BLOB_ADDRESS);
	assert_int_equal(machine_call(3, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_CPU_ZERO);
	assert_unchanged();
}

static void the_callers_cpu_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.cpus = 6;
	machine_write_blob(&spec, BLOB_ADDRESS);
	assert_int_equal(machine_call(2, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0), -EBUSY);
	assert_int_equal(machine_last_rule(), RULE_CPU_CALLER);
	assert_int_equal(machine.status->refusal.value[0], 2);
	assert_unchanged();
}

static void another_cells_cpu_is_refused(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	assert_int_equal(machine_create(&first), 0);
	before = oracle_image(&machine);
	second.cpus = 6;
	assert_refused(&second, EBUSY, RULE_CPU_IN_USE);
	assert_string_equal((const char *)machine.status->refusal.other_name, "first");
}

static void a_cpu_that_the_machine_does_not_have_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.cpus = 1ULL << 40;
	assert_refused(&spec, EINVAL, RULE_CPU_NOT_IN_SYSTEM);
}

static void a_cell_without_cpus_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.cpus = 0;
	assert_refused(&spec, EINVAL, RULE_CPU_SET_EMPTY);
}

/* --- memory ------------------------------------------------------------------------------- */

static void memory_of_the_hypervisor_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.mem[1].phys_start = HV_PHYS - PAGE_SIZE;
	assert_refused(&spec, EINVAL, RULE_MEMORY_HYPERVISOR);
}

static void memory_that_is_not_roots_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.mem[1].phys_start = 0x80000000;
	assert_refused(&spec, EINVAL, RULE_MEMORY_NOT_ROOTS);
}

static void memory_of_another_cell_is_refused(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	assert_int_equal(machine_create(&first), 0);
	before = oracle_image(&machine);
	second.mem[1].phys_start = first.mem[1].phys_start + 0x4000;
	assert_refused(&second, EBUSY, RULE_MEMORY_IN_USE);
	second.mem[1].flags |= JAILHOUSE_MEM_ROOTSHARED;
	assert_refused(&second, EBUSY, RULE_MEMORY_IN_USE);
}

static void overlap_in_the_cells_address_space_is_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.mem[1].virt_start = COMM_VIRT;
	assert_refused(&spec, EINVAL, RULE_MEMORY_OVERLAP_VIRT);
}

static void addresses_beyond_the_tables_are_refused(void **state)
{
	struct cell_spec spec = machine_spec(1);

	spec.mem[1].virt_start = 1ULL << 48;
	assert_refused(&spec, E2BIG, RULE_MEMORY_WIDTH_VIRT);
}

/* --- what goes on elsewhere --------------------------------------------------------------- */

static void a_locked_cell_blocks_create_and_destroy_of_others(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2), third = machine_spec(3);

	start_cell(&first);
	assert_int_equal(machine_create(&second), 0);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	before = oracle_image(&machine);
	assert_refused(&third, EPERM, RULE_CELL_LOCKED);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, 2, 0), -EPERM);
	assert_int_equal(machine_last_rule(), RULE_CELL_LOCKED);
	assert_int_equal(state_of(1), JAILHOUSE_CELL_RUNNING_LOCKED);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, 2, 0), 0);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, 1, POLITE), 0);
}

static void a_passive_cell_cannot_block(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	first.flags = JAILHOUSE_CELL_PASSIVE_COMMREG;
	start_cell(&first);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(state_of(1), JAILHOUSE_CELL_RUNNING);
	assert_int_equal(machine_cell(1)->comm->msg_to_cell, JAILHOUSE_MSG_NONE);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
}

static void a_cell_that_has_ended_cannot_block(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	start_cell(&first);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_FAILED;
	assert_int_equal(state_of(1), JAILHOUSE_CELL_FAILED);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	assert_int_equal(machine_create(&second), 0);
}

static void while_one_operation_waits_every_other_one_is_busy(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2), third = machine_spec(3);

	start_cell(&first);
	assert_int_equal(machine_create(&second), 0);
	fake_run_cpus(1000);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), -EAGAIN);
	before = oracle_image(&machine);
	assert_refused(&third, EBUSY, RULE_MANAGEMENT_BUSY);
	assert_int_equal(machine_call(2 /* not root's: a cell's */, JAILHOUSE_HC_CELL_START, 2, 0), -EPERM);
	assert_int_equal(machine_call(3, JAILHOUSE_HC_CELL_START, 2, 0), -EBUSY);
	assert_int_equal(machine_call(3, JAILHOUSE_HC_CELL_START, 1, 0), -EBUSY);
	assert_string_equal((const char *)machine.status->refusal.other_name, "first");
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, 1, POLITE), 0);
	assert_int_equal(machine_call(3, JAILHOUSE_HC_CELL_START, 2, 0), 0);
}

static void an_abandoned_operation_does_not_block_for_ever(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	start_cell(&first);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), -EAGAIN);
	machine_answer(1, DENYING);
	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, 1, POLITE), 0);
}

static void an_abandoned_destroy_leaves_a_cell_that_can_be_destroyed(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);
	struct machine_image fresh = before, after;
	s64 result;

	start_cell(&first);
	machine_cell(1)->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	result = hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_DESTROY, 1, 0);
	assert_int_equal(result, -EAGAIN);
	assert_int_equal(machine_cell(1)->pending, CELL_PENDING_SCRUB);
	fake_run_cpus(1000);
	assert_int_equal(machine_create(&second), 0);
	assert_isolated();
	assert_int_equal(state_of(1), JAILHOUSE_CELL_SHUT_DOWN);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 2, 0), 0);
	after = oracle_image(&machine);
	assert_memory_equal(&fresh, &after, sizeof(fresh));
}

static void a_concurrent_caller_is_busy_not_stuck(void **state)
{
	machine.mgmt_lock.locked = 1;
	assert_int_equal(machine_call(1, JAILHOUSE_HC_CELL_START, 1, 0), -EBUSY);
	assert_int_equal(machine_last_rule(), RULE_MANAGEMENT_BUSY);
	machine.mgmt_lock.locked = 0;
}

static void a_subsystem_that_refuses_leaves_nothing_behind(void **state)
{
	struct cell_spec spec = machine_spec(1);

	test_subsystem.prepare_error_in = 1;
	assert_int_equal(machine_create(&spec), -ERANGE);
	/* with the subsystem's error in place of the rule's */
	assert_int_equal(machine.status->refusal.rule, RULE_NUMBER(RULE_INTERNAL));
	assert_unchanged();
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, boot_and_look, check_afterwards)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cell_may_not_manage),
		TEST(unknown_numbers_are_enosys),
		TEST(unknown_cells_are_enoent_and_root_is_einval),
		TEST(a_blob_outside_of_roots_memory_is_refused),
		TEST(a_blob_that_crosses_pages_is_read_whole),
		TEST(counts_that_ask_for_too_much_are_refused),
		TEST(a_wrong_signature_revision_or_architecture_is_refused),
		TEST(an_extension_block_is_read_and_an_unknown_tag_refused),
		TEST(a_used_id_is_refused),
		TEST(a_used_name_is_refused_roots_included),
		TEST(cpu_0_is_refused_on_x86),
		TEST(the_callers_cpu_is_refused),
		TEST(another_cells_cpu_is_refused),
		TEST(a_cpu_that_the_machine_does_not_have_is_refused),
		TEST(a_cell_without_cpus_is_refused),
		TEST(memory_of_the_hypervisor_is_refused),
		TEST(memory_that_is_not_roots_is_refused),
		TEST(memory_of_another_cell_is_refused),
		TEST(overlap_in_the_cells_address_space_is_refused),
		TEST(addresses_beyond_the_tables_are_refused),
		TEST(a_locked_cell_blocks_create_and_destroy_of_others),
		TEST(a_passive_cell_cannot_block),
		TEST(a_cell_that_has_ended_cannot_block),
		TEST(while_one_operation_waits_every_other_one_is_busy),
		TEST(an_abandoned_operation_does_not_block_for_ever),
		TEST(an_abandoned_destroy_leaves_a_cell_that_can_be_destroyed),
		TEST(a_concurrent_caller_is_busy_not_stuck),
		TEST(a_subsystem_that_refuses_leaves_nothing_behind),
	};

	return cmocka_run_group_tests_name("core_refusals", tests, NULL, NULL);
}
