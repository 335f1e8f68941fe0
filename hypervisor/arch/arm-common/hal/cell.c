// SPDX-License-Identifier: GPL-2.0
/*
 * cell - what a cell has besides its stage 2: nothing that a CPU would read by itself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/hal.h>
#include <hv/cell.h>

volatile u8 *arm_gicd, *arm_gicc, *arm_gich, *arm_gicr;
u32 arm_gicr_stride, arm_gicr_count;
const struct gic_ops *gic;

void arch_cell_update(struct cell *c)
{
}

u64 arch_stage2_own_page(u32 *flags)
{
	*flags = 0;
	return ~0ULL;
}

bool arch_cell_check(const struct cell *c, u64 *hash)
{
	return true;
}

void arch_comm_fill(const struct cell *c, struct jailhouse_comm_region *comm)
{
	const __typeof__(c->sys->config->platform_info.arm) *arm = &c->sys->config->platform_info.arm;

	comm->gic_version = arm->gic_version;
	comm->gicd_base = arm->gicd_base;
	comm->gicc_base = arm->gicc_base;
	comm->gicr_base = arm->gicr_base;
	comm->vpci_irq_base = c->config->vpci_irq_base;
}
