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

typedef void (*cell_operation)(struct mgmt_token m, struct cell *c);

static void reset_devices(struct cell *c)
{
	const struct subsys_ops *const *ops;

	for (ops = c->sys->subsystems; *ops; ops++)
		if ((*ops)->cell_reset)
			(*ops)->cell_reset(c->sys, c);
}

void cell_stop(struct cell *c)
{
	cell_park(c);
	reset_devices(c);
	comm_set_state(c, JAILHOUSE_CELL_SHUT_DOWN);
	c->denied_log_budget = CELL_LOG_BUDGET;
}

/* Root loses the image that it has loaded before the cell's first instruction. */
static void take_loadable(struct mgmt_token m, struct cell *c)
{
	if (!c->loadable)
		return;
	cell_memory_take(c, MEM_PLAN_LOADABLE);
	c->loadable = false;
	mgmt_flush_root(m);
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

static void start(struct mgmt_token m, struct cell *c)
{
	cell_stop(c);
	take_loadable(m, c);
	comm_start(c);
	c->started = true;
	launch_cpus(c);
	status_update(c->sys);
	log_printf("cell \"%s\" started\n", c->config->name);
}

static void set_loadable(struct mgmt_token m, struct cell *c)
{
	cell_stop(c);
	if (!c->loadable) {
		cell_memory_give_back(c, MEM_PLAN_LOADABLE);
		c->loadable = true;
		mgmt_flush_root(m);
	}
	status_update(c->sys);
	log_printf("cell \"%s\" can be loaded\n", c->config->name);
}

static int run(struct vcpu *caller, u64 id, u32 op, cell_operation operation)
{
	struct system *s = caller->pcpu->cell->sys;
	struct mgmt_token m;
	struct cell *c;
	int err = mgmt_begin(s);

	if (err)
		return err;
	err = mgmt_claim_cell(s, id, op, &c);
	if (!err)
		err = mgmt_wait_stoppable(s, c, op);
	if (!err) {
		m = mgmt_quiesce(caller);
		operation(m, c);
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
