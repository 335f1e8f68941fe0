// SPDX-License-Identifier: GPL-2.0
/*
 * leave - barrier of HC_DISABLE, and the way out in a crash.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/leave.h>
#include <hv/cell_ops.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <arch/contract.h>
#include <common/config/rules.h>
#include <common/lib/bitmap.h>

#define BARRIER_TIMEOUT_US 2000000

static u32 root_cpu_count(const struct system *s)
{
	return bitmap_weight((const __u64 *)s->root->cpu_set, HV_CPU_END);
}

/*
 * All have arrived: the one who came last decides for all, and releases the hardware before the
 * first one is back in Linux.
 */
static int decide(struct system *s)
{
	if (s->cell_count > 1)
		return -HV_EBUSY;
	s->shutting_down = true;
	system_shutdown(s);
	log_printf("disabled\n");
	return 0;
}

static void end_round(struct system *s, int result)
{
	s->leave.result = result;
	s->leave.arrived = 0;
	/* release: pairs with wait_for_round() */
	__atomic_store_n(&s->leave.round, s->leave.round + 1, __ATOMIC_RELEASE);
}

/* Returns the number of the round that this CPU takes part in. */
static u32 arrive(struct system *s)
{
	u32 round;

	spin_lock(&s->leave.lock);
	round = s->leave.round;
	if (++s->leave.arrived == root_cpu_count(s))
		end_round(s, decide(s));
	spin_unlock(&s->leave.lock);
	return round;
}

static bool round_ended(struct system *s, u32 round)
{
	return __atomic_load_n(&s->leave.round, __ATOMIC_ACQUIRE) != round;
}

static void give_up(struct system *s, u32 round)
{
	spin_lock(&s->leave.lock);
	if (!round_ended(s, round))
		end_round(s, REFUSE(s, RULE_CPUS_MISSING, .value = { s->leave.arrived, root_cpu_count(s) }));
	spin_unlock(&s->leave.lock);
}

/* Others may suspend this CPU meanwhile, or tell it to leave. */
static int wait_for_round(struct vcpu *v, struct system *s, u32 round)
{
	u64 deadline = arch_time_us() + BARRIER_TIMEOUT_US;

	while (!round_ended(s, round)) {
		if (cpu_ctrl_process(v) == CPU_LEAVE)
			return 0;
		if (arch_time_us() >= deadline)
			give_up(s, round);
		arch_cpu_relax();
	}
	return s->leave.result;
}

int leave_all(struct vcpu *v)
{
	struct system *s = v->pcpu->cell->sys;

	if (s->cell_count > 1)
		return REFUSE(s, RULE_CELLS_EXIST, .value = { s->cell_count - 1 });
	return wait_for_round(v, s, arrive(s));
}

void leave_in_panic(struct vcpu *v)
{
	struct system *s = v->pcpu->cell->sys;
	u32 cpu;

	log_printf_panic("root cell, CPU %u: leaves in a crash\n", v->pcpu->id);
	v->pcpu->leaving = true;
	/* one of several that crash at once tells the others and shuts down */
	if (__atomic_exchange_n(&s->shutting_down, true, __ATOMIC_ACQ_REL))
		return;
	for (cpu = 0; cpu < s->max_cpus; cpu++)
		if (cpu != v->pcpu->id && s->pcpus[cpu].online)
			cpu_post(&s->pcpus[cpu], CPU_REQ_LEAVE);
	system_shutdown(s);
}

bool system_should_leave(struct vcpu *vcpu)
{
	return cell_is_root(vcpu->pcpu->cell) &&
	       (vcpu->pcpu->leaving || vcpu->pcpu->cell->sys->shutting_down);
}
