// SPDX-License-Identifier: GPL-2.0
/*
 * mgmt - what the management operations share: one at a time, root quiesced, waits that return to
 * root.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <arch/contract.h>
#include <common/config/rules.h>
#include <common/lib/bitmap.h>

/*
 * The caller does not wait for another root CPU: that one may be waiting for the caller to be
 * suspended.
 */
int mgmt_begin(struct system *s)
{
	if (__atomic_exchange_n(&s->mgmt_lock.locked, 1, __ATOMIC_ACQUIRE))
		return REFUSE(s, RULE_MANAGEMENT_BUSY, .other = s->root);
	return 0;
}

void mgmt_end(struct system *s)
{
	status_refresh(s);
	spin_unlock(&s->mgmt_lock);
}

struct mgmt_token mgmt_quiesce(struct vcpu *caller)
{
	struct system *s = caller->pcpu->cell->sys;
	u32 cpu;

	s->changes++;
	cell_for_each_cpu(cpu, s->root) {
		if (cpu == caller->pcpu->id)
			continue;
		cpu_suspend(&s->pcpus[cpu]);
		bitmap_set((__u64 *)s->quiesced, cpu);
	}
	return (struct mgmt_token){ .caller = caller };
}

/* Some of the suspended CPUs may belong to a cell by now. */
void mgmt_release(struct mgmt_token m)
{
	struct system *s = m.caller->pcpu->cell->sys;
	u32 cpu;

	bitmap_for_each(cpu, (const __u64 *)s->quiesced, HV_CPU_END) {
		bitmap_clear((__u64 *)s->quiesced, cpu);
		cpu_resume(&s->pcpus[cpu]);
	}
}

void mgmt_flush_root(struct mgmt_token m)
{
	struct system *s = m.caller->pcpu->cell->sys;
	u32 cpu;

	cell_for_each_cpu(cpu, s->root)
		if (cpu != m.caller->pcpu->id)
			cpu_command(&s->pcpus[cpu], CPU_REQ_FLUSH);
	arch_vcpu_flush_stage2(m.caller);
}

/* --- waits -------------------------------------------------------------------------------- */

void mgmt_set_pending(struct system *s, struct cell *c, enum cell_pending pending, u32 op)
{
	c->pending = pending;
	c->pending_op = op;
	s->pending_cell = c;
}

void mgmt_clear_pending(struct system *s, struct cell *c)
{
	c->pending = CELL_PENDING_NONE;
	c->request_posted = false;
	s->pending_cell = NULL;
}

static void stop_unresponsive(struct cell *c)
{
	log_printf("cell \"%s\" did not answer the shutdown request in time: stopped, failed\n",
		   c->config->name);
	cell_park(c);
	comm_set_state(c, JAILHOUSE_CELL_FAILED);
	status_update(c->sys);
}

static int answer_to_result(struct system *s, struct cell *c, enum comm_answer answer)
{
	if (answer == COMM_WAIT)
		return -HV_EAGAIN;
	mgmt_clear_pending(s, c);
	if (answer == COMM_DENIED)
		return -HV_EPERM;
	if (answer == COMM_TIMEOUT)
		stop_unresponsive(c);
	return 0;
}

static int return_memory(struct vcpu *caller, struct cell *c)
{
	struct mgmt_token m = mgmt_quiesce(caller);
	int err = cell_memory_give_back(c);

	mgmt_flush_root(m);
	mgmt_release(m);
	return err;
}

int mgmt_free_cell(struct vcpu *caller, struct cell *c)
{
	struct system *s = c->sys;

	if (c->pending != CELL_PENDING_FREE && c->move.cell)
		mem_plan_start(&c->move, c, MEM_PLAN_EXCLUSIVE);
	mgmt_set_pending(s, c, CELL_PENDING_FREE, c->pending_op);
	if ((c->move.cell && mem_plan_seek(&c->move) && return_memory(caller, c)) || !cell_free(s, c))
		return -HV_EAGAIN;
	s->pending_cell = NULL;
	return 0;
}

/*
 * The caller of the pending operation may never come back. What waits for a cell is over when that wait has ended: a denial is
 * forgotten, and a destroy that had come to scrubbing leaves a cell that is shut down. A cell that is being made is given up, one that
 * is being loaded is not; that, and what a destroyed one has left to do, is up to whoever calls.
 */
static int settle_pending(struct vcpu *caller, struct system *s, struct cell *c)
{
	if (c->pending >= CELL_PENDING_BUILD)
		return mgmt_free_cell(caller, c);
	if (c->pending == CELL_PENDING_MOVE)
		return cell_withdraw(caller, c);
	if (c->pending == CELL_PENDING_SCRUB ? scrub_active(c) : answer_to_result(s, c, comm_request_shutdown(c)) == -HV_EAGAIN)
		return REFUSE(s, RULE_MANAGEMENT_BUSY, .other = c);
	mgmt_clear_pending(s, c);
	return 0;
}

int mgmt_no_other_pending(struct vcpu *caller, const struct cell *c, u32 op)
{
	struct system *s = caller->pcpu->cell->sys;
	struct cell *p = s->pending_cell;

	return !p || (p == c && p->pending_op == op) ? 0 : settle_pending(caller, s, p);
}

int mgmt_claim_cell(struct vcpu *caller, u64 id, u32 op, struct cell **out)
{
	struct system *s = caller->pcpu->cell->sys;
	struct cell *c = id <= 0xffffffff ? system_find_cell(s, id) : NULL;

	if (!c)
		return REFUSE(s, RULE_UNKNOWN_CELL);
	if (cell_is_root(c))
		return REFUSE(c->sys, RULE_ROOT_CELL, .cell = c);
	*out = c;
	return mgmt_no_other_pending(caller, c, op);
}

/* Root waits for them, call after call: none may have missed its kick. */
static void remind_cpus(struct cell *c)
{
	u32 cpu;

	cell_for_each_cpu(cpu, c)
		arch_cpu_kick_again(&c->sys->pcpus[cpu]);
}

int mgmt_wait_stoppable(struct system *s, struct cell *c, u32 op)
{
	int err;

	if (scrub_active(c)) {
		remind_cpus(c);
		return -HV_EAGAIN;
	}
	if (c->pending >= CELL_PENDING_SCRUB)
		return 0;
	err = answer_to_result(s, c, comm_request_shutdown(c));
	if (err == -HV_EAGAIN)
		mgmt_set_pending(s, c, CELL_PENDING_REPLY, op);
	return err == -HV_EPERM ? REFUSE(c->sys, RULE_SHUTDOWN_DENIED, .cell = c) : err;
}

static bool has_locked(struct cell *c)
{
	return !cell_is_root(c) && comm_cell_state(c) == JAILHOUSE_CELL_RUNNING_LOCKED;
}

int mgmt_check_locks(struct system *s, const struct cell *except)
{
	struct cell *c;

	for (c = s->cells; c; c = c->next)
		if (c != except && has_locked(c))
			return REFUSE(s, RULE_CELL_LOCKED, .cell = except, .other = c);
	return 0;
}

int mgmt_explain(struct system *s, u32 seq, int err)
{
	struct jailhouse_refusal r;
	u64 left;

	if (!err || err == -HV_EAGAIN || s->status->refusal_seq != seq)
		return err;
	refusal_init(&r, err == -HV_ENOMEM ? RULE_NO_MEMORY : RULE_INTERNAL);
	r.error = err;
	left = s->pool.pages - s->pool.used - s->pool.reserved;
	r.value[0] = err == -HV_ENOMEM ? left + 1 : (u64)-err;
	r.value[1] = left;
	return refuse(s, &r);
}
