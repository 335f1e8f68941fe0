// SPDX-License-Identifier: GPL-2.0
/*
 * leave - a CPU goes back to plain Linux, from any exit: interrupts that were on their way become
 * physical again, and EL2 is as the entry found it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>

/* Kicks that are under way must not reach Linux as its own. */
static void drain_kicks(struct vcpu *v)
{
	while (__atomic_load_n(&v->pcpu->arch.kick_pending, __ATOMIC_ACQUIRE))
		arm_handle_irq(&vcpu_percpu(v)->regs);
}

void __noreturn arm_leave(struct vcpu *v)
{
	struct percpu *p = vcpu_percpu(v);

	drain_kicks(v);
	gic->cpu_disable(v, p->linux_gic);
	arm_restore_linux_el2(&p->linux_el2);
	arm_leave_el2(&p->regs, arm_idmap(arm_idmap_leave), p->linux_el2.sctlr);
}
