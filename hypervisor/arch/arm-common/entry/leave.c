// SPDX-License-Identifier: GPL-2.0
/*
 * leave - a CPU goes back to plain Linux, from any exit: interrupts that were on their way become
 * physical again, and EL2 is as the entry found it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm64/entry.h>
#include <arm64/hal.h>

static void restore_linux_el2(const struct arm64_linux_el2 *l)
{
	write_sysreg(l->cptr, cptr_el2);
	write_sysreg(l->mdcr, mdcr_el2);
	write_sysreg(l->hstr, hstr_el2);
	write_sysreg(l->cnthctl, cnthctl_el2);
	write_sysreg(l->cntvoff, cntvoff_el2);
	write_sysreg(l->vttbr, vttbr_el2);
	write_sysreg(l->vtcr, vtcr_el2);
	write_sysreg(l->vpidr, vpidr_el2);
	write_sysreg(l->vmpidr, vmpidr_el2);
	write_sysreg(l->hcr, hcr_el2);
	write_sysreg(l->vbar, vbar_el2);
	isb();
}

/* Kicks that are under way must not reach Linux as its own. */
static void drain_kicks(struct vcpu *v)
{
	while (__atomic_load_n(&v->pcpu->arch.kick_pending, __ATOMIC_ACQUIRE))
		arm64_handle_irq(&vcpu_percpu(v)->regs);
}

void __noreturn arm64_leave(struct vcpu *v)
{
	struct percpu *p = vcpu_percpu(v);

	drain_kicks(v);
	gic->cpu_disable(v, p->linux_gic);
	restore_linux_el2(&p->linux_el2);
	arm64_leave_el2(&p->regs, arm64_idmap(arm64_idmap_leave), p->linux_el2.sctlr);
}
