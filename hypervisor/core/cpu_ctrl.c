// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_ctrl - mailbox of a CPU. Requests are bits set atomically; who wants more than that suspends
 * the CPU first.
 *
 * A suspended CPU handles nothing but LEAVE: what the suspender prepares becomes visible to it as a
 * whole.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cpu_ctrl.h>
#include <hv/cell_ops.h>
#include <hv/subsys.h>
#include <arch/contract.h>

#define CPU_REQ_ARCH	(CPU_REQ_ARCH_INIT | CPU_REQ_ARCH_START)

void cpu_post(struct pcpu *target, enum cpu_request req)
{
	/* release: sipi_vector and reset_address before the bit; pairs with cpu_ctrl_step() */
	__atomic_fetch_or(&target->ctrl.requests, req, __ATOMIC_RELEASE);
	arch_cpu_kick(target);
}

/* Requests that contradict @req are gone, for the target is suspended and has not seen them. */
static u32 overridden_by(enum cpu_request req)
{
	switch (req) {
	case CPU_REQ_PARK:
		return CPU_REQ_RESET | CPU_REQ_ARCH;
	case CPU_REQ_RESET:
		return CPU_REQ_PARK | CPU_REQ_ARCH;
	case CPU_REQ_ASSIGN:
		return CPU_REQ_PARK | CPU_REQ_RESET | CPU_REQ_FLUSH | CPU_REQ_SCRUB | CPU_REQ_ARCH;
	default:
		return 0;
	}
}

void cpu_command(struct pcpu *target, enum cpu_request req)
{
	__atomic_fetch_and(&target->ctrl.requests, ~overridden_by(req), __ATOMIC_RELAXED);
	__atomic_fetch_or(&target->ctrl.requests, req, __ATOMIC_RELEASE);
}

/*
 * suspended follows suspend_count under the lock, and only the target writes it: a suspender that
 * finds it still set from the last time has raised the count before the target could look again, so
 * the target goes on waiting.
 */
void cpu_suspend(struct pcpu *target)
{
	spin_lock(&target->ctrl.lock);
	target->ctrl.suspend_count++;
	spin_unlock(&target->ctrl.lock);
	arch_cpu_kick(target);
	/*
	 * acquire: pairs with the release in must_wait(); what the target did before is visible now
	 */
	while (!__atomic_load_n(&target->ctrl.suspended, __ATOMIC_ACQUIRE)) {
		/* a crash: the target is back in Linux and will never answer, and so will we */
		if (READ_ONCE(target->leaving))
			return;
		arch_cpu_kick_again(target);
		arch_cpu_relax();
	}
}

/*
 * @suspended stays set until the target has seen the zero: whoever suspends it again before that
 * finds a target that still waits.
 */
void cpu_resume(struct pcpu *target)
{
	spin_lock(&target->ctrl.lock);
	target->ctrl.suspend_count--;
	spin_unlock(&target->ctrl.lock);
}

static void park(struct vcpu *v)
{
	v->pcpu->parked = true;
	arch_vcpu_park(v);
}

static void reset(struct vcpu *v)
{
	v->pcpu->parked = false;
	arch_vcpu_reset(v, v->pcpu->ctrl.reset_address);
}

/*
 * The owner has changed: devices first, so that nothing of the old cell reaches the new one through
 * them.
 */
static void assign(struct vcpu *v)
{
	subsystems_call(v->pcpu->cell->sys, cpu_released, v);
	arch_vcpu_switch_cell(v);
	subsystems_call(v->pcpu->cell->sys, cpu_assigned, v);
	park(v);
}

static void leave(struct vcpu *v)
{
	v->pcpu->leaving = true;
	if (!cell_is_root(v->pcpu->cell))
		park(v);
}

/* True: part of them is left for the next look. */
static bool handle_requests(struct vcpu *v, u32 requests)
{
	if (requests & CPU_REQ_LEAVE)
		leave(v);
	if (v->pcpu->leaving)
		return false;
	if (requests & CPU_REQ_ASSIGN)
		assign(v);
	if (requests & CPU_REQ_FLUSH)
		arch_vcpu_flush_stage2(v);
	if (requests & CPU_REQ_PARK)
		park(v);
	if (requests & CPU_REQ_RESET)
		reset(v);
	/* a CPU stopped by a violation stays so until its cell is started again */
	if (requests & CPU_REQ_ARCH && !v->pcpu->failed)
		arch_vcpu_event(v, requests & CPU_REQ_ARCH, v->pcpu->ctrl.sipi_vector);
	if (requests & CPU_REQ_VERIFY)
		verify_own_tables(v->pcpu);
	if (!(requests & CPU_REQ_SCRUB) || !scrub_step(v))
		return false;
	__atomic_fetch_or(&v->pcpu->ctrl.requests, CPU_REQ_SCRUB, __ATOMIC_RELAXED);
	return true;
}

/* LEAVE works on a suspended CPU too: its suspender may be the one that is dead. */
static bool must_wait(struct pcpu *cpu)
{
	bool suspended;

	spin_lock(&cpu->ctrl.lock);
	suspended = cpu->ctrl.suspend_count > 0;
	__atomic_store_n(&cpu->ctrl.suspended, suspended, __ATOMIC_RELEASE);
	spin_unlock(&cpu->ctrl.lock);
	return suspended && !(READ_ONCE(cpu->ctrl.requests) & CPU_REQ_LEAVE);
}

bool cpu_ctrl_step(struct vcpu *vcpu)
{
	if (must_wait(vcpu->pcpu))
		return true;
	return handle_requests(vcpu, __atomic_exchange_n(&vcpu->pcpu->ctrl.requests, 0, __ATOMIC_ACQUIRE));
}

/*
 * A kick may be taken while requests are handled (to empty its interrupt controller a CPU opens up
 * for a moment): what it announced was posted before, so that it is seen here.
 */
enum cpu_action cpu_ctrl_process(struct vcpu *vcpu)
{
	while (cpu_ctrl_step(vcpu) || cpu_is_called(vcpu->pcpu))
		arch_cpu_relax();
	return vcpu->pcpu->leaving && cell_is_root(vcpu->pcpu->cell) ? CPU_LEAVE : CPU_RUN;
}
