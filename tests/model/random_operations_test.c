/*
 * sources: tests/model/machine.c tests/model/oracle.c hypervisor/core/ hypervisor/mm/
 * hypervisor/iommu/ hypervisor/vdev/ hypervisor/vdev/x86/ hypervisor/arch/fake/hal/ common/config/
 * common/lib/format.c
 */
// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations by root and cells; the oracle after each step. MODEL_SEED and MODEL_STEPS
 * choose another run; both are printed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <arch/contract.h>
#include <hv/fault.h>
#include <hv/guest.h>
#include <hv/x86/vdev.h>
#include "machine.h"
#include "oracle.h"

#define DEFAULT_STEPS	100000
#define FULL_CHECK	1000	/* steps between two of them */
#define MAX_ID		4
#define RAM_PAGES	(FAKE_RAM_SIZE / PAGE_SIZE)

/* Marks that writers leave at one place of each page */
#define MARK_OFFSET	0x923	/* behind the largest configuration at BLOB_ADDRESS */
#define MARK_ROOT	0x01	/* in root's own memory */
#define MARK_LOADED	0x02	/* by root in loadable memory of a cell */
#define MARK_SHARED	0x40	/* by anybody in shared memory */
#define MARK_CELL	0x80	/* + id, by a cell in its own memory */

static u64 seed, random_state;
static struct machine_image at_boot;
static struct {
	u32 created, started, loaded, destroyed, refused, denied, failed_allocations, faults,
		writes, fetches, dma, floods, slices, given_up, moves, withdrawn;
} done;

static const struct subsys_ops *const real_subsystems[] = {
	&subsys_ioapic, &subsys_pci, &subsys_iommu, &subsys_subpage, &machine_recorder, NULL,
};

static u64 random_below(u64 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

static bool one_in(u32 n)
{
	return random_below(n) == 0;
}

/* --- what root asks for ------------------------------------------------------------------- */

static struct jailhouse_memory random_region(u32 n)
{
	struct jailhouse_memory m = { .virt_start = 0x10000000ULL * (n + 1) + random_below(4) * 0x1000, .flags = RAM_FLAGS };

	/* few places, so that requests collide and large pages are split at many borders */
	m.phys_start = random_below(23) * 0x80000 + random_below(3) * 0x1000 + 0x40000;
	m.size = (1 + (one_in(5) ? random_below(0x180) : random_below(8))) * 0x1000;
	if (one_in(3))
		m.flags |= JAILHOUSE_MEM_LOADABLE;
	if (one_in(5))
		m.flags |= JAILHOUSE_MEM_ROOTSHARED;
	if (one_in(6))
		m.flags |= JAILHOUSE_MEM_NO_HUGEPAGES;
	if (one_in(2))
		m.flags |= JAILHOUSE_MEM_DMA;
	if (one_in(8))
		m.flags &= ~(u64)(JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE);
	if (one_in(12)) {
		m.phys_start = DEVICE_PHYS + random_below(8) * 0x1000;
		m.size = 0x1000 * (1 + random_below(3));
		m.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO;
	}
	if (one_in(12)) {
		m.phys_start = DEVICE_PHYS + random_below(64) * 0x40;
		m.virt_start += m.phys_start & 0xfff;
		m.size = 0x10;
		m.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32;
	}
	return m;
}

/* One or two of those that root has. */
static u64 random_free_cpus(void)
{
	u64 free = machine.root->cpu_set[0] & ~1ULL, set = 1ULL << (1 + random_below(3));

	if (one_in(3))
		set |= 1ULL << (1 + random_below(3));
	return set & free ? set & free : set;
}

static struct cell_spec random_spec(void)
{
	static const char *const names[] = { "a", "b", "c", "d", "root" };
	struct cell_spec spec = { .id = 1 + random_below(MAX_ID), .reset_address = 0x1000 };
	/* what is lent in one slice after the other */
	u64 more_flags = one_in(3) ? JAILHOUSE_MEM_LOADABLE : 0;
	u32 n;

	if (machine_cell(spec.id) && !one_in(4))
		spec.id = 1 + spec.id % MAX_ID;
	spec.name = names[one_in(20) ? random_below(5) : spec.id - 1];
	spec.cpus = one_in(10) ? random_below(32) : random_free_cpus();
	spec.flags = one_in(4) ? JAILHOUSE_CELL_PASSIVE_COMMREG : 0;
	spec.timeout = 1000 + random_below(20000);
	spec.mem_count = 1 + random_below(more_flags || one_in(3) ? 4 : 2);
	for (n = 0; n < spec.mem_count; n++) {
		spec.mem[n] = random_region(n);
		if (!(spec.mem[n].flags & JAILHOUSE_MEM_IO))
			spec.mem[n].flags |= more_flags;
	}
	spec.pins = one_in(3) ? 1U << random_below(24) : 0;
	spec.functions = one_in(2) ? 1U << random_below(FAKE_PCI_FUNCTIONS) : 0;
	if (one_in(3))
		spec.ports = (struct jailhouse_pio){ 0x200 + random_below(0x100), random_below(0x20) };
	return spec;
}

/** struct counts - all of a machine_image but the tables, which the oracle remembers */
struct counts { u32 used, reserved, published, cells; u64 cpus; };

static struct counts count_all(void)
{
	return (struct counts){ machine.pool.used, machine.pool.reserved, machine.published.used,
				machine.cell_count, machine.root->cpu_set[0] };
}

static void assert_nothing_changed(const struct counts *before)
{
	struct counts after = count_all();

	if (memcmp(before, &after, sizeof(after)) || !oracle_tables_unchanged(&machine))
		fail_msg("a refused operation changed the machine (seed %llu)",
			 (unsigned long long)seed);
}

static void assert_as_at_boot(void)
{
	struct machine_image now = oracle_image(&machine);

	if (memcmp(&now, &at_boot, sizeof(now)))
		fail_msg("without cells the machine is not as at boot (seed %llu)",
			 (unsigned long long)seed);
}

static u32 random_root_cpu(void)
{
	u32 cpu = random_below(MACHINE_CPUS);

	return cell_owns_cpu(machine.root, cpu) ? cpu : 0;
}

/* Of which only the pages are left, or which is not there yet */
static bool is_unlisted(const struct cell *c)
{
	return c && c->pending >= CELL_PENDING_BUILD;
}

static void choose_slice(void)
{
	machine.slice = one_in(3) ? SLICE_ENTRIES : 1 + random_below(3000);
}

/* A call that asks for nothing possible: all that it does is to go on with freeing what was left behind. */
static void free_leftovers(void)
{
	while (is_unlisted(machine.pending_cell)) {
		choose_slice();
		machine_call(0, JAILHOUSE_HC_CELL_CREATE, ~0ULL, 0);
	}
}

static s64 call_create(u64 address)
{
	const struct cell *before = machine.pending_cell;
	bool building = before && before->pending == CELL_PENDING_BUILD;
	s64 err = machine_call(random_root_cpu(), JAILHOUSE_HC_CELL_CREATE, address, 0);

	done.created += !err;
	done.slices += err == -HV_EAGAIN;
	done.refused += err && err != -HV_EAGAIN;
	done.given_up += building && (err || address != before->build.source) && machine.pending_cell != before;
	return err;
}

static void do_create(void)
{
	struct cell_spec spec = random_spec();
	u64 address = BLOB_ADDRESS + 0x1000 * random_below(2);
	u32 size = machine_write_blob(&spec, address);
	bool clean = !machine.pending_cell;
	struct counts before = count_all();
	s64 err;

	if (machine.pending_cell && !one_in(8))
		return;
	if (one_in(30))
		*fake_ram(address + random_below(size)) = random_below(256);
	err = call_create(address);
	if (err && getenv("MODEL_RULES"))
		printf("rule %u\n", machine_last_rule());
	if (!err || err == -HV_EAGAIN || !clean)
		return;
	free_leftovers();
	if (machine.cell_count == before.cells)
		assert_nothing_changed(&before);
}

static u32 random_live_cell(void)
{
	u32 id = 1 + random_below(MAX_ID), n;

	for (n = 0; n < MAX_ID && !machine_cell(id); n++)
		id = 1 + id % MAX_ID;
	return id;
}

static void do_operation(void)
{
	static const u32 numbers[] = { JAILHOUSE_HC_CELL_START, JAILHOUSE_HC_CELL_SET_LOADABLE,
				       JAILHOUSE_HC_CELL_DESTROY };
	u32 nr = numbers[random_below(3)],
	    id = one_in(20) ? random_below(MAX_ID + 1) : random_live_cell();
	const struct cell *pending = machine.pending_cell;
	bool moving;
	s64 err;

	/* mostly root's driver goes on with what it has begun */
	if (pending && !one_in(4)) {
		nr = pending->pending_op;
		id = pending->id;
	}
	if (nr == JAILHOUSE_HC_CELL_CREATE) {
		call_create(pending->build.source);
		return;
	}
	moving = pending && pending->pending == CELL_PENDING_MOVE;
	done.withdrawn += moving && (pending->id != id || pending->pending_op != nr);
	err = machine_call(random_root_cpu(), nr, id, 0);
	done.moves += machine.pending_cell && machine.pending_cell->pending == CELL_PENDING_MOVE;
	if (err == -HV_EPERM)
		done.denied++;
	/* what was created can always be loaded, started and destroyed */
	if (err == -HV_ENOMEM)
		fail_msg("operation %u of cell %u lacks memory (seed %llu)", nr, id,
			 (unsigned long long)seed);
	if (err)
		return;
	done.started += nr == JAILHOUSE_HC_CELL_START;
	done.loaded += nr == JAILHOUSE_HC_CELL_SET_LOADABLE;
	done.destroyed += nr == JAILHOUSE_HC_CELL_DESTROY;
}

static void do_with_failing_allocation(void)
{
	struct page_pool *pool = one_in(5) ? &machine.published : &machine.pool;

	pool->fail_in = 1 + random_below(12);
	if (one_in(2))
		do_create();
	else
		do_operation();
	done.failed_allocations += !pool->fail_in;
	machine.pool.fail_in = machine.published.fail_in = 0;
}

/* --- what guests do ----------------------------------------------------------------------- */

static const struct jailhouse_memory *live_region_at(u64 hpa, const struct cell **owner)
{
	const struct cell *c;
	u32 n;

	for (c = machine.root->next; c; c = c->next) {
		for (n = 0; n < c->view.num_mem; n++) {
			const struct jailhouse_memory *m = &c->view.mem[n];

			if (!(m->flags & JAILHOUSE_MEM_COMM_REGION) && hpa >= m->phys_start &&
			    hpa - m->phys_start < m->size) {
				*owner = c;
				return m;
			}
		}
	}
	return NULL;
}

/* What both use is not; nor are registers, which a damaged configuration makes of RAM (docs/CONFIG.md: IO). */
static bool is_cleared(const struct jailhouse_memory *m)
{
	return !(m->flags & (JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_IO));
}

static u8 mark_of(const struct vcpu *v, u64 hpa)
{
	const struct cell *owner = NULL;
	const struct jailhouse_memory *m = live_region_at(hpa, &owner);

	if (m && !is_cleared(m))
		return MARK_SHARED;
	if (!cell_is_root(v->pcpu->cell))
		return MARK_CELL + v->pcpu->cell->id;
	return m ? MARK_LOADED : MARK_ROOT;
}

static u64 random_address(const struct cell *c)
{
	const struct jailhouse_memory *m = &c->view.mem[random_below(c->view.num_mem)];

	return m->virt_start + random_below(m->size / PAGE_SIZE + 1) * PAGE_SIZE + MARK_OFFSET;
}

static bool in_comm_page(const struct cell *c, u64 hpa)
{
	return (hpa & PAGE_MASK) == arch_virt_to_phys(c->comm);
}

/* An exit that fetches its instruction finds what the guest finds there, and nothing else. */
static void do_exit_that_reads(struct vcpu *v, u64 addr)
{
	u64 hpa, value, expected;
	bool there = fake_guest_access(v, addr, PT_READ, &hpa) && hpa < FAKE_RAM_SIZE;
	int err;

	if (!there && pt_lookup_ram(&v->pcpu->cell->stage2, addr, &hpa))
		return;		/* not in the model's RAM */
	err = guest_read(v, gpa(addr), 8, &value);
	if (!there) {
		assert_int_equal(err, -HV_EINVAL);
	} else if (!err) {
		memcpy(&expected, fake_ram(hpa), sizeof(expected));
		assert_int_equal(value, expected);
		done.fetches++;
	}
}

static void do_guest_access(void)
{
	struct vcpu *v = &fake_vcpus[random_below(MACHINE_CPUS)];
	u64 gpa, hpa;

	if (v->arch.mode != FAKE_RUNNING)
		return;
	gpa = random_address(v->pcpu->cell);
	do_exit_that_reads(v, gpa & ~7ULL);
	if (!fake_guest_access(v, gpa, PT_WRITE, &hpa) || hpa >= FAKE_RAM_SIZE ||
	    in_comm_page(v->pcpu->cell, hpa))
		return;
	*fake_ram(hpa) = mark_of(v, hpa);
	done.writes++;
}

/* --- what devices do ---------------------------------------------------------------------- */

#define PCI_COMMAND		4
#define PCI_COMMAND_MASTER	4

static const struct cell *owner_of_function(u32 n)
{
	const struct cell *c;
	u32 i;

	for (c = machine.root->next; c; c = c->next)
		for (i = 0; i < c->view.num_pci_devices; i++)
			if (c->view.pci_devices[i].bdf == FAKE_PCI_BDF(n))
				return c;
	return machine.root;
}

/* Its driver, or any other guest, switches bus mastering. */
static void do_configure_device(void)
{
	struct vcpu *v = &fake_vcpus[random_below(MACHINE_CPUS)];
	u32 command = one_in(4) ? 0 : PCI_COMMAND_MASTER;

	if (v->arch.mode == FAKE_RUNNING)
		vpci_cfg_access(v, FAKE_PCI_BDF(random_below(FAKE_PCI_FUNCTIONS)), PCI_COMMAND, 2,
				true, &command);
}

static u8 mark_of_function(u32 n, u64 hpa)
{
	const struct cell *owner = NULL, *device_owner = owner_of_function(n);
	const struct jailhouse_memory *m = live_region_at(hpa, &owner);

	if (m && !is_cleared(m))
		return MARK_SHARED;
	return cell_is_root(device_owner) ? MARK_ROOT : MARK_CELL + device_owner->id;
}

/* Addresses of anybody: those of the owner, of the last owner, of the others. */
static void do_dma(void)
{
	const struct cell *c = machine_cell(random_below(MAX_ID + 1));
	u32 n = random_below(FAKE_PCI_FUNCTIONS);
	u64 hpa;

	if (!c || one_in(2))
		c = owner_of_function(n);
	if (!fake_dma(n, random_address(c), PT_WRITE, &hpa))
		return;
	if (hpa >= FAKE_RAM_SIZE || (hpa >= HV_PHYS && hpa < HV_PHYS + HV_SIZE))
		fail_msg("function %u reaches 0x%llx (seed %llu)", n, (unsigned long long)hpa,
			 (unsigned long long)seed);
	*fake_ram(hpa) = mark_of_function(n, hpa);
	done.dma++;
}

/* --- cells that mean no good -------------------------------------------------------------- */

static struct vcpu *random_running_cell_cpu(void)
{
	struct vcpu *v = &fake_vcpus[1 + random_below(MACHINE_CPUS - 1)];

	return v->arch.mode == FAKE_RUNNING && !cell_is_root(v->pcpu->cell) ? v : NULL;
}

static void do_flood(void)
{
	struct vcpu *v = random_running_cell_cpu();
	u32 n;

	for (n = 0; v && n < 20; n++) {
		hypercall_handle(v, JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, random_below(256), 0);
		hypercall_handle(v, random_below(10), random_state, n);
	}
	done.floods += v != NULL;
}

/* Garbage in its communication page, all of it or one word. */
static void do_garbage(void)
{
	struct vcpu *v = random_running_cell_cpu();
	u8 *comm = v ? (u8 *)v->pcpu->cell->comm : NULL;
	u32 n, first, count;

	if (!v)
		return;
	count = one_in(3) ? PAGE_SIZE : 4;
	first = one_in(2) ? 4 * random_below(8) : random_below(PAGE_SIZE - 4);
	for (n = count == PAGE_SIZE ? 0 : first; count--; n++)
		comm[n] = random_below(256);
}

static void do_cell_answers(void)
{
	static const enum manners manners[] = { POLITE, POLITE, POLITE, DENYING, CONFUSED };
	u32 id = machine.pending_cell && !one_in(4) ? machine.pending_cell->id : random_live_cell();
	struct cell *c = machine_cell(id);

	/* only a running cell answers: the page of a stopped one is written by nobody */
	if (c && c->started && c->hv_state == JAILHOUSE_CELL_RUNNING)
		machine_answer(id, manners[random_below(ARRAY_SIZE(manners))]);
}

static void do_cell_writes_state(void)
{
	static const u32 words[] = { JAILHOUSE_CELL_RUNNING,
				     JAILHOUSE_CELL_RUNNING,
				     JAILHOUSE_CELL_RUNNING_LOCKED,
				     JAILHOUSE_CELL_SHUT_DOWN,
				     JAILHOUSE_CELL_FAILED,
				     JAILHOUSE_CELL_FAILED_COMM_REV,
				     0xffffffff };
	struct cell *c = machine_cell(1 + random_below(MAX_ID));

	if (c && c->started && c->hv_state == JAILHOUSE_CELL_RUNNING)
		c->comm->cell_state = words[random_below(ARRAY_SIZE(words))];
}

static void do_violation(void)
{
	struct vcpu *v = &fake_vcpus[1 + random_below(MACHINE_CPUS - 1)];
	struct fault f = { .kind = random_below(FAULT_HYPERCALL + 1),
			   .address = random_below(1ULL << 32),
			   .width = 4 };

	if (v->arch.mode == FAKE_RUNNING && !cell_is_root(v->pcpu->cell)) {
		guest_fault(v, &f);
		done.faults++;
	}
}

static void do_nonsense_call(void)
{
	u64 nr = one_in(2) ? 1 + random_below(12) : random_state;
	u32 cpu = random_below(MACHINE_CPUS);

	if (nr == JAILHOUSE_HC_X_PANIC_DISABLE || fake_vcpus[cpu].arch.mode != FAKE_RUNNING)
		return;
	machine_call(cpu, nr, one_in(2) ? random_below(8) : random_state, random_below(1020));
}

static void do_wake_up(void)
{
	struct pcpu *cpu = &machine.pcpus[random_below(MACHINE_CPUS)];

	if (cell_is_root(cpu->cell) || cpu->cell->hv_state == JAILHOUSE_CELL_RUNNING) {
		cpu->ctrl.sipi_vector = random_below(256);
		cpu_post(cpu, one_in(2) ? CPU_REQ_ARCH_INIT : CPU_REQ_ARCH_START);
	}
}

static void do_time(void)
{
	fake_advance_time(random_below(3000));
	fake_run_cpus(random_below(20));
}

static void do_state_query(void)
{
	machine_call(random_root_cpu(), JAILHOUSE_HC_CELL_GET_STATE, random_below(MAX_ID + 1), 0);
}

/* --- clauses about contents --------------------------------------------------------------- */

static u8 *mark_at(u64 phys_page)
{
	return fake_ram(phys_page * PAGE_SIZE + MARK_OFFSET);
}

static const char *check_page_contents(u64 page)
{
	static char sentence[128];
	const struct cell *owner = NULL;
	const struct jailhouse_memory *m = live_region_at(page * PAGE_SIZE, &owner);
	u8 mark = *mark_at(page);

	if (!m && mark >= MARK_CELL)
		snprintf(sentence, sizeof(sentence),
			 "root finds what cell %u has written at 0x%llx", mark - MARK_CELL,
			 page * 4096ULL);
	else if (m && is_cleared(m) && !scrub_active(owner) &&
		 mark == MARK_ROOT)
		snprintf(sentence, sizeof(sentence), "cell %u finds what root has written at 0x%llx", owner->id, page * 4096ULL);
	else if (m && is_cleared(m) && mark > MARK_CELL &&
		 mark != MARK_CELL + owner->id)
		snprintf(sentence, sizeof(sentence),
			 "cell %u finds what another cell has written at 0x%llx", owner->id,
			 page * 4096ULL);
	else
		return NULL;
	return sentence;
}

static const char *check_contents(u32 stride)
{
	const char *err = NULL;
	u64 page;

	for (page = random_below(stride); page < HV_PHYS / PAGE_SIZE && !err; page += stride)
		err = check_page_contents(page);
	return err;
}

/* --- the run ------------------------------------------------------------------------------ */

static const struct { void (*act)(void); u32 weight;
} actions[] = {
	{ do_create, 14 },	 { do_operation, 22 },	  { do_with_failing_allocation, 6 },
	{ do_guest_access, 22 }, { do_cell_answers, 14 }, { do_cell_writes_state, 3 },
	{ do_violation, 2 },	 { do_nonsense_call, 3 }, { do_wake_up, 3 },
	{ do_time, 12 },	 { do_state_query, 3 },	  { do_dma, 16 },
	{ do_configure_device, 4 }, { do_flood, 1 },	  { do_garbage, 1 },
};

static void random_action(void)
{
	u32 total = 0, n, pick;

	choose_slice();
	for (n = 0; n < ARRAY_SIZE(actions); n++)
		total += actions[n].weight;
	pick = random_below(total);
	for (n = 0; pick >= actions[n].weight; n++)
		pick -= actions[n].weight;
	actions[n].act();
}

static void assert_all_hold(u32 step)
{
	const char *broken;
	bool full;

	/*
	 * requests that are posted are handled before a guest runs: bring the machine to that point
	 */
	fake_run_cpus(1);
	full = step % FULL_CHECK == FULL_CHECK - 1;
	broken = full ? oracle_check(&machine) : oracle_check_step(&machine);
	if (!broken)
		broken = check_contents(full ? 1 : 32);
	if (broken)
		fail_msg("seed %llu, step %u: %s", (unsigned long long)seed, step, broken);
}

/* None of them holds a lock or has to be asked. */
static void end_all_cells(void)
{
	struct cell *c;

	for (c = machine.root->next; c; c = c->next)
		if (c->hv_state == JAILHOUSE_CELL_RUNNING)
			c->comm->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}

/* The one with an operation under way first: until that is done, every other request is answered with -EBUSY. */
static struct cell *next_to_destroy(void)
{
	return machine.pending_cell ? machine.pending_cell : machine.root->next;
}

static void destroy_all_cells(void)
{
	struct cell *c;
	u32 tries;

	for (tries = 0; (c = next_to_destroy()) && tries < 100000; tries++) {
		u32 operation = c->pending ? c->pending_op : JAILHOUSE_HC_CELL_DESTROY;

		end_all_cells();
		if (operation == JAILHOUSE_HC_CELL_CREATE) {
			free_leftovers();
			continue;
		}
		machine_call(0, operation, c->id, 0);
		fake_advance_time(1000);
	}
	assert_as_at_boot();
}

/* The oracle in full, and then the next life from an empty machine. */
static void start_afresh(u32 step)
{
	const char *broken;

	destroy_all_cells();
	fake_run_cpus(1);
	broken = oracle_check_step(&machine);
	if (broken)
		fail_msg("seed %llu, after step %u: %s", (unsigned long long)seed, step, broken);
}

static u64 from_environment(const char *name, u64 otherwise)
{
	return getenv(name) ? strtoull(getenv(name), NULL, 0) : otherwise;
}

static void isolation_holds_after_every_step_of_a_random_life(void **state)
{
	u32 steps = from_environment("MODEL_STEPS", DEFAULT_STEPS), step;

	seed = from_environment("MODEL_SEED", (u64)time(NULL));
	printf("MODEL_SEED=%llu MODEL_STEPS=%u\n", (unsigned long long)seed, steps);
	fflush(stdout);
	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	machine_subsystems = real_subsystems;
	fake_fill_permissions = vpio_fill_bitmap;
	machine_boot();
	oracle_forget();
	oracle_check_step(&machine);
	at_boot = oracle_image(&machine);
	for (step = 0; step < steps; step++) {
		random_action();
		assert_all_hold(step);
		if (step % FULL_CHECK == FULL_CHECK - 1)
			start_afresh(step);
	}
	destroy_all_cells();
	printf("created %u, refused %u, started %u, loaded %u, destroyed %u, denied %u, failed "
	       "allocations %u, violations %u, writes %u, fetches %u, by DMA %u, floods %u, slices %u, given up %u, "
	       "moves %u, withdrawn %u\n",
	       done.created, done.refused, done.started, done.loaded, done.destroyed, done.denied,
	       done.failed_allocations, done.faults, done.writes, done.fetches, done.dma,
	       done.floods, done.slices, done.given_up, done.moves, done.withdrawn);
	/* a run in which nothing happens proves nothing */
	if (steps >= DEFAULT_STEPS) {
		assert_true(done.created > steps / 200 && done.destroyed > steps / 400 &&
			    done.started > steps / 200);
		assert_true(done.denied > 10 && done.failed_allocations > 50 && done.faults > 5 &&
			    done.writes > steps / 50 && done.fetches > steps / 50);
		assert_true(done.dma > steps / 200 && done.floods > steps / 5000);
		assert_true(done.slices > steps / 400 && done.given_up > steps / 5000);
		assert_true(done.moves > steps / 2000 && done.withdrawn > steps / 20000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(isolation_holds_after_every_step_of_a_random_life),
	};

	return cmocka_run_group_tests_name("random_operations", tests, NULL, NULL);
}
