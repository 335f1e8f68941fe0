// SPDX-License-Identifier: GPL-2.0
/*
 * traps - what a guest may do by itself, and which cell this CPU works for.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <hv/cell.h>

#define CNTHCTL_EL1PCTEN (1U << 0)
#define CNTHCTL_EL1PCEN	(1U << 1)

void arm_enable_traps(struct vcpu *v)
{
	arm_trap_registers();
	write_sysreg(CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN, cnthctl_el2);
	write_sysreg(0, cntvoff_el2);
	write_sysreg(read_sysreg(midr_el1), vpidr_el2);
	write_sysreg(read_sysreg(mpidr_el1), vmpidr_el2);
	write_sysreg(arm_stage2_vtcr, vtcr_el2);
	arm_load_cell(v);
}

void arm_load_cell(struct vcpu *v)
{
	const struct cell *c = v->pcpu->cell;

	write_sysreg(arm_cptr_of(v), cptr_el2);
	write_sysreg((u64)(c->id & 0xff) << 48 | arm_stage2_root(c), vttbr_el2);
	write_sysreg(arm_hcr_of(v), hcr_el2);
	isb();
	arm_flush_tlb();
}
