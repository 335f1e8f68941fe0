// SPDX-License-Identifier: GPL-2.0
/*
 * cell_start - CELL_START and CELL_SET_LOADABLE: the two ends of a cell's run.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <hv/subsys.h>

typedef int (*cell_operation)(struct mgmt_token m, struct cell *c);

void cell_stop(struct cell *c)
{
	cell_park(c);
	subsystems_call(c->sys, cell_reset, c->sys, c);
	comm_set_state(c, JAILHOUSE_CELL_SHUT_DOWN);
	c->denied_log_budget = CELL_LOG_BUDGET;
}

/*
 * Root gets the memory for the image, or loses it before the cell's first instruction. The cell is stopped. -EAGAIN: there is more.
 */
static int lend(struct mgmt_token m, struct cell *c, bool to_root)
{
	u32 op = to_root ? JAILHOUSE_HC_CELL_SET_LOADABLE : JAILHOUSE_HC_CELL_START;
	int err;

	if (c->pending != CELL_PENDING_MOVE || c->pending_op != op)
		mem_plan_start(&c->move, c, MEM_PLAN_LOADABLE);
	err = to_root ? cell_memory_give_back(c) : cell_memory_take(c);
	mgmt_flush_root(m);
	if (err) {
		mgmt_set_pending(c->sys, c, CELL_PENDING_MOVE, op);
		return err;
	}
	mgmt_clear_pending(c->sys, c);
	c->loadable = to_root;
	return 0;
}

int cell_withdraw(struct vcpu *caller, struct cell *c)
{
	struct mgmt_token m = mgmt_quiesce(caller);
	int err = lend(m, c, false);

	status_update(c->sys);
	mgmt_release(m);
	return err;
}

/* -EAGAIN: there is more to move */
static int stop_and_lend(struct mgmt_token m, struct cell *c, bool to_root)
{
	if (c->pending != CELL_PENDING_MOVE)
		cell_stop(c);
	return c->pending == CELL_PENDING_MOVE || c->loadable != to_root ? lend(m, c, to_root) : 0;
}

static void launch_cpus(struct cell *c)
{
	u32 cpu;

	cell_suspend_cpus(c);
	cell_for_each_cpu(cpu, c) {
		struct pcpu *p = &c->sys->pcpus[cpu];

		p->ctrl.reset_address = c->config->cpu_reset_address;
		cpu_command(p, CPU_REQ_RESET);
	}
	cell_resume_cpus(c);
}

static int start(struct mgmt_token m, struct cell *c)
{
	int err = stop_and_lend(m, c, false);

	if (err)
		return err;
	comm_start(c);
	c->started = true;
	launch_cpus(c);
	log_printf("cell \"%s\" started\n", c->config->name);
	return 0;
}

static int set_loadable(struct mgmt_token m, struct cell *c)
{
	int err = stop_and_lend(m, c, true);

	if (!err)
		log_printf("cell \"%s\" can be loaded\n", c->config->name);
	return err;
}

static int run(struct vcpu *caller, u64 id, u32 op, cell_operation operation)
{
	struct system *s = caller->pcpu->cell->sys;
	struct mgmt_token m;
	struct cell *c;
	int err = mgmt_begin(s);

	if (err)
		return err;
	err = mgmt_claim_cell(caller, id, op, &c);
	if (!err)
		err = mgmt_wait_stoppable(s, c, op);
	if (!err) {
		m = mgmt_quiesce(caller);
		err = operation(m, c);
		status_update(s);
		mgmt_release(m);
	}
	mgmt_end(s);
	return err;
}

int cell_start(struct vcpu *caller, u64 id)
{
	return run(caller, id, JAILHOUSE_HC_CELL_START, start);
}

int cell_set_loadable(struct vcpu *caller, u64 id)
{
	return run(caller, id, JAILHOUSE_HC_CELL_SET_LOADABLE, set_loadable);
}
