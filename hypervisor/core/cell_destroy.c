// SPDX-License-Identifier: GPL-2.0
/*
 * cell_destroy - create's plan with the arrows reversed: stop, scrub (root runs meanwhile), give back CPUs and devices at once, then
 * memory, and free the cell's tables, in slices.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include <arch/contract.h>
#include <common/lib/bitmap.h>
#include <common/lib/string.h>

/*
 * What the cell may have written root must not see. 0 when nothing is left to clear, else -EAGAIN.
 */
static int scrub(struct system *s, struct cell *c)
{
	if (c->started)
		cell_scrub(c);
	if (!scrub_active(c))
		return 0;
	mgmt_set_pending(s, c, CELL_PENDING_SCRUB, JAILHOUSE_HC_CELL_DESTROY);
	return -HV_EAGAIN;
}

/* --- commit ------------------------------------------------------------------------------- */

static void release_subsystems(struct mgmt_token m, struct system *s, struct cell *c)
{
	const struct subsys_ops *const *ops;

	for (ops = s->subsystems; *ops; ops++)
		;
	while (ops-- != s->subsystems)
		if ((*ops)->cell_release)
			(*ops)->cell_release(m, s, c);
}

/* CPUs first: what subsystems give back to root is judged by the CPUs that root has. */
static void commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 cpu;

	cell_suspend_cpus(c);
	cell_for_each_cpu(cpu, c) {
		bitmap_set((__u64 *)s->root->cpu_set, cpu);
		cell_assign_cpu(s->root, &s->pcpus[cpu]);
	}
	release_subsystems(m, s, c);
	cell_list_remove(s, c);
	arch_cell_update(s->root);
	mgmt_flush_root(m);
	cell_resume_cpus(c);
}

/* --- the operation ------------------------------------------------------------------------ */

static int give_back(struct vcpu *caller, struct system *s, struct cell *c)
{
	struct mgmt_token m = mgmt_quiesce(caller);

	commit(m, s, c);
	log_printf("cell \"%s\" (%u) destroyed\n", c->config->name, c->id);
	comm_post_reconfig(s, NULL);
	status_update(s);
	mgmt_release(m);
	c->pending_op = JAILHOUSE_HC_CELL_DESTROY;
	return mgmt_free_cell(caller, c);
}

static int destroy(struct vcpu *caller, struct system *s, struct cell *c)
{
	int err;

	if (c->pending != CELL_PENDING_SCRUB) {
		cell_stop(c);
		status_update(s);
	}
	err = scrub(s, c);
	if (err)
		return err;
	mgmt_clear_pending(s, c);
	return give_back(caller, s, c);
}

static int destroy_cell(struct vcpu *caller, struct system *s, u64 id)
{
	u32 seq = s->status->refusal_seq;
	struct cell *c;
	int err = mgmt_claim_cell(caller, id, JAILHOUSE_HC_CELL_DESTROY, &c);

	if (!err && c->pending == CELL_PENDING_NONE)
		err = mgmt_check_locks(s, c);
	if (!err)
		err = mgmt_wait_stoppable(s, c, JAILHOUSE_HC_CELL_DESTROY);
	return err ? err : mgmt_explain(s, seq, destroy(caller, s, c));
}

/* By an earlier call; only its pages are still in use. */
static bool is_destroyed(const struct cell *c, u64 id)
{
	return c && c->pending == CELL_PENDING_FREE && c->id == id &&
	       c->pending_op == JAILHOUSE_HC_CELL_DESTROY;
}

int cell_destroy(struct vcpu *caller, u64 id)
{
	struct system *s = caller->pcpu->cell->sys;
	int err = mgmt_begin(s);

	if (err)
		return err;
	err = is_destroyed(s->pending_cell, id) ? mgmt_free_cell(caller, s->pending_cell)
						: destroy_cell(caller, s, id);
	mgmt_end(s);
	return err;
}
