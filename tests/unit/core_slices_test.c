/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * A cell's tables are filled and freed in slices, with root running in between: whatever happens there, the machine is as if the call
 * had been one, or had not been made.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "core_support.h"

#define ID	1
#define CREATE	JAILHOUSE_HC_CELL_CREATE

static struct machine_image before;

/* Four tables each for stage 2 and DMA, and what leads to them */
static struct cell_spec large_spec(void)
{
	struct cell_spec spec = machine_spec(ID);

	spec.mem_count = 1;
	spec.mem[0] = (struct jailhouse_memory){ 0x200000, 0x200000, 0x800000, RAM_FLAGS | JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_NO_HUGEPAGES };
	return spec;
}

static s64 create(void)
{
	return machine_call(0, CREATE, BLOB_ADDRESS, 0);
}

static int with_small_slices(void **state)
{
	struct cell_spec spec = large_spec();

	machine_boot();
	machine.slice = 1;
	machine_write_blob(&spec, BLOB_ADDRESS);
	before = oracle_image(&machine);
	return 0;
}

static void assert_as_before(void)
{
	struct machine_image now = oracle_image(&machine);

	assert_memory_equal(&before, &now, sizeof(now));
	assert_null(machine.pending_cell);
}

/* Half a cell */
static void begin(void)
{
	u32 n;

	for (n = 0; n < 4; n++) {
		assert_int_equal(create(), -HV_EAGAIN);
		assert_isolated();
	}
	assert_null(machine_cell(ID));
	assert_true(machine.pool.used > before.pool_used);
}

/* Ends with anything but -EAGAIN; returns how many calls that took. */
static u32 repeat(u32 nr, u64 arg, s64 *result)
{
	u32 calls = 1;

	while ((*result = machine_call(0, nr, arg, 0)) == -HV_EAGAIN) {
		assert_isolated();
		fake_run_cpus(100);
		calls++;
	}
	return calls;
}

static void slices_make_the_same_cell(void **state)
{
	struct machine_image whole, sliced;
	s64 err;

	assert_true(repeat(CREATE, BLOB_ADDRESS, &err) > 8);
	assert_int_equal(err, 0);
	assert_isolated();
	sliced = oracle_image(&machine);
	with_small_slices(state);
	machine.slice = SLICE_ENTRIES;
	/* the permission maps in one, all that is sliced in the other */
	assert_int_equal(repeat(CREATE, BLOB_ADDRESS, &err), 2);
	assert_int_equal(err, 0);
	whole = oracle_image(&machine);
	assert_memory_equal(&whole, &sliced, sizeof(whole));
}

static void root_runs_and_sees_nothing_of_it_in_between(void **state)
{
	u64 hpa;

	begin();
	assert_int_equal(machine.root->cpu_set[0], 0xf);
	assert_true(fake_guest_access(&fake_vcpus[1], 0x200000, PT_WRITE, &hpa));
	assert_int_equal(machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS, 0), 1);
	assert_int_equal(state_of(ID), -HV_ENOENT);
}

/* The copy was made, and judged, at the first call. */
static void what_root_writes_there_meanwhile_does_not_count(void **state)
{
	struct cell_spec other = machine_spec(2);
	s64 err;

	begin();
	machine_write_blob(&other, BLOB_ADDRESS);
	repeat(CREATE, BLOB_ADDRESS, &err);
	assert_int_equal(err, 0);
	assert_non_null(machine_cell(ID));
	assert_null(machine_cell(2));
}

static void assert_given_up_by(u32 nr, u64 arg, s64 result)
{
	s64 err;

	begin();
	assert_true(repeat(nr, arg, &err) > 2);
	assert_int_equal(err, result);
}

static void another_create_gives_it_up(void **state)
{
	struct cell_spec other = machine_spec(2);
	s64 err;

	machine_write_blob(&other, BLOB_ADDRESS + 0x1000);
	assert_given_up_by(CREATE, BLOB_ADDRESS + 0x1000, 0);
	assert_non_null(machine_cell(2));
	assert_null(machine_cell(ID));
	repeat(JAILHOUSE_HC_CELL_DESTROY, 2, &err);
	assert_as_before();
}

static void so_does_an_operation_of_another_cell(void **state)
{
	static const u32 operations[] = { JAILHOUSE_HC_CELL_SET_LOADABLE, JAILHOUSE_HC_CELL_START };
	struct cell_spec other = machine_spec(3), spec = large_spec();
	u32 n;

	other.mem_count = 1;
	other.mem[0].phys_start = 0x800000;
	machine_boot();
	assert_int_equal(machine_create(&other), 0);
	fake_run_cpus(1000);
	spec.mem[0].size = 0x600000;
	machine_write_blob(&spec, BLOB_ADDRESS);
	before = oracle_image(&machine);
	machine.slice = 1;
	for (n = 0; n < ARRAY_SIZE(operations); n++) {
		assert_given_up_by(operations[n], 3, 0);
		assert_null(machine.pending_cell);
	}
	assert_int_equal(operate(JAILHOUSE_HC_CELL_SET_LOADABLE, 3, POLITE), 0);
	assert_given_up_by(JAILHOUSE_HC_CELL_DESTROY, 3, 0);
	assert_int_equal(machine.pool.reserved, 0);
}

/* At each allocation of each slice: what there was is freed, by the next calls if there are many tables. */
static void every_allocation_may_fail(void **state)
{
	u32 nth, calls = 0;
	s64 err = -HV_ENOMEM;

	for (nth = 1; err; nth++) {
		machine.pool.fail_in = nth;
		calls += repeat(CREATE, BLOB_ADDRESS, &err);
		machine.pool.fail_in = 0;
		if (!err)
			break;
		assert_int_equal(err, -HV_ENOMEM);
		assert_int_equal(machine_last_rule(), RULE_NO_MEMORY);
		assert_isolated();
		repeat(CREATE, ~0ULL, &err);
		assert_as_before();
		err = -HV_ENOMEM;
	}
	assert_true(nth > 15 && calls > 3 * nth);
	repeat(JAILHOUSE_HC_CELL_DESTROY, ID, &err);
	assert_as_before();
}

static void destroying_goes_in_slices(void **state)
{
	u32 calls;
	s64 err;

	repeat(CREATE, BLOB_ADDRESS, &err);
	fake_run_cpus(1000);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), -HV_EAGAIN);
	/* all is root's again, but the pages of the tables */
	assert_null(machine_cell(ID));
	assert_int_equal(machine.root->cpu_set[0], 0xf);
	assert_true(machine.pool.used > before.pool_used);
	assert_isolated();
	calls = repeat(JAILHOUSE_HC_CELL_DESTROY, ID, &err);
	assert_int_equal(err, 0);
	assert_true(calls > 4);
	assert_as_before();
}

static void who_destroys_and_does_not_come_back_leaves_it_to_others(void **state)
{
	s64 err;

	repeat(CREATE, BLOB_ADDRESS, &err);
	fake_run_cpus(1000);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), -HV_EAGAIN);
	assert_true(repeat(CREATE, ~0ULL, &err) > 4);
	assert_as_before();
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), -HV_ENOENT);
}

static void a_cpu_of_the_cell_cannot_go_on_with_it(void **state)
{
	s64 err;

	begin();
	assert_int_equal(machine_call(1, CREATE, BLOB_ADDRESS, 0), -HV_EBUSY);
	assert_int_equal(machine_last_rule(), RULE_CPU_CALLER);
	repeat(CREATE, ~0ULL, &err);
	assert_as_before();
}

static void a_cell_that_locks_meanwhile_ends_it(void **state)
{
	struct cell_spec other = machine_spec(3), spec = large_spec();
	s64 err;

	other.mem_count = 1;
	other.mem[0].phys_start = 0xa00000;
	machine_boot();
	start_cell(&other);
	machine_write_blob(&spec, BLOB_ADDRESS);
	before = oracle_image(&machine);
	machine.slice = 1;
	begin();
	machine_cell(3)->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	assert_int_equal(create(), -HV_EPERM);
	machine_cell(3)->comm->cell_state = JAILHOUSE_CELL_RUNNING;
	repeat(CREATE, ~0ULL, &err);
	assert_as_before();
}

/* Whom its regions are compared with is a call's work then. */
static void a_cell_of_many_regions_is_judged_first(void **state)
{
	struct cell_spec spec = large_spec(), other = machine_spec(2);
	u32 n;

	spec.mem_count = 21;
	for (n = 0; n < spec.mem_count; n++)
		spec.mem[n] = (struct jailhouse_memory){ 0x200000 + n * 0x3000, 0x200000 + n * 0x3000, 0x2000, RAM_FLAGS };
	machine_write_blob(&spec, BLOB_ADDRESS);
	machine.slice = SLICE_ENTRIES * 30;
	assert_int_equal(create(), -HV_EAGAIN);
	assert_null(machine_cell(ID));
	assert_null(machine.pending_cell->comm);
	assert_isolated();
	machine_write_blob(&other, BLOB_ADDRESS);
	/* its permission maps are another one's */
	assert_int_equal(create(), -HV_EAGAIN);
	assert_non_null(machine.pending_cell->comm);
	assert_int_equal(create(), 0);
	assert_non_null(machine_cell(ID));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_as_before();
	/* what is wrong is said in the first call */
	spec.mem[20].phys_start = 0x200000;
	machine_write_blob(&spec, BLOB_ADDRESS);
	assert_int_equal(create(), -HV_EINVAL);
	assert_int_equal(machine_last_rule(), RULE_MEMORY_OVERLAP_PHYS);
	assert_as_before();
}

/* --- lending memory for the image ----------------------------------------------------------------- */

#define LOAD	JAILHOUSE_HC_CELL_SET_LOADABLE
#define START	JAILHOUSE_HC_CELL_START
#define PARTS	4
/* Each in another place of its large page: in the model's TLB none is in the way of another. */
#define PART(n)	(0x210000ULL + (n) * 0x208000ULL)

static struct machine_image created, loaded;

static struct cell_spec parts_spec(void)
{
	struct cell_spec spec = machine_spec(ID);
	u32 n;

	spec.mem_count = PARTS;
	for (n = 0; n < PARTS; n++)
		spec.mem[n] = (struct jailhouse_memory){ PART(n), 0x10000000 + PART(n), 0x3000, RAM_FLAGS | JAILHOUSE_MEM_LOADABLE };
	return spec;
}

/* What it is like without slices, then with one extent a call */
static int with_an_image_in_parts(void **state)
{
	struct cell_spec spec = parts_spec();

	machine_boot();
	before = oracle_image(&machine);
	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	created = oracle_image(&machine);
	assert_int_equal(machine_finish(0, LOAD, ID, 0), 0);
	loaded = oracle_image(&machine);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_as_before();
	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	machine.slice = 1;
	return 0;
}

/* Its neighbours, in the same large page, are root's all the time. */
static bool roots(u32 cpu, u32 part)
{
	u64 hpa;

	assert_true(fake_guest_access(&fake_vcpus[cpu], PART(part) - 0x1000, PT_WRITE, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[cpu], PART(part) + 0x3000, PT_WRITE, &hpa));
	return fake_guest_access(&fake_vcpus[cpu], PART(part), PT_WRITE, &hpa);
}

/* Both CPUs of root, whose TLBs have seen all that it had */
static u32 parts_of_root(void)
{
	u32 n, count = 0;

	for (n = 0; n < PARTS; n++) {
		assert_int_equal(roots(0, n), roots(2, n));
		count += roots(0, n);
	}
	return count;
}

static void assert_image(const struct machine_image *want)
{
	struct machine_image now = oracle_image(&machine);

	assert_memory_equal(want, &now, sizeof(now));
	assert_isolated();
}

/* No CPU of root keeps what it has lost with a slice, nor a page of another size than there is now. */
static void a_cell_in_parts_is_taken_and_given_back_in_slices(void **state)
{
	struct cell_spec spec = parts_spec();
	u32 n, left = PARTS, prepared = test_subsystem.prepared;
	s64 err;

	machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0);
	machine_write_blob(&spec, BLOB_ADDRESS);
	for (err = -HV_EAGAIN; err == -HV_EAGAIN; left = n) {
		err = create();
		n = parts_of_root();
		assert_true(n == left || n == left - 1);
		/* what subsystems learn of root's devices is of the last call, in which the cell gets them */
		assert_int_equal(test_subsystem.prepared, prepared + !err);
		assert_isolated();
	}
	assert_int_equal(err, 0);
	assert_int_equal(left, 0);
	fake_run_cpus(1000);
	for (err = -HV_EAGAIN; err == -HV_EAGAIN; left = n) {
		err = machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0);
		n = parts_of_root();
		assert_true(n == left || n == left + 1);
		assert_isolated();
	}
	assert_int_equal(left, PARTS);
	assert_as_before();
}

/* For everybody to see: until all is lent, and again until all is taken */
static bool is_loadable(void)
{
	return machine.status->cells[1].flags & JAILHOUSE_STATUS_LOADABLE;
}

static void an_image_is_lent_in_slices(void **state)
{
	u32 n;

	for (n = 1; n < PARTS; n++) {
		assert_int_equal(machine_call(0, LOAD, ID, 0), -HV_EAGAIN);
		assert_int_equal(machine.pending_cell->pending, CELL_PENDING_MOVE);
		assert_int_equal(parts_of_root(), n);
		assert_false(is_loadable());
		assert_isolated();
	}
	assert_int_equal(machine_call(0, LOAD, ID, 0), 0);
	assert_int_equal(parts_of_root(), PARTS);
	assert_true(is_loadable());
	assert_null(machine.pending_cell);
	assert_image(&loaded);
}

static void lend_all(void)
{
	s64 err;

	repeat(LOAD, ID, &err);
	assert_int_equal(err, 0);
	assert_int_equal(parts_of_root(), PARTS);
}

static void it_is_taken_before_the_first_instruction(void **state)
{
	u32 n;

	lend_all();
	for (n = 1; n < PARTS; n++) {
		assert_int_equal(machine_call(0, START, ID, 0), -HV_EAGAIN);
		assert_int_equal(parts_of_root(), PARTS - n);
		assert_true(is_loadable());
		assert_int_not_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
		assert_int_equal(state_of(ID), JAILHOUSE_CELL_SHUT_DOWN);
		assert_isolated();
	}
	assert_int_equal(machine_call(0, START, ID, 0), 0);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
	assert_int_equal(parts_of_root(), 0);
	assert_false(is_loadable());
}

static void begin_to_lend(void)
{
	assert_int_equal(machine_call(0, LOAD, ID, 0), -HV_EAGAIN);
	assert_int_equal(machine_call(0, LOAD, ID, 0), -HV_EAGAIN);
	assert_int_equal(parts_of_root(), 2);
}

static void what_was_lent_is_withdrawn_when_somebody_else_comes(void **state)
{
	s64 err;

	begin_to_lend();
	assert_true(repeat(CREATE, ~0ULL, &err) > 1);
	assert_int_not_equal(err, 0);
	assert_int_equal(parts_of_root(), 0);
	assert_image(&created);
}

static void a_start_of_what_is_half_lent_takes_it_back(void **state)
{
	s64 err;

	begin_to_lend();
	repeat(START, ID, &err);
	assert_int_equal(err, 0);
	assert_int_equal(parts_of_root(), 0);
	fake_run_cpus(10);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
}

static void loading_what_is_half_started_lends_all_of_it(void **state)
{
	s64 err;

	lend_all();
	assert_int_equal(machine_call(0, START, ID, 0), -HV_EAGAIN);
	repeat(LOAD, ID, &err);
	assert_int_equal(err, 0);
	assert_int_equal(parts_of_root(), PARTS);
	assert_image(&loaded);
	assert_int_not_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
}

static void assert_verified(void)
{
	u32 n;
	s64 err;

	machine_call(0, JAILHOUSE_HC_X_VERIFY, JAILHOUSE_VERIFY_START, 0);
	repeat(JAILHOUSE_HC_X_VERIFY, JAILHOUSE_VERIFY_NEXT, &err);
	assert_int_equal(err, 0);
	for (n = 0; n < JAILHOUSE_VERIFY_CLAUSES; n++)
		assert_int_equal(machine.status->verify.violations[n], 0);
}

/* It looks at what is whole: what is half lent, or half taken, is given up before. */
static void verify_ends_what_is_half_done(void **state)
{
	struct cell_spec spec = parts_spec();

	begin_to_lend();
	assert_verified();
	assert_image(&created);
	machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0);
	machine_write_blob(&spec, BLOB_ADDRESS);
	while (parts_of_root() > PARTS - 2)
		assert_int_equal(create(), -HV_EAGAIN);
	assert_verified();
	assert_as_before();
}

static void a_cell_that_is_half_lent_can_be_destroyed(void **state)
{
	s64 err;

	begin_to_lend();
	repeat(JAILHOUSE_HC_CELL_DESTROY, ID, &err);
	assert_int_equal(err, 0);
	assert_as_before();
}

/* The pages between are taken by whom the window of a neighbour leaves them. */
static void windows_of_two_cells_share_a_page_and_not_the_next(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);
	const u64 flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32;
	u64 hpa;

	machine_boot();
	before = oracle_image(&machine);
	first.mem[first.mem_count++] = (struct jailhouse_memory){ DEVICE_PHYS + 0xfc0, 0x900fc0, 0x80, flags };
	second.mem[second.mem_count++] = (struct jailhouse_memory){ DEVICE_PHYS + 0x1100, 0x900100, 0x10, flags };
	assert_int_equal(machine_create(&second), 0);
	fake_run_cpus(1000);
	assert_true(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS, PT_READ, &hpa));
	assert_int_equal(machine_create(&first), 0);
	fake_run_cpus(1000);
	assert_isolated();
	assert_false(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS, PT_READ, &hpa));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_isolated();
	assert_true(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS, PT_READ, &hpa));
	assert_false(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x1000, PT_READ, &hpa));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 2, 0), 0);
	assert_as_before();
}

static void verify_works_in_between(void **state)
{
	s64 err;

	begin();
	machine_call(0, JAILHOUSE_HC_X_VERIFY, JAILHOUSE_VERIFY_START, 0);
	repeat(JAILHOUSE_HC_X_VERIFY, JAILHOUSE_VERIFY_NEXT, &err);
	assert_int_equal(err, 0);
	repeat(CREATE, BLOB_ADDRESS, &err);
	assert_int_equal(err, 0);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, with_small_slices, check_afterwards)
#define IN_PARTS(name) cmocka_unit_test_setup_teardown(name, with_an_image_in_parts, check_afterwards)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slices_make_the_same_cell),
		TEST(root_runs_and_sees_nothing_of_it_in_between),
		TEST(what_root_writes_there_meanwhile_does_not_count),
		TEST(another_create_gives_it_up),
		TEST(so_does_an_operation_of_another_cell),
		TEST(every_allocation_may_fail),
		TEST(destroying_goes_in_slices),
		TEST(who_destroys_and_does_not_come_back_leaves_it_to_others),
		TEST(a_cpu_of_the_cell_cannot_go_on_with_it),
		TEST(a_cell_that_locks_meanwhile_ends_it),
		TEST(verify_works_in_between),
		TEST(a_cell_of_many_regions_is_judged_first),
		TEST(windows_of_two_cells_share_a_page_and_not_the_next),
		IN_PARTS(a_cell_in_parts_is_taken_and_given_back_in_slices),
		IN_PARTS(an_image_is_lent_in_slices),
		IN_PARTS(it_is_taken_before_the_first_instruction),
		IN_PARTS(what_was_lent_is_withdrawn_when_somebody_else_comes),
		IN_PARTS(a_start_of_what_is_half_lent_takes_it_back),
		IN_PARTS(loading_what_is_half_started_lends_all_of_it),
		IN_PARTS(a_cell_that_is_half_lent_can_be_destroyed),
		IN_PARTS(verify_ends_what_is_half_done),
	};

	return cmocka_run_group_tests_name("core_slices", tests, NULL, NULL);
}
