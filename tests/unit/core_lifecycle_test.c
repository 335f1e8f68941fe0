/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/* Life of a cell on the fake architecture. Copyright (c) Jailhouse contributors, 2026 */
#include "core_support.h"

#define ID 1
#define IMAGE_PHYS	0x200000ULL	/* machine_spec(1): LOADABLE */
#define HEAP_PHYS	0x323000ULL	/* machine_spec(1): second region, at virtual 0x200000 */
#define HEAP_VIRT	0x200000ULL

static void create_first(void)
{
	struct cell_spec spec = machine_spec(ID);

	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_run_cpus(1000));
}

static void start_first(void)
{
	create_first();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
}

/* --- boot --------------------------------------------------------------------------------- */

static void after_boot_root_has_all_cpus_and_runs(void **state)
{
	assert_int_equal(machine.cell_count, 1);
	assert_int_equal(state_of(0), JAILHOUSE_CELL_RUNNING);
	assert_int_equal(machine.root->cpu_set[0], 0xf);
	assert_int_equal(test_subsystem.init, 1);
	assert_non_null(strstr(machine_console(), "Jailhouse: root cell \"root\" on 4 CPUs;"));
	assert_int_equal(test_subsystem.prepared, 1);
	assert_int_equal(test_subsystem.committed, 0);
}

static void boot_needs_all_configured_cpus(void **state)
{
	assert_int_equal(machine_boot_with(0xf, 3), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_CPU_COUNT);
	assert_int_equal(machine.status->refusal.value[0], 3);
	assert_int_equal(machine.status->refusal.value[1], 4);
	assert_null(machine.root);
	assert_int_equal(test_subsystem.shutdown, test_subsystem.init);
	machine_boot();
}

static void boot_refuses_a_cpu_that_the_configuration_does_not_list(void **state)
{
	assert_int_equal(machine_boot_with(0x7, 4), -EINVAL);
	assert_int_equal(machine_last_rule(), RULE_CPU_NOT_IN_ROOT);
	machine_boot();
}

/* --- create ------------------------------------------------------------------------------- */

static void a_new_cell_is_shut_down_and_has_its_cpu(void **state)
{
	create_first();
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_SHUT_DOWN);
	assert_ptr_equal(machine.pcpus[1].cell, machine_cell(ID));
	assert_false(cell_owns_cpu(machine.root, 1));
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
	assert_int_equal(test_subsystem.committed, 1);
	assert_int_equal(test_subsystem.freed, 1);
	assert_int_equal(test_subsystem.assigned, 1);
	assert_int_equal(machine.root->arch.updates, 1);
}

static void root_loses_the_memory_of_a_new_cell_at_once(void **state)
{
	u64 hpa;

	assert_true(fake_guest_access(&fake_vcpus[0], HEAP_PHYS, PT_READ, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[2], HEAP_PHYS, PT_READ, &hpa));
	create_first();
	assert_false(fake_guest_access(&fake_vcpus[0], HEAP_PHYS, PT_READ, &hpa));
	assert_false(fake_guest_access(&fake_vcpus[2], HEAP_PHYS, PT_READ, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[0], HEAP_PHYS - PAGE_SIZE, PT_READ, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[0], HEAP_PHYS + 0x5000, PT_READ, &hpa));
}

static void memory_that_root_has_at_another_address_is_taken_there(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u64 hpa;

	spec.mem[1].phys_start = ROOT_MOVED_PHYS + 0x8000;
	assert_int_equal(machine_create(&spec), 0);
	assert_false(fake_guest_access(&fake_vcpus[0], ROOT_MOVED_VIRT + 0x8000, PT_READ, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[0], ROOT_MOVED_VIRT + 0x7fff, PT_READ, &hpa));
	assert_int_equal(hpa, ROOT_MOVED_PHYS + 0x7fff);
}

static void a_region_that_spans_two_of_roots_is_taken_from_both(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	struct machine_image before = oracle_image(&machine), after;
	u64 hpa;

	spec.mem[1] =
		(struct jailhouse_memory){ ROOT_MOVED_PHYS - 0x2000, 0x200000, 0x4000, RAM_FLAGS };
	assert_int_equal(machine_create(&spec), 0);
	assert_false(fake_guest_access(&fake_vcpus[0], ROOT_MOVED_PHYS - PAGE_SIZE, PT_READ, &hpa));
	assert_false(fake_guest_access(&fake_vcpus[0], ROOT_MOVED_VIRT + PAGE_SIZE, PT_READ, &hpa));
	assert_isolated();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
}

/* As if root's configuration had never named the page */
static void lose_for_good(u64 va)
{
	struct pt full = machine.root->stage2;
	u32 page;

	full.root = full.full;
	full.full = NULL;
	plant_root_hole(&machine.root->stage2, va, PAGE_SIZE);
	/* what was a large page */
	plant_page(&full, va, 0, 0);
	for (page = 1; page < 512; page++)
		plant_page(&full, va + page * PAGE_SIZE, va + page * PAGE_SIZE, RAM_FLAGS);
}

/* One stage-2 table holds the page that root cannot even read and those that it gets back. */
static void a_region_that_root_may_not_read_is_neither_taken_nor_returned(void **state)
{
	struct jailhouse_memory *roots = (struct jailhouse_memory *)machine.root->view.mem;
	struct jailhouse_memory saved[2] = { roots[0], roots[1] };
	struct cell_spec spec = machine_spec(ID);
	u64 hpa;

	roots[0] = (struct jailhouse_memory){ 0x800000, 0x800000, PAGE_SIZE, 0 };
	roots[1] = (struct jailhouse_memory){ 0x801000, 0x801000, 0x1ff000, RAM_FLAGS };
	lose_for_good(0x800000);
	spec.mem_count = 1;
	spec.mem[0] = (struct jailhouse_memory){ 0x800000, 0x800000, 0x200000, RAM_FLAGS };
	assert_int_equal(machine_create(&spec), 0);
	assert_false(fake_guest_access(&fake_vcpus[0], 0x801000, PT_READ, &hpa));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_true(fake_guest_access(&fake_vcpus[0], 0x801000, PT_READ, &hpa));
	assert_false(fake_guest_access(&fake_vcpus[0], 0x800000, PT_READ, &hpa));
	roots[0] = saved[0];
	roots[1] = saved[1];
	machine_boot();
}

static void a_shared_region_stays_with_root_and_is_not_scrubbed(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u64 hpa;

	spec.mem[1].flags |= JAILHOUSE_MEM_ROOTSHARED;
	*fake_ram(HEAP_PHYS) = 0x77;
	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	assert_int_equal(*fake_ram(HEAP_PHYS), 0x77);
	assert_true(fake_guest_access(&fake_vcpus[0], HEAP_PHYS, PT_WRITE, &hpa));
}

static void device_memory_is_taken_but_never_scrubbed(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u64 hpa;

	spec.mem[1] = (struct jailhouse_memory){ DEVICE_PHYS + 0x2000, DEVICE_PHYS, 0x1000,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
							 JAILHOUSE_MEM_IO };
	assert_int_equal(machine_create(&spec), 0);
	/* the fake has no RAM there: a write would abort the test */
	assert_true(fake_run_cpus(1000));
	assert_false(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x2000, PT_READ, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x1000, PT_READ, &hpa));
}

static void memory_that_the_cell_calls_a_device_is_not_scrubbed(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.mem[1].flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO;
	*fake_ram(HEAP_PHYS) = 0x77;
	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_run_cpus(1000));
	assert_int_equal(*fake_ram(HEAP_PHYS), 0x77);
}

static void registers_without_the_io_flag_are_not_scrubbed(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	struct jailhouse_memory *roots = (struct jailhouse_memory *)&machine.root->view.mem[1];

	/* as older configurations list them: READ and WRITE alone, on both sides */
	roots->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE;
	spec.mem[1] = (struct jailhouse_memory){ ROOT_MOVED_PHYS, 0x200000, 0x1000,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE };
	*fake_ram(ROOT_MOVED_PHYS) = 0x77;
	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_run_cpus(1000));
	assert_int_equal(*fake_ram(ROOT_MOVED_PHYS), 0x77);
	machine_boot();
}

static void data_memory_of_a_cell_is_scrubbed_where_root_says_that_it_is_ram(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.mem[1].flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE;
	*fake_ram(HEAP_PHYS) = 0x77;
	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_run_cpus(1000));
	assert_int_equal(*fake_ram(HEAP_PHYS), 0);
}

static void memory_that_is_loaded_is_ram_even_without_code_or_dma(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	struct jailhouse_memory *roots = (struct jailhouse_memory *)&machine.root->view.mem[1];

	roots->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE;
	spec.mem[1] = (struct jailhouse_memory){ ROOT_MOVED_PHYS, 0x200000, 0x1000,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
							 JAILHOUSE_MEM_LOADABLE };
	*fake_ram(ROOT_MOVED_PHYS) = 0x77;
	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_run_cpus(1000));
	assert_int_equal(*fake_ram(ROOT_MOVED_PHYS), 0);
	machine_boot();
}

static void a_region_smaller_than_a_page_takes_its_page_from_root(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u64 hpa;

	spec.mem[1] = (struct jailhouse_memory){ DEVICE_PHYS + 0x2010, 0x300010, 0x10,
						 JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
							 JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32 };
	assert_int_equal(machine_create(&spec), 0);
	assert_false(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x2000, PT_READ, &hpa));
	assert_false(
		pt_lookup(&machine_cell(ID)->stage2, 0x300000, &hpa, &(u32){ 0 }, &(u64){ 0 }));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_true(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x2000, PT_READ, &hpa));
}

static void two_small_regions_of_one_page_return_it_with_the_second(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);
	struct jailhouse_memory registers = { DEVICE_PHYS + 0x2010, 0x300010, 0x10,
					      JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
						      JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32 };
	u64 hpa;

	first.mem[1] = registers;
	second.mem[1] = registers;
	second.mem[1].phys_start += 0x20;
	assert_int_equal(machine_create(&first), 0);
	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 1, 0), 0);
	assert_false(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x2000, PT_READ, &hpa));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, 2, 0), 0);
	assert_true(fake_guest_access(&fake_vcpus[0], DEVICE_PHYS + 0x2000, PT_READ, &hpa));
}

static void statistics_start_at_zero_with_a_new_owner(void **state)
{
	machine.pcpus[1].stats[JAILHOUSE_CPU_STAT_VMEXITS_TOTAL] = 1234;
	create_first();
	assert_int_equal(
		machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, JAILHOUSE_CPU_INFO_STAT_BASE), 0);
	machine.pcpus[1].stats[JAILHOUSE_CPU_STAT_VMEXITS_TOTAL] = 1234;
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_int_equal(
		machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, JAILHOUSE_CPU_INFO_STAT_BASE), 0);
}

static void registers_do_not_travel_with_a_cpu(void **state)
{
	fake_vcpus[1].arch.regs[3] = 0x5ec7e7;
	create_first();
	assert_int_equal(fake_vcpus[1].arch.regs[3], 0);
	fake_vcpus[1].arch.regs[3] = 0x5ec7e7;
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	assert_int_equal(fake_vcpus[1].arch.regs[3], 0);
}

static void events_that_root_had_sent_do_not_reach_the_cell(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	machine.pcpus[1].ctrl.sipi_vector = 9;
	__atomic_fetch_or(&machine.pcpus[1].ctrl.requests, CPU_REQ_ARCH_INIT | CPU_REQ_ARCH_START,
			  __ATOMIC_RELAXED);
	assert_int_equal(machine_create(&spec), 0);
	fake_run_cpus(1000);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
}

/* --- scrubbing ---------------------------------------------------------------------------- */

static bool all_bytes(u64 phys, u64 size, u8 value)
{
	while (size--)
		if (*fake_ram(phys++) != value)
			return false;
	return true;
}

static void create_clears_every_byte_of_the_cells_memory_and_no_other(void **state)
{
	memset(fake_ram(IMAGE_PHYS - PAGE_SIZE), 0xab, 0x100000 + 2 * PAGE_SIZE);
	memset(fake_ram(HEAP_PHYS - PAGE_SIZE), 0xab, 0x5000 + 2 * PAGE_SIZE);
	create_first();
	assert_true(all_bytes(IMAGE_PHYS, 0x100000, 0));
	assert_true(all_bytes(HEAP_PHYS, 0x5000, 0));
	assert_true(all_bytes(IMAGE_PHYS - PAGE_SIZE, PAGE_SIZE, 0xab));
	assert_true(all_bytes(IMAGE_PHYS + 0x100000, PAGE_SIZE, 0xab));
	assert_true(all_bytes(HEAP_PHYS - PAGE_SIZE, PAGE_SIZE, 0xab));
	assert_true(all_bytes(HEAP_PHYS + 0x5000, PAGE_SIZE, 0xab));
}

static void start_waits_until_scrubbing_is_done_and_root_runs_meanwhile(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	u32 rounds = 0;

	memset(fake_ram(IMAGE_PHYS), 0xab, 0x100000);
	assert_int_equal(machine_create(&spec), 0);
	while (machine_call(0, JAILHOUSE_HC_CELL_START, ID, 0) == -HV_EAGAIN) {
		assert_int_equal(fake_vcpus[0].arch.mode, FAKE_RUNNING);
		rounds++;
	}
	assert_true(rounds > 2);
	assert_true(all_bytes(IMAGE_PHYS, 0x100000, 0));
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
}

static void loading_waits_for_scrubbing_so_that_the_image_survives(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	assert_int_equal(machine_create(&spec), 0);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), -HV_EAGAIN);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_true(fake_guest_write8(&fake_vcpus[0], IMAGE_PHYS + 0x1000, 0x90));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	fake_run_cpus(1000);
	assert_int_equal(*fake_ram(IMAGE_PHYS + 0x1000), 0x90);
}

static void destroy_clears_what_the_cell_wrote_before_root_sees_it(void **state)
{
	s64 result;

	start_first();
	assert_true(fake_guest_write8(&fake_vcpus[1], HEAP_VIRT + 0x4fff, 0x99));
	assert_true(fake_guest_write8(&fake_vcpus[1], 0xfffff, 0x99));
	do {
		u64 hpa;

		result = machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0);
		machine_answer(ID, POLITE);
		if (fake_guest_access(&fake_vcpus[0], HEAP_PHYS, PT_READ, &hpa))
			assert_true(all_bytes(HEAP_PHYS, 0x5000, 0));
	} while (result == -HV_EAGAIN);
	assert_int_equal(result, 0);
	assert_true(all_bytes(HEAP_PHYS, 0x5000, 0));
	assert_true(all_bytes(IMAGE_PHYS, 0x100000, 0));
}

static void a_cell_that_never_ran_is_destroyed_without_a_second_scrub(void **state)
{
	create_first();
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
}

static void several_cpus_share_the_scrubbing(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.cpus = 0xe;
	memset(fake_ram(IMAGE_PHYS), 0xab, 0x100000);
	assert_int_equal(machine_create(&spec), 0);
	assert_true(fake_run_cpus(1000));
	assert_true(all_bytes(IMAGE_PHYS, 0x100000, 0));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
}

/* --- start, loadable ---------------------------------------------------------------------- */

static void start_resets_all_cpus_to_the_configured_address(void **state)
{
	struct cell_spec spec = machine_spec(ID);

	spec.cpus = 0x6;
	assert_int_equal(machine_create(&spec), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_RUNNING);
	assert_int_equal(fake_vcpus[2].arch.ip, 0x1000);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
}

static void the_communication_page_is_complete_at_start(void **state)
{
	struct cell_spec spec = machine_spec(ID);
	const struct jailhouse_comm_region *comm;

	spec.flags =
		JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED | JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE;
	assert_int_equal(machine_create(&spec), 0);
	memset((u8 *)machine_cell(ID)->comm + 200, 0xee, 100);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	comm = machine_cell(ID)->comm;
	assert_memory_equal(comm->signature, "JHCOMM", 6);
	assert_int_equal(comm->revision, 2);
	assert_int_equal(comm->cell_state, JAILHOUSE_CELL_RUNNING);
	assert_int_equal(comm->flags, JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED |
					      JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE);
	assert_int_equal(comm->num_cpus, 1);
	assert_int_equal(comm->pm_timer_address, 0x608);
	assert_int_equal(((const u8 *)comm)[250], 0);
}

static void loadable_memory_is_roots_between_set_loadable_and_start(void **state)
{
	u64 hpa;

	create_first();
	assert_false(fake_guest_access(&fake_vcpus[0], IMAGE_PHYS, PT_WRITE, &hpa));
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_true(fake_guest_access(&fake_vcpus[0], IMAGE_PHYS, PT_WRITE, &hpa));
	assert_true(fake_guest_access(&fake_vcpus[2], IMAGE_PHYS, PT_WRITE, &hpa));
	assert_false(fake_guest_access(&fake_vcpus[0], HEAP_PHYS, PT_WRITE, &hpa));
	assert_isolated();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	assert_false(fake_guest_access(&fake_vcpus[0], IMAGE_PHYS, PT_WRITE, &hpa));
	assert_false(fake_guest_access(&fake_vcpus[2], IMAGE_PHYS, PT_WRITE, &hpa));
}

static void set_loadable_twice_is_once(void **state)
{
	struct machine_image once, twice;

	create_first();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	once = oracle_image(&machine);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	twice = oracle_image(&machine);
	assert_memory_equal(&once, &twice, sizeof(once));
}

static void set_loadable_stops_a_running_cell(void **state)
{
	s64 result;

	start_first();
	while ((result = machine_call(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0)) == -HV_EAGAIN)
		machine_answer(ID, POLITE);
	assert_int_equal(result, 0);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_SHUT_DOWN);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
}

static void a_start_that_is_overtaken_by_a_stop_never_runs(void **state)
{
	create_first();
	/* no look at the mailbox in between: RESET is still posted when PARK comes */
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_START, ID, 0), 0);
	comm_set_state(machine_cell(ID), JAILHOUSE_CELL_SHUT_DOWN);
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0),
			 0);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
}

static void a_failed_cell_can_be_started_again(void **state)
{
	start_first();
	machine.pcpus[1].failed = true;
	comm_set_state(machine_cell(ID), JAILHOUSE_CELL_FAILED);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, ID, 0), 0);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, 0), JAILHOUSE_CPU_RUNNING);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
}

/* --- destroy ------------------------------------------------------------------------------ */

static void create_and_destroy_restore_the_machine_bit_for_bit(void **state)
{
	struct machine_image before = oracle_image(&machine), after;

	start_first();
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CELL_GET_STATE, ID, 0), -HV_ENOENT);
	assert_int_equal(test_subsystem.released, 1);
	assert_int_equal(test_subsystem.aborted, 1);
}

static void a_returned_cpu_waits_for_roots_hotplug(void **state)
{
	start_first();
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, ID, POLITE), 0);
	fake_run_cpus(10);
	assert_ptr_equal(machine.pcpus[1].cell, machine.root);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
	cpu_post(&machine.pcpus[1], CPU_REQ_ARCH_INIT);
	machine.pcpus[1].ctrl.sipi_vector = 0x9a;
	cpu_post(&machine.pcpus[1], CPU_REQ_ARCH_START);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_RUNNING);
	assert_int_equal(fake_vcpus[1].arch.ip, 0x9a000);
}

static void destroying_a_loadable_cell_returns_its_memory_once(void **state)
{
	struct machine_image before = oracle_image(&machine), after;

	create_first();
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_SET_LOADABLE, ID, 0), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_DESTROY, ID, 0), 0);
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
}

/* --- two cells ---------------------------------------------------------------------------- */

static void two_cells_live_beside_each_other(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);
	struct machine_image before = oracle_image(&machine), after;

	assert_int_equal(machine_create(&second), 0);
	assert_int_equal(machine_create(&first), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, 2, 0), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, 1, 0), 0);
	assert_isolated();
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, 2, POLITE), 0);
	assert_isolated();
	assert_int_equal(state_of(1), JAILHOUSE_CELL_RUNNING);
	assert_int_equal(operate(JAILHOUSE_HC_CELL_DESTROY, 1, POLITE), 0);
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void a_shared_page_of_two_cells_is_allowed_when_both_say_so(void **state)
{
	struct cell_spec first = machine_spec(1), second = machine_spec(2);

	first.mem[1].flags |= JAILHOUSE_MEM_ROOTSHARED;
	second.mem[1] = first.mem[1];
	assert_int_equal(machine_create(&first), 0);
	assert_int_equal(machine_create(&second), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(after_boot_root_has_all_cpus_and_runs),
		TEST(boot_needs_all_configured_cpus),
		TEST(boot_refuses_a_cpu_that_the_configuration_does_not_list),
		TEST(a_new_cell_is_shut_down_and_has_its_cpu),
		TEST(root_loses_the_memory_of_a_new_cell_at_once),
		TEST(memory_that_root_has_at_another_address_is_taken_there),
		TEST(a_region_that_spans_two_of_roots_is_taken_from_both),
		TEST(a_region_that_root_may_not_read_is_neither_taken_nor_returned),
		TEST(a_shared_region_stays_with_root_and_is_not_scrubbed),
		TEST(device_memory_is_taken_but_never_scrubbed),
		TEST(memory_that_the_cell_calls_a_device_is_not_scrubbed),
		TEST(registers_without_the_io_flag_are_not_scrubbed),
		TEST(memory_that_is_loaded_is_ram_even_without_code_or_dma),
		TEST(data_memory_of_a_cell_is_scrubbed_where_root_says_that_it_is_ram),
		TEST(a_region_smaller_than_a_page_takes_its_page_from_root),
		TEST(two_small_regions_of_one_page_return_it_with_the_second),
		TEST(statistics_start_at_zero_with_a_new_owner),
		TEST(registers_do_not_travel_with_a_cpu),
		TEST(events_that_root_had_sent_do_not_reach_the_cell),
		TEST(create_clears_every_byte_of_the_cells_memory_and_no_other),
		TEST(start_waits_until_scrubbing_is_done_and_root_runs_meanwhile),
		TEST(loading_waits_for_scrubbing_so_that_the_image_survives),
		TEST(destroy_clears_what_the_cell_wrote_before_root_sees_it),
		TEST(a_cell_that_never_ran_is_destroyed_without_a_second_scrub),
		TEST(several_cpus_share_the_scrubbing),
		TEST(start_resets_all_cpus_to_the_configured_address),
		TEST(the_communication_page_is_complete_at_start),
		TEST(loadable_memory_is_roots_between_set_loadable_and_start),
		TEST(set_loadable_twice_is_once),
		TEST(set_loadable_stops_a_running_cell),
		TEST(a_start_that_is_overtaken_by_a_stop_never_runs),
		TEST(a_failed_cell_can_be_started_again),
		TEST(create_and_destroy_restore_the_machine_bit_for_bit),
		TEST(a_returned_cpu_waits_for_roots_hotplug),
		TEST(destroying_a_loadable_cell_returns_its_memory_once),
		TEST(two_cells_live_beside_each_other),
		TEST(a_shared_page_of_two_cells_is_allowed_when_both_say_so),
	};

	return cmocka_run_group_tests_name("core_lifecycle", tests, NULL, NULL);
}
