// SPDX-License-Identifier: GPL-2.0
/*
 * cell - what a cell has besides its stage 2: nothing that a CPU would read by itself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/hal.h>
#include <hv/cell.h>
#include <hv/pt.h>

volatile u8 *arm_gicd, *arm_gicc, *arm_gich, *arm_gicr;
u32 arm_gicr_stride, arm_gicr_count;
u64 arm_gicr_size, arm_gicd_base, arm_gicc_base, arm_gicv_base;
const struct gic_ops *gic;

void arch_cell_update(struct cell *c)
{
}

/* GICv2: the virtual CPU interface stands where a guest expects the physical one. */
u64 arch_stage2_own_pages(u64 *pa, u64 *size, u32 *flags)
{
	*pa = arm_gicv_base;
	*size = gic->version == 2 ? ARM_GICV_SIZE : 0;
	*flags = PT_READ | PT_WRITE | PT_DEVICE;
	return arm_gicc_base;
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
