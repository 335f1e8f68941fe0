/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * The n-th allocation fails, for every n, in every operation: nothing has changed. Copyright (c)
 * Jailhouse contributors, 2026
 */
#include "core_support.h"

#define ID 1

static void assert_same(const struct machine_image *before)
{
	struct machine_image after = oracle_image(&machine);

	assert_memory_equal(before, &after, sizeof(after));
	assert_isolated();
}

/** Many pieces: splits in several places, a region across root's border. */
static struct cell_spec scattered_spec(void)
{
	struct cell_spec spec = machine_spec(ID);

	spec.mem_count = 4;
	spec.mem[2] = (struct jailhouse_memory){ ROOT_MOVED_PHYS - 0x2000, 0x80000000, 0x4000,
						 RAM_FLAGS | JAILHOUSE_MEM_LOADABLE };
	spec.mem[3] = (struct jailhouse_memory){ DEVICE_PHYS, DEVICE_PHYS, 0x2000,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
							 JAILHOUSE_MEM_IO };
	return spec;
}

static void create_fails_cleanly_at(struct page_pool *pool)
{
	struct cell_spec spec = scattered_spec();
	struct machine_image before = oracle_image(&machine);
	u32 nth, failures = 0;
	s64 err;

	for (nth = 1; ; nth++) {
		pool->fail_in = nth;
		err = machine_create(&spec);
		if (!err)
			break;
		failures++;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(machine_last_rule(), RULE_NO_MEMORY);
		/* what did not go at once goes with the next call */
		machine_finish(0, JAILHOUSE_HC_CELL_CREATE, ~0ULL, 0);
		assert_same(&before);
	}
	pool->fail_in = 0;
	assert_int_equal(failures, nth - 1);
	assert_true(failures >= 1);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_same(&before);
}

static void create_fails_cleanly_at_every_private_page(void **state)
{
	create_fails_cleanly_at(&machine.pool);
}

static void create_fails_cleanly_without_a_published_page(void **state)
{
	create_fails_cleanly_at(&machine.published);
}

/*
 * While the operation cannot get memory it fails without effect on memory; then it works. Returns
 * the number of failures.
 */
static u32 survive_failures(u32 nr)
{
	struct machine_image before = oracle_image(&machine);
	u32 nth;
	s64 err;

	for (nth = 1; ; nth++) {
		machine.pool.fail_in = nth;
		err = machine_finish(0, nr, ID, 0);
		machine.pool.fail_in = 0;
		if (!err)
			return nth - 1;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(machine_last_rule(), RULE_NO_MEMORY);
		assert_same(&before);
	}
}

static void set_loadable_start_and_destroy_survive_every_failed_allocation(void **state)
{
	struct cell_spec spec = scattered_spec();
	struct machine_image before = oracle_image(&machine);

	assert_int_equal(machine_create(&spec), 0);
	assert_int_equal(survive_failures(JAILHOUSE_HC_CELL_SET_LOADABLE), 0);
	assert_int_equal(survive_failures(JAILHOUSE_HC_CELL_START), 0);
	machine_cell(ID)->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	assert_int_equal(survive_failures(JAILHOUSE_HC_CELL_DESTROY), 0);
	assert_same(&before);
}

/* The table that returning needs was set apart when it was taken away. */
static void a_cell_that_takes_a_whole_table_can_always_be_destroyed(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	struct machine_image before = oracle_image(&machine);

	/* all that root has behind one top-level entry: its table goes, and has to come back */
	spec.mem[1] = (struct jailhouse_memory){ ROOT_MOVED_PHYS, 0x80000000, ROOT_MOVED_SIZE,
						 RAM_FLAGS };
	assert_int_equal(machine_create(&spec), 0);
	assert_true(machine.pool.reserved > 0);
	assert_int_equal(survive_failures(JAILHOUSE_HC_CELL_DESTROY), 0);
	assert_same(&before);
}

static u32 use_up_pool(void **pages)
{
	u32 count = 0;

	while ((pages[count] = page_alloc(&machine.pool, 1)))
		count++;
	return count;
}

/* One large page of root's between two cells, half and half: its table has gone to nobody. */
static void neighbours_can_be_destroyed_while_the_pool_is_full(void **state)
{
	struct machine_image before = oracle_image(&machine);
	struct cell_spec first = machine_spec(1), second = machine_spec(2);
	void *pages[2000];
	u32 count;

	first.mem_count = second.mem_count = 1;
	first.mem[0] = (struct jailhouse_memory){ 0x400000, 0x80000000, 0x101000,
						   RAM_FLAGS };
	second.mem[0] = (struct jailhouse_memory){ 0x501000, 0x80000000, 0xff000,
						    RAM_FLAGS };
	assert_int_equal(machine_create(&first), 0);
	fake_run_cpus(1000);
	assert_int_equal(machine_create(&second), 0);
	fake_run_cpus(1000);
	count = use_up_pool(pages);
	assert_isolated();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_isolated();
	count += use_up_pool(pages + count);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 2, 0), 0);
	while (count > 0)
		page_free(&machine.pool, pages[--count], 1);
	assert_same(&before);
}

static void an_image_can_be_loaded_while_the_pool_is_full(void **state)
{
	struct machine_image before = oracle_image(&machine);
	struct cell_spec spec = machine_spec(ID);
	void *pages[2000];
	u32 count;

	spec.mem[0].phys_start = ROOT_MOVED_PHYS;
	spec.mem[0].virt_start = 0x80000000;
	spec.mem[0].size = 0x200000;
	assert_int_equal(machine_create(&spec), 0);
	count = use_up_pool(pages);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_isolated();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	machine_cell(ID)->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	while (count > 0)
		page_free(&machine.pool, pages[--count], 1);
	assert_same(&before);
}

/* From the @nth page on; returns how many it takes. */
static u32 boot_with_failing_pages(u32 nth)
{
	for (;; nth++) {
		machine_boot_fail_in = nth;
		if (!machine_boot_with(0xf, 4))
			break;
		assert_int_equal(machine_last_rule(), RULE_NO_MEMORY);
		assert_int_equal(test_subsystem.prepared, test_subsystem.aborted);
		assert_int_equal(test_subsystem.init, test_subsystem.shutdown);
		assert_int_equal(machine.pool.used, 1);		/* the pool's own bitmap */
		assert_int_equal(machine.published.used, 1);
		assert_null(machine.pcpus[0].cell);
	}
	machine_boot_fail_in = 0;
	return nth - 1;
}

static void boot_fails_cleanly_at_every_page(void **state)
{
	assert_true(boot_with_failing_pages(1) > 5);
	machine_boot();
}

/* More tables than a management call makes or frees at once: root's are made, and given up, all the same. */
static void so_it_does_with_many_tables(void **state)
{
	machine_device_size = 736 << 20;
	machine_boot();
	assert_true(machine.pool.used > 370);
	assert_true(boot_with_failing_pages(machine.pool.used - 5) > 370);
	machine_device_size = DEVICE_SIZE;
	machine_boot();
}

/* In the debug image alone; the model is built like that. */
static void root_can_tell_an_allocation_to_fail(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	start_cell(&spec);
	assert_int_equal(machine_call(1, JAILHOUSE_HC_X_FAIL_ALLOCATION, 1, 0), -HV_ENOSYS);
	spec = machine_spec(2);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_X_FAIL_ALLOCATION, 2, 0), 0);
	assert_int_equal(machine_create(&spec), -HV_ENOMEM);
	assert_int_equal(machine_create(&spec), 0);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_X_FAIL_ALLOCATION, 0, 0), 0);
}

static void a_pool_that_is_used_up_refuses_create_and_recovers(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	void *pages[2000];
	u32 count = use_up_pool(pages);

	assert_int_equal(machine_create(&spec), -ENOMEM);
	assert_int_equal(machine_last_rule(), RULE_NO_MEMORY);
	assert_int_equal(machine.status->refusal.value[1], 0);
	while (count > 0)
		page_free(&machine.pool, pages[--count], 1);
	assert_int_equal(machine_create(&spec), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(create_fails_cleanly_at_every_private_page),
		TEST(create_fails_cleanly_without_a_published_page),
		TEST(set_loadable_start_and_destroy_survive_every_failed_allocation),
		TEST(a_cell_that_takes_a_whole_table_can_always_be_destroyed),
		TEST(neighbours_can_be_destroyed_while_the_pool_is_full),
		TEST(an_image_can_be_loaded_while_the_pool_is_full),
		TEST(boot_fails_cleanly_at_every_page),
		TEST(so_it_does_with_many_tables),
		TEST(root_can_tell_an_allocation_to_fail),
		TEST(a_pool_that_is_used_up_refuses_create_and_recovers),
	};

	return cmocka_run_group_tests_name("core_allocation", tests, NULL, NULL);
}
