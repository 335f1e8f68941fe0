/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/* Queries, console, violations, leaving. Copyright (c) Jailhouse contributors, 2026 */
#include "core_support.h"
#include <hv/fault.h>
#include <hv/guest.h>
#include <hv/log.h>
#include <arch/contract.h>

#define ID 1

static void start_spec_cpus(u64 cpus)
{
	struct cell_spec spec = machine_spec(ID);

	spec.cpus = cpus;
	start_cell(&spec);
}

static u32 lines_with(const char *text)
{
	const char *p = machine_console();
	u32 count = 0;

	while ((p = strstr(p, text))) {
		count++;
		p++;
	}
	return count;
}

/* --- queries ------------------------------------------------------------------------------ */

static void information_about_the_hypervisor_is_for_root(void **state)
{
	start_spec_cpus(2);
	assert_int_equal(
		machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS, 0), 2);
	assert_int_equal(
		machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_MEM_POOL_SIZE, 0),
		machine.pool.pages);
	assert_int_equal(
		machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_MEM_POOL_USED, 0),
		machine.pool.used);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO,
				      JAILHOUSE_INFO_REMAP_POOL_USED, 0),
			 machine.published.used);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO,
				      JAILHOUSE_INFO_REMAP_POOL_SIZE, 0),
			 machine.published.pages);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_HYPERVISOR_GET_INFO, 5, 0), -EINVAL);
	assert_int_equal(
		machine_call(1, JAILHOUSE_HC_HYPERVISOR_GET_INFO, JAILHOUSE_INFO_NUM_CELLS, 0),
		-EPERM);
}

static void a_cell_learns_about_its_own_cpus_only(void **state)
{
	start_spec_cpus(6);
	assert_int_equal(machine_call(1, JAILHOUSE_HC_CPU_GET_INFO, 1, 0), JAILHOUSE_CPU_RUNNING);
	assert_int_equal(machine_call(1, JAILHOUSE_HC_CPU_GET_INFO, 2, 0), JAILHOUSE_CPU_RUNNING);
	assert_int_equal(machine_call(1, JAILHOUSE_HC_CPU_GET_INFO, 0, 0), -EPERM);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, 0), JAILHOUSE_CPU_RUNNING);
}

static void unknown_cpus_and_types_are_einval(void **state)
{
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 4, 0), -EINVAL);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 255, 0), -EINVAL);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 0x100000001ULL, 0), -EINVAL);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, 1), -EINVAL);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, 999), -EINVAL);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1,
				      JAILHOUSE_CPU_INFO_STAT_BASE + JAILHOUSE_NUM_CPU_STATS),
			 -EINVAL);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, ~0ULL), -EINVAL);
}

static void counters_have_31_bits(void **state)
{
	machine.pcpus[2].stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO] = 0xffffffff;
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 2, 1001), 0x7fffffff);
}

static void hypercalls_are_counted(void **state)
{
	u32 before = machine.pcpus[3].stats[JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL];

	machine_call(3, JAILHOUSE_HC_CPU_GET_INFO, 1, 0);
	assert_int_equal(machine.pcpus[3].stats[JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL], before + 1);
}

/* --- console ------------------------------------------------------------------------------ */

static void putc_needs_the_flag(void **state)
{
	start_spec_cpus(2);
	assert_int_equal(machine_call(1, JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, 'x', 0), -EPERM);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, '#', 0), 0);
	assert_non_null(strchr(machine_console(), '#'));
}

static void a_line_of_ours_does_not_continue_one_of_a_guest(void **state)
{
	log_putc('%');
	log_printf("ours\n");
	assert_non_null(strstr(machine_console(), "%\nours\n"));
}

static void the_ring_counts_every_byte_and_wraps(void **state)
{
	u64 start = machine.console->head;
	u32 n;

	for (n = 0; n < HV_CONSOLE_CONTENT_SIZE + 5; n++)
		log_putc(n % 26 + 'a');
	assert_int_equal(machine.console->head, start + HV_CONSOLE_CONTENT_SIZE + 5);
	assert_int_equal(machine.console->size, HV_CONSOLE_CONTENT_SIZE);
	assert_int_equal(
		machine.console->content[(machine.console->head - 1) % HV_CONSOLE_CONTENT_SIZE],
		(n - 1) % 26 + 'a');
}

/* --- violations --------------------------------------------------------------------------- */

static const struct fault forbidden = {
	.kind = FAULT_MMIO_WRITE, .address = 0xdead000, .width = 4, .rip = 0x1234
};

static void a_violation_stops_one_cpu_of_the_cell_with_one_line(void **state)
{
	start_spec_cpus(6);
	assert_int_equal(guest_fault(&fake_vcpus[1], &forbidden), FAULT_STOPPED);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_RUNNING);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 1, 0), JAILHOUSE_CPU_FAILED);
	assert_int_equal(machine_call(0, JAILHOUSE_HC_CPU_GET_INFO, 2, 0), JAILHOUSE_CPU_RUNNING);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_RUNNING);
	assert_int_equal(lines_with("cell \"first\", CPU 1: forbidden memory write at 0xdead000, 4 "
				    "bytes, rip 0x1234: CPU stopped\n"),
			 1);
	assert_int_equal(machine.status->cells[1].failed_cpus, 1);
}

static void a_cell_has_failed_when_all_its_cpus_have(void **state)
{
	start_spec_cpus(6);
	guest_fault(&fake_vcpus[2], &forbidden);
	guest_fault(&fake_vcpus[1], &forbidden);
	assert_int_equal(state_of(ID), JAILHOUSE_CELL_FAILED);
	assert_int_equal(machine_cell(ID)->comm->cell_state, JAILHOUSE_CELL_FAILED);
	assert_int_equal(machine.status->cells[1].state, JAILHOUSE_CELL_FAILED);
	assert_int_equal(machine.status->cells[1].failed_cpus, 2);
}

static void a_failed_cpu_does_not_wake_up_by_init_and_sipi(void **state)
{
	start_spec_cpus(6);
	guest_fault(&fake_vcpus[2], &forbidden);
	cpu_post(&machine.pcpus[2], CPU_REQ_ARCH_INIT);
	cpu_post(&machine.pcpus[2], CPU_REQ_ARCH_START);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_PARKED);
}

static void siblings_wake_each_other_by_init_and_sipi(void **state)
{
	start_spec_cpus(6);
	cpu_post(&machine.pcpus[2], CPU_REQ_ARCH_INIT);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_WAIT_FOR_START);
	machine.pcpus[2].ctrl.sipi_vector = 3;
	cpu_post(&machine.pcpus[2], CPU_REQ_ARCH_START);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_RUNNING);
	assert_int_equal(fake_vcpus[2].arch.ip, 0x3000);
}

static void a_violation_of_one_cell_is_not_noticed_by_another(void **state)
{
	struct cell_spec second = machine_spec(2);

	start_spec_cpus(2);
	machine_answer(ID, POLITE);
	start_cell(&second);
	guest_fault(&fake_vcpus[1], &forbidden);
	fake_run_cpus(10);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_RUNNING);
	assert_int_equal(state_of(2), JAILHOUSE_CELL_RUNNING);
}

static void root_is_denied_once_per_address_with_the_owners_name_and_goes_on(void **state)
{
	struct fault f = {
		.kind = FAULT_MMIO_READ, .address = 0x323000, .width = 4, .rip = 0xffffffff81000000
	};
	u32 n;

	start_spec_cpus(2);
	for (n = 0; n < 5; n++)
		assert_int_equal(guest_fault(&fake_vcpus[0], &f), FAULT_COMPLETE);
	assert_int_equal(lines_with("memory read at 0x323000"), 1);
	assert_int_equal(lines_with("it belongs to first"), 1);
	assert_int_equal(fake_vcpus[0].arch.mode, FAKE_RUNNING);
	f.address = HV_PHYS + 0x100000;
	guest_fault(&fake_vcpus[0], &f);
	assert_int_equal(lines_with("it belongs to the hypervisor"), 1);
	f.address = 0x90000000;
	guest_fault(&fake_vcpus[0], &f);
	assert_int_equal(lines_with("it belongs to nobody"), 1);
}

static void root_cannot_flood_the_console_with_violations(void **state)
{
	struct fault f = { .kind = FAULT_MMIO_READ, .width = 1 };
	u64 head;
	u32 n;

	for (n = 0; n < 1000; n++) {
		f.address = 0x90000000 + n;
		assert_int_equal(guest_fault(&fake_vcpus[0], &f), FAULT_COMPLETE);
	}
	head = machine.console->head;
	f.address++;
	guest_fault(&fake_vcpus[0], &f);
	assert_int_equal(machine.console->head, head);
	assert_int_equal(lines_with("belongs to nobody"), 128);
}

static void a_new_denial_is_told_even_after_a_flood(void **state)
{
	struct fault f = { .kind = FAULT_MMIO_READ, .width = 1 };
	u32 n;

	for (n = 0; n < 1000; n++) {
		f.address = 0x90000000 + n;
		guest_fault(&fake_vcpus[0], &f);
	}
	fake_advance_time(1000000);
	for (n = 0; n < 5; n++) {
		f.address = 0x323000;
		guest_fault(&fake_vcpus[0], &f);
		f.address = 0xa0000000 + n;
		guest_fault(&fake_vcpus[0], &f);
	}
	assert_int_equal(lines_with("memory read at 0x323000"), 1);
	assert_int_equal(lines_with("memory read at 0xa000000"), 0);
	/* not told for the lack of lines is not remembered either */
	fake_advance_time(3000000);
	for (n = 0; n < 5; n++) {
		f.address = 0xa0000000 + n;
		guest_fault(&fake_vcpus[0], &f);
	}
	assert_int_equal(lines_with("memory read at 0xa000000"), 3);
}

static void the_oldest_denial_is_forgotten_first(void **state)
{
	struct fault f = { .kind = FAULT_PIO_READ, .width = 1 };
	u32 n;

	for (n = 0; n <= 128; n++) {
		f.address = 0x400 + n;
		guest_fault(&fake_vcpus[0], &f);
		fake_advance_time(1000000);
	}
	f.address = 0x401;
	guest_fault(&fake_vcpus[0], &f);
	assert_int_equal(lines_with("port read at 0x401 "), 1);
	f.address = 0x400;
	guest_fault(&fake_vcpus[0], &f);
	assert_int_equal(lines_with("port read at 0x400 "), 2);
}

/* Clocks of two CPUs differ by a little: the time in between is not counted twice. */
static void a_clock_that_is_behind_gives_no_lines(void **state)
{
	struct fault f = { .kind = FAULT_MMIO_READ, .width = 1 };
	u32 n;

	for (n = 0; n < 300; n++) {
		f.address = 0x90000000 + n;
		guest_fault(&fake_vcpus[0], &f);
	}
	fake_advance_time(1000000);
	f.address = 0xa0000000;
	guest_fault(&fake_vcpus[0], &f);
	assert_int_equal(lines_with("memory read at 0xa000000"), 1);
	fake_advance_time((u64)-500000);
	for (n = 1; n < 9; n++) {
		f.address = 0xa0000000 + n;
		guest_fault(&fake_vcpus[1], &f);
	}
	assert_int_equal(lines_with("memory read at 0xa000000"), 1);
}

static void a_fatal_violation_stops_that_cpu_of_root_alone(void **state)
{
	struct fault f = { .kind = FAULT_SHUTDOWN, .fatal = true };

	assert_int_equal(guest_fault(&fake_vcpus[2], &f), FAULT_STOPPED);
	assert_int_equal(fake_vcpus[2].arch.mode, FAKE_PARKED);
	assert_int_equal(fake_vcpus[0].arch.mode, FAKE_RUNNING);
	assert_int_equal(machine.status->cells[0].failed_cpus, 1);
	assert_int_equal(state_of(0), JAILHOUSE_CELL_RUNNING);
}

/* --- guest memory ------------------------------------------------------------------------- */

static void a_snapshot_follows_stage_2_and_crosses_pages(void **state)
{
	u8 copy[8192];

	memset(fake_ram(ROOT_MOVED_PHYS), 0x5c, 8192);
	assert_int_equal(guest_snapshot(machine.root, copy, gpa(ROOT_MOVED_VIRT + 100), 5000), 0);
	assert_int_equal(copy[0], 0x5c);
	assert_int_equal(copy[4999], 0x5c);
	assert_true(fake_windows_closed());
}

static void a_snapshot_of_devices_holes_and_wrapping_ranges_fails(void **state)
{
	u8 copy[64];

	assert_int_equal(guest_snapshot(machine.root, copy, gpa(DEVICE_PHYS), 8), -EINVAL);
	assert_int_equal(guest_snapshot(machine.root, copy, gpa(0x90000000), 8), -EINVAL);
	assert_int_equal(guest_snapshot(machine.root, copy, gpa(ROOT_RAM_END - 4), 8), -EINVAL);
	assert_int_equal(guest_snapshot(machine.root, copy, gpa(~0ULL - 3), 8), -EINVAL);
	assert_int_equal(guest_snapshot(machine.root, copy, gpa(1ULL << 60), 8), -EINVAL);
	assert_int_equal(guest_snapshot(machine.root, copy, gpa(0), 0), 0);
}

/* --- emulated regions --------------------------------------------------------------------- */

static enum vdev_result echo(struct vcpu *v, void *arg, struct mmio_access *a)
{
	a->value = (u64)arg;
	return VDEV_OK;
}

static void accesses_reach_the_region_that_holds_all_of_their_bytes(void **state)
{
	struct mmio_access a = { .addr = gpa(0x90001ffc), .size = 4 };

	assert_int_equal(mmio_register(machine.root, 0x90001000, 0x1000, echo, (void *)1), 0);
	assert_int_equal(mmio_register(machine.root, 0x90000000, 0x10, echo, (void *)2), 0);
	assert_int_equal(mmio_register(machine.root, 0x90002000, 1, echo, (void *)3), 0);
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_OK);
	assert_int_equal(a.value, 1);
	a.size = 8;
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_UNHANDLED);
	a = (struct mmio_access){ .addr = gpa(0x9000000f), .size = 1 };
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_OK);
	assert_int_equal(a.value, 2);
	a.addr = gpa(0x90000010);
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_UNHANDLED);
	a.addr = gpa(0x90002000);
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_OK);
	assert_int_equal(a.value, 3);
	a.addr = gpa(0x90002001);
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_UNHANDLED);
	a.addr = gpa(0);
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_UNHANDLED);
	a.addr = gpa(~0ULL);
	assert_int_equal(mmio_dispatch(&fake_vcpus[0], &a), VDEV_UNHANDLED);
}

static void overlapping_and_surplus_regions_are_refused(void **state)
{
	u64 place = 0x100000;

	assert_int_equal(mmio_register(machine.root, 0x1000, 0x100, echo, NULL), 0);
	assert_int_equal(mmio_register(machine.root, 0x10ff, 0x100, echo, NULL), -EBUSY);
	assert_int_equal(mmio_register(machine.root, 0xf01, 0x100, echo, NULL), -EBUSY);
	assert_int_equal(mmio_register(machine.root, 0, 0x10000, echo, NULL), -EBUSY);
	assert_int_equal(mmio_register(machine.root, 0x1050, 1, echo, NULL), -EBUSY);
	assert_int_equal(mmio_register(machine.root, 0x2000, 0, echo, NULL), -EINVAL);
	assert_int_equal(mmio_register(machine.root, 0x1100, 0x100, echo, NULL), 0);
	assert_int_equal(mmio_register(machine.root, 0xf00, 0x100, echo, NULL), 0);
	assert_int_equal(machine.root->mmio.count, 3);
	for (; machine.root->mmio.count < machine.root->mmio.capacity; place += 0x1000)
		assert_int_equal(mmio_register(machine.root, place, 1, echo, NULL), 0);
	assert_int_equal(mmio_register(machine.root, 0x8000, 1, echo, NULL), -ENOMEM);
}

/* --- leaving ------------------------------------------------------------------------------ */

static bool asked[MACHINE_CPUS];
static s64 answers[MACHINE_CPUS];
static u32 callers;

/* While one CPU waits in the barrier, the next one calls. */
static void next_cpu_asks(void)
{
	u32 cpu;

	for (cpu = 0; cpu < callers; cpu++) {
		if (asked[cpu])
			continue;
		asked[cpu] = true;
		answers[cpu] = hypercall_handle(&fake_vcpus[cpu], JAILHOUSE_HC_DISABLE, 0, 0);
		return;
	}
}

static s64 disable_from(u32 cpus)
{
	memset(asked, 0, sizeof(asked));
	callers = cpus;
	asked[0] = true;
	fake_relax_hook = next_cpu_asks;
	answers[0] = hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_DISABLE, 0, 0);
	fake_relax_hook = NULL;
	return answers[0];
}

static void disable_succeeds_on_all_cpus_together(void **state)
{
	u32 cpu;

	assert_int_equal(disable_from(MACHINE_CPUS), 0);
	for (cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		assert_true(asked[cpu]);
		assert_int_equal(answers[cpu], 0);
		assert_true(system_should_leave(&fake_vcpus[cpu]));
	}
	assert_int_equal(test_subsystem.shutdown, 1);
}

static void disable_with_a_missing_cpu_is_busy_after_two_seconds(void **state)
{
	u64 start = arch_time_us();
	u32 cpu;

	assert_int_equal(disable_from(MACHINE_CPUS - 1), -EBUSY);
	assert_in_range(arch_time_us() - start, 2000000, 2100000);
	assert_int_equal(machine_last_rule(), RULE_CPUS_MISSING);
	assert_int_equal(machine.status->refusal.value[0], MACHINE_CPUS - 1);
	for (cpu = 0; cpu < MACHINE_CPUS - 1; cpu++)
		assert_int_equal(answers[cpu], -EBUSY);
	assert_false(system_should_leave(&fake_vcpus[0]));
	assert_int_equal(test_subsystem.shutdown, 0);
	assert_int_equal(disable_from(MACHINE_CPUS), 0);
}

static void disable_with_cells_is_busy_at_once(void **state)
{
	u64 start = arch_time_us();

	start_spec_cpus(2);
	start = arch_time_us();
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_DISABLE, 0, 0), -EBUSY);
	assert_int_equal(arch_time_us(), start);
	assert_int_equal(machine_last_rule(), RULE_CELLS_EXIST);
	assert_int_equal(machine.status->refusal.value[0], 1);
}

static bool created;

static void somebody_creates_a_cell(void)
{
	struct cell_spec spec = machine_spec(3);
	s64 result;

	if (created)
		return;
	created = true;
	machine_write_blob(&spec, BLOB_ADDRESS);
	do
		result = hypercall_handle(&fake_vcpus[1], JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0);
	while (result == -HV_EAGAIN);
	assert_int_equal(result, 0);
}

static void a_cpu_in_the_barrier_can_be_suspended_by_one_that_creates_a_cell(void **state)
{
	created = false;
	fake_relax_hook = somebody_creates_a_cell;
	assert_int_equal(hypercall_handle(&fake_vcpus[0], JAILHOUSE_HC_DISABLE, 0, 0), -EBUSY);
	fake_relax_hook = NULL;
	assert_true(created);
	fake_run_cpus(100);
	assert_int_equal(machine.cell_count, 2);
}

static void a_crash_leaves_at_once_stops_cells_and_sends_root_home(void **state)
{
	u64 start;

	start_spec_cpus(2);
	machine_cell(ID)->comm->cell_state = JAILHOUSE_CELL_RUNNING_LOCKED;
	start = arch_time_us();
	assert_int_equal(hypercall_handle(&fake_vcpus[2], JAILHOUSE_HC_X_PANIC_DISABLE, 0, 0), 0);
	assert_int_equal(arch_time_us(), start);
	assert_true(system_should_leave(&fake_vcpus[2]));
	assert_int_equal(cpu_ctrl_process(&fake_vcpus[0]), CPU_LEAVE);
	assert_int_equal(cpu_ctrl_process(&fake_vcpus[3]), CPU_LEAVE);
	assert_int_equal(cpu_ctrl_process(&fake_vcpus[1]), CPU_RUN);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
	assert_false(system_should_leave(&fake_vcpus[1]));
	assert_int_equal(test_subsystem.shutdown, 1);
	/* nothing wakes the cell's CPU again */
	cpu_post(&machine.pcpus[1], CPU_REQ_RESET);
	cpu_ctrl_process(&fake_vcpus[1]);
	assert_int_equal(fake_vcpus[1].arch.mode, FAKE_PARKED);
}

static void a_crash_works_while_another_cpu_holds_root_suspended(void **state)
{
	machine.mgmt_lock.locked = 1;
	mgmt_quiesce(&fake_vcpus[1]);
	assert_int_equal(hypercall_handle(&fake_vcpus[2], JAILHOUSE_HC_X_PANIC_DISABLE, 0, 0), 0);
	assert_int_equal(cpu_ctrl_process(&fake_vcpus[0]), CPU_LEAVE);
	machine_boot();
}

static void a_broken_invariant_stops_the_cpu_with_a_line(void **state)
{
	jmp_buf stopped;

	fake_stop_target = &stopped;
	if (!setjmp(stopped)) {
		HV_BUG_ON(machine.max_cpus == MACHINE_CPUS);
		fail_msg("went on");
	}
	assert_int_equal(lines_with("PANIC: at="), 1);
	assert_int_equal(lines_with("machine.max_cpus == MACHINE_CPUS"), 1);
}

/* --- mailbox ------------------------------------------------------------------------------ */

static void suspension_nests(void **state)
{
	struct pcpu *cpu = &machine.pcpus[1];

	cpu_suspend(cpu);
	cpu_suspend(cpu);
	cpu_resume(cpu);
	assert_true(cpu_ctrl_step(&fake_vcpus[1]));
	cpu_resume(cpu);
	assert_false(cpu_ctrl_step(&fake_vcpus[1]));
	assert_false(cpu->ctrl.suspended);
}

static void a_suspended_cpu_handles_nothing_until_it_is_resumed(void **state)
{
	struct pcpu *cpu = &machine.pcpus[1];
	u32 flushes = fake_vcpus[1].arch.flushes;

	cpu_suspend(cpu);
	cpu_post(cpu, CPU_REQ_FLUSH);
	cpu_ctrl_step(&fake_vcpus[1]);
	assert_int_equal(fake_vcpus[1].arch.flushes, flushes);
	cpu_resume(cpu);
	assert_int_equal(cpu_ctrl_process(&fake_vcpus[1]), CPU_RUN);
	assert_int_equal(fake_vcpus[1].arch.flushes, flushes + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(information_about_the_hypervisor_is_for_root),
		TEST(a_cell_learns_about_its_own_cpus_only),
		TEST(unknown_cpus_and_types_are_einval),
		TEST(counters_have_31_bits),
		TEST(hypercalls_are_counted),
		TEST(putc_needs_the_flag),
		TEST(a_line_of_ours_does_not_continue_one_of_a_guest),
		TEST(the_ring_counts_every_byte_and_wraps),
		TEST(a_violation_stops_one_cpu_of_the_cell_with_one_line),
		TEST(a_cell_has_failed_when_all_its_cpus_have),
		TEST(a_failed_cpu_does_not_wake_up_by_init_and_sipi),
		TEST(siblings_wake_each_other_by_init_and_sipi),
		TEST(a_violation_of_one_cell_is_not_noticed_by_another),
		TEST(root_is_denied_once_per_address_with_the_owners_name_and_goes_on),
		TEST(root_cannot_flood_the_console_with_violations),
		TEST(a_new_denial_is_told_even_after_a_flood),
		TEST(the_oldest_denial_is_forgotten_first),
		TEST(a_clock_that_is_behind_gives_no_lines),
		TEST(a_fatal_violation_stops_that_cpu_of_root_alone),
		TEST(a_snapshot_follows_stage_2_and_crosses_pages),
		TEST(a_snapshot_of_devices_holes_and_wrapping_ranges_fails),
		TEST(accesses_reach_the_region_that_holds_all_of_their_bytes),
		TEST(overlapping_and_surplus_regions_are_refused),
		TEST(disable_succeeds_on_all_cpus_together),
		TEST(disable_with_a_missing_cpu_is_busy_after_two_seconds),
		TEST(disable_with_cells_is_busy_at_once),
		TEST(a_cpu_in_the_barrier_can_be_suspended_by_one_that_creates_a_cell),
		TEST(a_crash_leaves_at_once_stops_cells_and_sends_root_home),
		TEST(a_crash_works_while_another_cpu_holds_root_suspended),
		TEST(a_broken_invariant_stops_the_cpu_with_a_line),
		TEST(suspension_nests),
		TEST(a_suspended_cpu_handles_nothing_until_it_is_resumed),
	};

	return cmocka_run_group_tests_name("core_calls", tests, NULL, NULL);
}
