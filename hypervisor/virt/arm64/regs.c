// SPDX-License-Identifier: GPL-2.0
/*
 * regs - a guest's general registers, and where it goes on.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <hv/cell.h>

u64 arm_get_reg(struct vcpu *v, unsigned int n)
{
	return n < 31 ? vcpu_percpu(v)->regs.x[n] : 0;
}

void arm_set_reg(struct vcpu *v, unsigned int n, u64 value)
{
	if (n < 31)
		vcpu_percpu(v)->regs.x[n] = value;
}

void arm_skip_instruction(struct vcpu *v)
{
	u64 pc = read_sysreg(elr_el2);

	/* a trap of a 32-bit instruction may be one of Thumb; ESR_EL2.IL says how long it is */
	write_sysreg(pc + (read_sysreg(esr_el2) & 1UL << 25 ? 4 : 2), elr_el2);
}

void arm_set_entry(struct vcpu *v, u64 entry)
{
	if (!(v->pcpu->cell->config->flags & JAILHOUSE_CELL_AARCH32)) {
		write_sysreg(entry, elr_el2);
		write_sysreg(SPSR_EL1H_MASKED, spsr_el2);
		return;
	}
	write_sysreg(0x00c50838, sctlr_el1);	/* RES1 of its SCTLR (ARM ARM, G8.2.126) */
	write_sysreg(entry & ~1UL, elr_el2);
	write_sysreg(SPSR_SVC_MASKED | (entry & 1) << 5, spsr_el2);
}
