// SPDX-License-Identifier: GPL-2.0
/*
 * sources: tests/fuzz/replay.c tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/none.c hypervisor/iommu/iommu.c hypervisor/arch/fake/hal/ common/config/ common/lib/format.c
 */
/*
 * Hypercalls with any arguments, on the core of the model machine: from root and from cells, with blobs that are damaged, while cells
 * write what they like into their communication regions and their memory.
 *
 * Held: the isolation oracle, asked again and again; a call returns a result or a known error; whatever happened, every cell can be
 * destroyed afterwards, and the machine is as it was after boot.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/fault.h>
#include <model/machine.h>
#include <model/oracle.h>
#include "fuzz.h"

#define CELLS	3

static void check_oracle(void)
{
	const char *broken;

	fake_run_cpus(1);
	broken = oracle_check(&machine);
	if (broken)
		fprintf(stderr, "%s\n", broken);
	FUZZ_CHECK(!broken);
}

static void call(u32 cpu, u64 nr, u64 arg1, u64 arg2)
{
	s64 result;

	if (nr == JAILHOUSE_HC_X_PANIC_DISABLE || nr == JAILHOUSE_HC_DISABLE || fake_vcpus[cpu].arch.mode != FAKE_RUNNING)
		return;
	result = machine_call(cpu, nr, arg1, arg2);
	FUZZ_CHECK(result >= -4095 && result <= 0x7fffffff);
}

static void create(struct fuzz_input *in)
{
	struct cell_spec spec = machine_spec(1 + fuzz_take(in, 1) % CELLS);
	u8 damages = fuzz_take(in, 1) % 4;
	u32 size, n;

	spec.flags = fuzz_take(in, 1) & 1 ? JAILHOUSE_CELL_PASSIVE_COMMREG : 0;
	spec.timeout = 1000;
	machine.slice = 1 + 16 * damages * fuzz_take(in, 1);
	size = machine_write_blob(&spec, BLOB_ADDRESS);
	for (n = 0; n < damages; n++) {
		u32 offset = fuzz_take(in, 2) % size;

		*fake_ram(BLOB_ADDRESS + offset) = fuzz_take(in, 1);
	}
	call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0);
	/* the permission maps are a call of their own; with slices that suffice the cell exists now */
	if (machine.pending_cell && machine.pending_cell->pending == CELL_PENDING_BUILD)
		call(0, JAILHOUSE_HC_CELL_CREATE, BLOB_ADDRESS, 0);
}

static void any_call(struct fuzz_input *in)
{
	u8 choice = fuzz_take(in, 1);
	u64 nr = choice & 0x80 ? fuzz_take(in, 8) : 1u + (choice & 0xf) % 10;
	u64 arg1 = choice & 0x40 ? fuzz_take(in, 8) : fuzz_take(in, 1) % (CELLS + 2);

	call(choice >> 4 & 3, nr, arg1, fuzz_take(in, 2));
}

static struct cell *some_cell(struct fuzz_input *in)
{
	return machine_cell(1 + fuzz_take(in, 1) % CELLS);
}

/* A cell writes its page as long as it runs. */
static void write_comm(struct fuzz_input *in)
{
	struct cell *c = some_cell(in);
	u16 offset = fuzz_take(in, 2) % sizeof(*c->comm);
	u32 value = fuzz_take(in, 4);

	if (!c || !c->started || c->hv_state != JAILHOUSE_CELL_RUNNING)
		return;
	if (offset > sizeof(*c->comm) - 4)
		offset = sizeof(*c->comm) - 4;
	memcpy((u8 *)c->comm + offset, &value, 4);
}

static void write_state(struct fuzz_input *in)
{
	struct cell *c = some_cell(in);
	u32 state = fuzz_take(in, 1);

	if (c && c->started && c->hv_state == JAILHOUSE_CELL_RUNNING)
		c->comm->cell_state = state & 0x80 ? ~state : state & 7;
}

static void answer(struct fuzz_input *in)
{
	struct cell *c = some_cell(in);

	if (c && c->started && c->hv_state == JAILHOUSE_CELL_RUNNING)
		machine_answer(c->id, fuzz_take(in, 1) % 4);
}

static void fault(struct fuzz_input *in)
{
	struct vcpu *v = &fake_vcpus[1 + fuzz_take(in, 1) % (MACHINE_CPUS - 1)];
	struct fault f = { .kind = fuzz_take(in, 1) % (FAULT_HYPERCALL + 1), .address = fuzz_take(in, 4), .width = 4 };

	if (v->arch.mode == FAKE_RUNNING && !cell_is_root(v->pcpu->cell))
		guest_fault(v, &f);
}

static void touch_memory(struct fuzz_input *in)
{
	struct vcpu *v = &fake_vcpus[fuzz_take(in, 1) % MACHINE_CPUS];
	u64 gpa = fuzz_take(in, 4), hpa;

	/* also where nothing is; what it may reach is the oracle's business */
	if (v->arch.mode == FAKE_RUNNING)
		fake_guest_access(v, gpa, PT_READ, &hpa);
}

static void time_passes(struct fuzz_input *in)
{
	fake_advance_time(fuzz_take(in, 2));
	fake_run_cpus(4);
}

static void (*const steps[])(struct fuzz_input *in) = {
	create, any_call, any_call, any_call, write_comm, write_state, answer, fault, touch_memory, time_passes,
};

static void destroy_all(void)
{
	u32 tries;

	for (tries = 0; (machine.pending_cell || machine.root->next) && tries < 10000; tries++) {
		struct cell *c = machine.pending_cell ? machine.pending_cell : machine.root->next;
		u32 operation = c->pending ? c->pending_op : JAILHOUSE_HC_CELL_DESTROY;

		if (c->hv_state == JAILHOUSE_CELL_RUNNING)
			c->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
		/* one that is being made, or could not be made, is given up by a call for something else */
		call(0, operation, operation == JAILHOUSE_HC_CELL_CREATE ? ~0ULL : c->id, 0);
		fake_advance_time(1000);
	}
	FUZZ_CHECK(!machine.root->next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct machine_image at_boot, afterwards;
	u32 count = 0;

	machine_boot();
	at_boot = oracle_image(&machine);
	while (in.size && count < 200) {
		steps[fuzz_take(&in, 1) % ARRAY_SIZE(steps)](&in);
		if (++count % 8 == 0)
			check_oracle();
	}
	check_oracle();
	destroy_all();
	check_oracle();
	afterwards = oracle_image(&machine);
	FUZZ_CHECK(!memcmp(&at_boot, &afterwards, sizeof(at_boot)));
	return 0;
}
