// SPDX-License-Identifier: GPL-2.0
/*
 * entry - where a guest begins.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <hv/cell.h>

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
