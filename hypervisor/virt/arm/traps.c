// SPDX-License-Identifier: GPL-2.0
/*
 * traps - what a guest may do by itself, and which cell this CPU works for (ARM DDI 0406, B1.14.3).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <hv/cell.h>

/* HCPTR: coprocessors but FP's are undefined for everybody, trace registers are not there */
#define CPTR_VALUE	0x1033ff
#define CNTHCTL_PL1PCTEN (1U << 0)
#define CNTHCTL_PL1PCEN	(1U << 1)
/* HSTR: CP15's c9 to c11 and c15 hold what each maker likes, but the performance monitors are in c9 */
#define HSTR_T11	(1U << 11)
#define HSTR_T15	(1U << 15)

/* VTCR (B4.1.159): 40 bits, T0SZ is signed, from level 1; write-back, inner shareable */
#define VTCR_RES1	(1U << 31)
#define VTCR_SH_INNER	(3U << 12)
#define VTCR_ORGN_WB	(1U << 10)
#define VTCR_IRGN_WB	(1U << 8)
#define VTCR_SL0_LEVEL1	(1U << 6)
#define VTCR_T0SZ_40	0x18

void arm_stage2_init(struct system *s)
{
	arm_stage2_set_bits(s, 40, VTCR_RES1 | VTCR_SH_INNER | VTCR_ORGN_WB | VTCR_IRGN_WB | VTCR_SL0_LEVEL1 |
			      VTCR_T0SZ_40);
}

void arm_enable_traps(struct vcpu *v)
{
	write_sysreg(arm_pmu_counters(), mdcr_el2);
	write_sysreg(HSTR_T11 | HSTR_T15, hstr_el2);
	write_sysreg(CNTHCTL_PL1PCTEN | CNTHCTL_PL1PCEN, cnthctl_el2);
	write_sysreg(0, cntvoff_el2);
	write_sysreg(read_sysreg(midr_el1), vpidr_el2);
	write_sysreg(read_sysreg(mpidr_el1), vmpidr_el2);
	write_sysreg(arm_stage2_vtcr, vtcr_el2);
	arm_load_cell(v);
}

void arm_load_cell(struct vcpu *v)
{
	const struct cell *c = v->pcpu->cell;

	write_sysreg(CPTR_VALUE, cptr_el2);
	write_sysreg((u64)(c->id & 0xff) << 48 | arm_stage2_root(c), vttbr_el2);
	write_sysreg(HCR_GUEST, hcr_el2);
	isb();
	arm_flush_tlb();
}
