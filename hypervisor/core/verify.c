// SPDX-License-Identifier: GPL-2.0
/*
 * verify - the proof of isolation from inside: every stage 2 against the ledger and the configurations, permission maps, owners of
 * CPUs, the hypervisor's own tables, of which each CPU looks at those that are only its own. A slice per call; where it stands is remembered here, so root, which may lie, gives no
 * position. Tables do not change meanwhile: who changes them needs the management lock, too.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <hv/ownership.h>
#include <arch/contract.h>
#include <common/lib/range.h>

/* Of a slice, in entries of configurations that are looked at; one costs about ten instructions */
#define SLICE_COST	5000
#define STEP_COST	50
#define MAPS_COST	SLICE_COST
#define RIGHTS		(PT_READ | PT_WRITE | PT_EXEC)
#define HASH_START	0xcbf29ce484222325ULL

enum stage { STAGE_MEMORY, STAGE_MAPS, STAGE_SHARING, STAGE_CPUS, STAGE_HOST, STAGE_OWN, STAGE_DONE };

/* A CPU that does not look at its tables in this time has not proven anything. */
#define ANSWER_LIMIT_US	1000000

/* Guarded by the management lock; begun anew when system.changes differs. */
static struct {
	u32 changes;
	enum stage stage;
	u32 place;			/* of the cell in the list */
	u64 at;				/* address, part of the host's tables, or until when CPUs may look at theirs */
	struct pcpu *caller;		/* of this slice */
	struct jailhouse_verify result;
} run = { .stage = STAGE_DONE };

static void begin(struct system *s)
{
	run.changes = s->changes;
	run.stage = STAGE_MEMORY;
	run.place = 0;
	run.at = 0;
	run.result = (struct jailhouse_verify){ .digest = HASH_START, .cell = -1 };
}

static void mix(u64 word)
{
	run.result.digest = (run.result.digest ^ word) * 0x100000001b3ULL;
}

static void violated(enum jailhouse_verify_clause clause, s32 cell, u64 address)
{
	u32 total = 0, n;

	for (n = 0; n < JAILHOUSE_VERIFY_CLAUSES; n++)
		total += run.result.violations[n];
	run.result.violations[clause]++;
	if (total)
		return;
	run.result.clause = clause;
	run.result.cell = cell;
	run.result.address = address;
}

/* --- what a cell's stage 2 has to say --------------------------------------------------------- */

/** struct run_of_pages - [@at, @end) of a cell: mapped to @pa with @flags, or not at all (@flags 0) */
struct run_of_pages {
	u64 at, end, pa;
	u32 flags;
	bool of_hypervisor;		/* may lie in hypervisor memory */
};

static void offer(struct run_of_pages *r, u64 start, u64 size, u64 pa, u32 flags, bool of_hypervisor)
{
	if (r->at >= start && r->at - start < size) {
		r->end = start + size < r->end ? start + size : r->end;
		r->pa = pa + (r->at - start);
		r->flags = flags & PT_READ ? flags & RIGHTS : 0;
		r->of_hypervisor = of_hypervisor;
	} else if (start > r->at && start < r->end) {
		r->end = start;
	}
}

static void offer_regions(struct run_of_pages *r, const struct cell *c)
{
	const struct jailhouse_memory *m;
	bool comm;

	for (m = c->view.mem; m < c->view.mem + c->view.num_mem; m++) {
		comm = m->flags & JAILHOUSE_MEM_COMM_REGION;
		if (m->size && !JAILHOUSE_MEMORY_IS_SUBPAGE(m))
			offer(r, m->virt_start, m->size, comm ? arch_virt_to_phys(c->comm) : m->phys_start,
			      mem_pt_flags(m->flags), comm);
	}
}

static void offer_published(struct run_of_pages *r, const struct system *s)
{
	u64 status = arch_virt_to_phys(s->status), console = arch_virt_to_phys(s->console);

	offer(r, status, PAGE_ALIGN(sizeof(*s->status)), status, PT_READ, true);
	offer(r, console, PAGE_ALIGN(sizeof(*s->console)), console, PT_READ, true);
}

/* Memory that a cell's configuration names is mapped while the ledger says that it is the cell's. */
static void ask_ledger(struct run_of_pages *r, struct system *s)
{
	struct owned_extent e = ownership_at(s, OWNED_MEMORY, r->pa);

	if (e.last - r->pa < r->end - r->at - 1)
		r->end = r->at + (e.last - r->pa) + 1;
	if (!(e.owners >> run.place & 1))
		r->flags = 0;
}

static struct run_of_pages expected(struct system *s, const struct cell *c, u64 at, u64 end)
{
	struct run_of_pages r = { .at = at, .end = end };
	u64 own, pa, size;
	u32 flags;

	offer_regions(&r, c);
	if (r.flags && !r.of_hypervisor)
		ask_ledger(&r, s);
	if (cell_is_root(c))
		offer_published(&r, s);
	own = arch_stage2_own_pages(&pa, &size, &flags);
	offer(&r, own, size, pa, flags, false);
	return r;
}

static bool in_hypervisor(const struct system *s, u64 pa, u64 size)
{
	return pa < s->hv_phys.v + s->hv_size && pa + size > s->hv_phys.v;
}

static void compare(const struct system *s, const struct cell *c, const struct run_of_pages *want,
		    const struct run_of_pages *have)
{
	if (have->flags && in_hypervisor(s, have->pa, have->end - have->at) && !want->of_hypervisor)
		violated(JAILHOUSE_VERIFY_HYPERVISOR, c->id, have->at);
	if (have->flags & ~want->flags || (have->flags && want->flags && have->pa != want->pa))
		violated(JAILHOUSE_VERIFY_GRANTED, c->id, have->at);
	if (want->flags & ~have->flags)
		violated(JAILHOUSE_VERIFY_COMPLETE, c->id, have->at);
}

/* One step of a cell's address space: as far as table and configuration do not change. */
static u32 check_memory(struct system *s, const struct cell *c)
{
	u64 end = 1ULL << (PAGE_SHIFT + 9 * c->stage2.fmt->levels), size;
	struct run_of_pages have = { .at = run.at }, want = expected(s, c, run.at, end);

	if (!run.at) {
		mix(c->id);
		mix(c->cpu_set[0] ^ c->cpu_set[1] ^ c->cpu_set[2] ^ c->cpu_set[3]);
	}
	if (!pt_lookup(&c->stage2, run.at, &have.pa, &have.flags, &size))
		have.flags = 0;
	have.flags &= RIGHTS;
	have.end = (run.at & ~(size - 1)) + size;
	if (have.flags && !(run.at & (size - 1))) {
		run.result.mappings++;
		mix(run.at);
		mix(have.pa);
		mix(size | have.flags);
	}
	have.end = have.end < want.end ? have.end : want.end;
	compare(s, c, &want, &have);
	run.at = have.end;
	if (run.at >= end) {
		run.stage = STAGE_MAPS;
		run.at = 0;
	}
	return STEP_COST + c->view.num_mem + s->cell_count * s->root->view.num_mem;
}

/* --- the other clauses -------------------------------------------------------------------- */

static u32 check_maps(struct system *s, const struct cell *c)
{
	u64 hash = run.result.digest;

	if (!arch_cell_check(c, &hash))
		violated(JAILHOUSE_VERIFY_PERMISSIONS, c->id, 0);
	run.result.digest = hash;
	run.stage = ++run.place < s->cell_count ? STAGE_MEMORY : STAGE_SHARING;
	return MAPS_COST;
}

/* Who has memory for himself is its only owner, but for root while it loads an image there. */
static u32 check_sharing(struct system *s)
{
	struct owned_extent e = ownership_at(s, OWNED_MEMORY, run.at);
	u32 cells = e.owners & ~1U;

	if (e.holders && (e.holders & (e.holders - 1) || cells != e.holders))
		violated(JAILHOUSE_VERIFY_SHARING, ownership_cell(s, __builtin_ctz(e.holders))->id, run.at);
	run.at = e.last + 1;
	if (e.last == ownership_last(OWNED_MEMORY))
		run.stage = STAGE_CPUS;
	return STEP_COST + s->cell_count * s->root->view.num_mem;
}

/* In the sets themselves: in the ledger a cell's claim hides that of root. */
static bool has_one_owner(const struct system *s, u32 cpu)
{
	const struct cell *c;
	u32 owners = 0;

	for (c = s->cells; c; c = c->next)
		owners += cell_owns_cpu(c, cpu);
	return owners == 1 && cell_owns_cpu(s->pcpus[cpu].cell, cpu);
}

static u32 check_cpus(struct system *s)
{
	u32 cpu;

	for (cpu = 0; cpu < s->max_cpus; cpu++)
		if (s->pcpus[cpu].online && !has_one_owner(s, cpu))
			violated(JAILHOUSE_VERIFY_CPUS, s->pcpus[cpu].cell->id, cpu);
	run.stage = STAGE_HOST;
	run.at = 0;
	return SLICE_COST;
}

void verify_own_tables(struct pcpu *cpu)
{
	u64 address;
	bool more;

	cpu->wrong_table = arch_check_host_tables(ARCH_OWN_TABLES, &more, &address) ? 0 : address;
	__atomic_store_n(&cpu->verified, true, __ATOMIC_RELEASE);
}

/* Only a CPU itself reaches the tables that are its own. */
static void ask_cpus(struct system *s)
{
	u32 cpu;

	run.stage = STAGE_OWN;
	run.at = arch_time_us() + ANSWER_LIMIT_US;
	for (cpu = 0; cpu < s->max_cpus; cpu++) {
		s->pcpus[cpu].verified = false;
		if (s->pcpus[cpu].online && &s->pcpus[cpu] != run.caller)
			cpu_post(&s->pcpus[cpu], CPU_REQ_VERIFY);
	}
	verify_own_tables(run.caller);
}

static u32 check_common_tables(struct system *s)
{
	u64 address;
	bool more;

	if (!arch_check_host_tables(run.at++, &more, &address))
		violated(JAILHOUSE_VERIFY_HOST_TABLES, -1, address);
	if (!more)
		ask_cpus(s);
	return SLICE_COST / 2;
}

/* Has each CPU looked? Reminds one of those that have not. */
static bool all_have_looked(struct system *s)
{
	u32 cpu;

	for (cpu = 0; cpu < s->max_cpus; cpu++) {
		if (!s->pcpus[cpu].online || __atomic_load_n(&s->pcpus[cpu].verified, __ATOMIC_ACQUIRE))
			continue;
		arch_cpu_kick_again(&s->pcpus[cpu]);
		return false;
	}
	return true;
}

static u32 check_own_tables(struct system *s)
{
	u32 cpu;

	if (!all_have_looked(s) && arch_time_us() < run.at)
		return SLICE_COST;
	for (cpu = 0; cpu < s->max_cpus; cpu++)
		if (s->pcpus[cpu].online && (!s->pcpus[cpu].verified || s->pcpus[cpu].wrong_table))
			violated(JAILHOUSE_VERIFY_HOST_TABLES, s->pcpus[cpu].cell->id, s->pcpus[cpu].wrong_table);
	run.stage = STAGE_DONE;
	return SLICE_COST;
}

/* --- slices ------------------------------------------------------------------------------- */

/* Returns what it cost. */
static u32 step(struct system *s)
{
	const struct cell *c = ownership_cell(s, run.place);

	switch (run.stage) {
	case STAGE_MEMORY:
		return check_memory(s, c);
	case STAGE_MAPS:
		return check_maps(s, c);
	case STAGE_SHARING:
		return check_sharing(s);
	case STAGE_CPUS:
		return check_cpus(s);
	case STAGE_HOST:
		return check_common_tables(s);
	default:
		return check_own_tables(s);
	}
}

static int slice(struct system *s)
{
	u32 cost = 0;

	while (run.stage != STAGE_DONE && cost < SLICE_COST)
		cost += step(s);
	if (run.stage != STAGE_DONE)
		return -HV_EAGAIN;
	s->status->verify = run.result;
	return 0;
}

static int go_on(struct system *s, bool anew)
{
	if (!anew && run.changes == s->changes)
		return slice(s);
	begin(s);
	return -HV_EAGAIN;
}

int verify(struct vcpu *caller, u64 what)
{
	struct system *s = caller->pcpu->cell->sys;
	int err = mgmt_begin(s);

	if (err)
		return err;
	if (what > JAILHOUSE_VERIFY_NEXT)
		err = -HV_EINVAL;
	else if (s->pending_cell && s->pending_cell->pending >= CELL_PENDING_MOVE)
		err = mgmt_no_other_pending(caller, NULL, 0);
	run.caller = caller->pcpu;
	if (!err)
		err = go_on(s, what == JAILHOUSE_VERIFY_START);
	mgmt_end(s);
	return err;
}
