/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * Every CPU is a thread: the mailbox, the barrier and the locks under real concurrency, on as many
 * processors as the host has.
 *
 * CPU 0 is the driver: it creates, loads, starts and destroys cells without a pause. The other CPUs
 * belong to whoever has them: as root's they query, read and try to reach cells' memory; as a
 * cell's they write, answer messages, wake each other up and break their borders.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../unit/core_support.h"
#include <hv/fault.h>
#include <hv/guest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#define ROUNDS		1500
#define HANG_SECONDS	240
#define MARK		0xc5

static struct {
	bool leave;			/* all CPUs are to ask for HC_DISABLE */
	s64 left[MACHINE_CPUS];
	const char *broken;		/* first violation that a guest noticed */
	u32 answers, violations, wake_ups, denials, queries;
} shared;

static void report(const char *what)
{
	const char *nothing = NULL;

	__atomic_compare_exchange_n(&shared.broken, &nothing, what, false, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
}

static void count(u32 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* --- as a CPU of a cell ------------------------------------------------------------------- */

static void write_own_memory(struct vcpu *v)
{
	u64 hpa;

	if (fake_guest_access(v, 0x200000, PT_WRITE, &hpa))
		*fake_ram(hpa) = MARK;
	else
		report("a cell cannot reach its memory");
}

/* Every third request is denied. */
static void answer_messages(struct cell *c)
{
	struct jailhouse_comm_region *comm = c->comm;
	u32 message = comm->msg_to_cell;

	if (message == JAILHOUSE_MSG_NONE)
		return;
	count(&shared.answers);
	jailhouse_send_reply_from_cell(comm, message != JAILHOUSE_MSG_SHUTDOWN_REQUEST
						     ? JAILHOUSE_MSG_RECEIVED
					     : shared.answers % 3 ? JAILHOUSE_MSG_REQUEST_APPROVED
								  : JAILHOUSE_MSG_REQUEST_DENIED);
}

static void wake_sibling(struct vcpu *v)
{
	u32 cpu;

	cell_for_each_cpu(cpu, v->pcpu->cell) {
		if (cpu == v->pcpu->id)
			continue;
		cpu_post(&machine.pcpus[cpu], CPU_REQ_ARCH_INIT);
		machine.pcpus[cpu].ctrl.sipi_vector = 1;
		cpu_post(&machine.pcpus[cpu], CPU_REQ_ARCH_START);
		count(&shared.wake_ups);
	}
}

static void break_borders(struct vcpu *v)
{
	struct fault f = { .kind = FAULT_MMIO_WRITE, .address = 0xdead0000, .width = 4 };

	guest_fault(v, &f);
	count(&shared.violations);
}

static void run_as_cell(struct vcpu *v, u32 turn)
{
	write_own_memory(v);
	answer_messages(v->pcpu->cell);
	if (turn % 7 == 0)
		wake_sibling(v);
	if (turn % 61 == 60)
		break_borders(v);
}

/* --- as a CPU of root --------------------------------------------------------------------- */

/* No cell comes or goes while this CPU is not suspended. */
static void try_to_reach_cells(struct vcpu *v)
{
	struct cell *c;
	u64 hpa;

	for (c = machine.root->next; c; c = c->next) {
		if (fake_guest_access(v, c->view.mem[1].phys_start, PT_READ, &hpa))
			report("root reaches memory of a cell");
		count(&shared.denials);
	}
}

static void look_for_marks(struct vcpu *v)
{
	u32 id;
	u8 value;

	for (id = 1; id <= 3; id++)
		if (fake_guest_read8(v, machine_spec(id).mem[1].phys_start, &value) &&
		    value == MARK)
			report("root finds what a cell has written");
}

static void ask(struct vcpu *v)
{
	struct jailhouse_cell_desc copy;
	u32 id;

	for (id = 1; id <= 3; id++)
		hypercall_handle(v, JAILHOUSE_HC_CELL_GET_STATE, id, 0);
	hypercall_handle(v, JAILHOUSE_HC_CPU_GET_INFO, 2, 0);
	if (guest_snapshot(machine.root, &copy, gpa(0x20000), sizeof(copy)))
		report("root cannot read its own memory");
	count(&shared.queries);
}

static void run_as_root(struct vcpu *v)
{
	try_to_reach_cells(v);
	look_for_marks(v);
	ask(v);
}

/* --- threads ------------------------------------------------------------------------------ */

static void ask_to_leave(struct vcpu *v)
{
	shared.left[v->pcpu->id] = hypercall_handle(v, JAILHOUSE_HC_DISABLE, 0, 0);
}

static void *run_cpu(void *arg)
{
	struct vcpu *v = arg;
	u32 turn;

	for (turn = 0; ; turn++) {
		cpu_ctrl_process(v);
		if (cell_is_root(v->pcpu->cell) && __atomic_load_n(&shared.leave, __ATOMIC_ACQUIRE))
			break;
		/* Linux brings a returned CPU online at once: it runs as soon as it is root's */
		if (cell_is_root(v->pcpu->cell))
			run_as_root(v);
		else if (v->arch.mode == FAKE_RUNNING)
			run_as_cell(v, turn);
		sched_yield();
	}
	ask_to_leave(v);
	return NULL;
}

/* --- the driver --------------------------------------------------------------------------- */

static struct { u32 created, started, loaded, destroyed, denied; } driver;

static s64 call(u32 nr, u64 arg)
{
	s64 result;

	do {
		cpu_ctrl_process(&fake_vcpus[0]);
		result = hypercall_handle(&fake_vcpus[0], nr, arg, 0);
		sched_yield();
	} while (result == -HV_EAGAIN);
	return result;
}

static void create(u32 id, u32 round)
{
	struct cell_spec spec = machine_spec(id);

	spec.timeout = 20000;
	if (round % 3 == 0)
		spec.cpus |= 1 << (1 + round / 3 % 3);
	machine_write_blob(&spec, BLOB_ADDRESS);
	driver.created += !call(JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS);
}

static void destroy(u32 id)
{
	s64 result = call(JAILHOUSE_HC_CELL_DESTROY, id);

	driver.destroyed += !result;
	driver.denied += result == -HV_EPERM;
}

static void drive(u32 round)
{
	u32 id = 1 + round % 3;

	create(id, round);
	driver.loaded += !call(JAILHOUSE_HC_CELL_SET_LOADABLE, id);
	driver.started += !call(JAILHOUSE_HC_CELL_START, id);
	run_as_root(&fake_vcpus[0]);
	if (round % 2)
		destroy(1 + (round + 1) % 3);
	if (round % 5 == 0)
		destroy(id);
}

static void destroy_all(void)
{
	u32 id;

	for (id = 1; id <= 3; id++)
		while (machine_cell(id))
			destroy(id);
}

static void concurrent_cpus_neither_hang_nor_reach_what_is_not_theirs(void **state)
{
	struct machine_image before, after;
	pthread_t threads[MACHINE_CPUS];
	u32 cpu, round;

	machine_boot();
	before = oracle_image(&machine);
	memset(&shared, 0, sizeof(shared));
	fake_threads = true;
	alarm(HANG_SECONDS);
	for (cpu = 1; cpu < MACHINE_CPUS; cpu++)
		assert_int_equal(pthread_create(&threads[cpu], NULL, run_cpu, &fake_vcpus[cpu]), 0);
	for (round = 0; round < ROUNDS && !shared.broken; round++)
		drive(round);
	destroy_all();
	__atomic_store_n(&shared.leave, true, __ATOMIC_RELEASE);
	ask_to_leave(&fake_vcpus[0]);
	for (cpu = 1; cpu < MACHINE_CPUS; cpu++)
		pthread_join(threads[cpu], NULL);
	alarm(0);
	fake_threads = false;

	printf("created %u, loaded %u, started %u, destroyed %u, denied %u; answers %u, violations "
	       "%u, wake-ups %u, queries %u\n",
	       driver.created, driver.loaded, driver.started, driver.destroyed, driver.denied,
	       shared.answers, shared.violations, shared.wake_ups, shared.queries);
	if (shared.broken)
		fail_msg("%s", shared.broken);
	for (cpu = 0; cpu < MACHINE_CPUS; cpu++)
		assert_int_equal(shared.left[cpu], 0);
	after = oracle_image(&machine);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(driver.created > ROUNDS / 4 && driver.destroyed == driver.created &&
		    driver.started > ROUNDS / 4);
	assert_true(shared.answers > 0 && shared.violations > 0 && shared.queries > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(concurrent_cpus_neither_hang_nor_reach_what_is_not_theirs),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
