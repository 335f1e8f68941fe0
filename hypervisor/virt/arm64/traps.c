// SPDX-License-Identifier: GPL-2.0
/*
 * traps - what a guest may do by itself: the part of it that differs from ARMv7.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <hv/cell.h>

#define CPTR_RES1	0x32ff
#define CPTR_TZ		(1UL << 8)
#define CPTR_TTA	(1UL << 20)
#define CPTR_TAM	(1UL << 30)
#define MDCR_HPMD	(1UL << 17)	/* no events are counted at EL2 */
#define MDCR_TTRF	(1UL << 19)

/*
 * Vectors longer than FP's and activity monitors are root's, whose they were before; a cell's are
 * undefined and read as zero.
 */
u64 arm_cptr_of(struct vcpu *v)
{
	u64 extensions = CPTR_TZ | CPTR_TAM;

	return (CPTR_RES1 & ~CPTR_TZ) | CPTR_TTA |
	       (cell_is_root(v->pcpu->cell) ? vcpu_percpu(v)->linux_el2.cptr & extensions : extensions);
}

/* Tags of memory are root's alone, too. */
u64 arm_hcr_of(struct vcpu *v)
{
	const struct cell *c = v->pcpu->cell;
	u64 width = c->config->flags & JAILHOUSE_CELL_AARCH32 ? 0 : HCR_RW;

	return HCR_GUEST | width | (cell_is_root(c) ? vcpu_percpu(v)->linux_el2.hcr & HCR_ATA : 0);
}

/*
 * Buffers of the profiling and the trace extension belong to EL2 from now on (MDCR_EL2.E2PB and E2TB
 * are 0), whose addresses a limit that Linux has set would be taken for.
 */
static void stop_buffers(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	if (dfr0 >> 32 & 0xf)
		write_sysreg(0, S3_0_C9_C10_0);	/* PMBLIMITR_EL1 */
	if (dfr0 >> 44 & 0xf)
		write_sysreg(0, S3_0_C9_C11_0);	/* TRBLIMITR_EL1 */
	isb();
}

void arm_trap_registers(void)
{
	u32 counters = arm_pmu_counters();

	stop_buffers();
	write_sysreg(MDCR_TTRF | ARM_MDCR_TDOSA | (counters ? MDCR_HPMD | counters : 0), mdcr_el2);
	write_sysreg(0, hstr_el2);
}
