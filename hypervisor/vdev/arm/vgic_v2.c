// SPDX-License-Identifier: GPL-2.0
/*
 * vgic_v2 - what only GICv2's distributor has: targets by interface, and SGIs by register.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/hal.h>
#include <hv/arm/vgic.h>
#include <hv/cell_ops.h>

static u8 cell_targets(const struct cell *c)
{
	u32 cpu;
	u8 targets = 0;

	cell_for_each_cpu(cpu, c)
		targets |= c->sys->pcpus[cpu].arch.gic_targets;
	return targets;
}

/* One byte an interrupt; those of SGIs and PPIs say who reads, and cannot be written. */
static enum vdev_result access_targets(struct vcpu *v, struct mmio_access *a, u32 first)
{
	u8 foreign = ~cell_targets(v->pcpu->cell);
	u32 n, owned = first < GIC_SPI_FIRST ? ~0U : vgic_owned(v, first & ~31U);
	u64 value = 0;

	for (n = 0; n < a->size; n++) {
		if (!(owned >> (first + n) % 32 & 1))
			continue;
		if (!a->is_write)
			value |= (u64)mmio_read8(arm_gicd + GICD_ITARGETSR + first + n) << n * 8;
		else if (first >= GIC_SPI_FIRST && (u8)(a->value >> n * 8) & foreign)
			return VDEV_DENIED;
	}
	for (n = 0; n < a->size && a->is_write && first >= GIC_SPI_FIRST; n++)
		if (owned >> (first + n) % 32 & 1)
			mmio_write8(arm_gicd + GICD_ITARGETSR + first + n, a->value >> n * 8);
	if (!a->is_write)
		a->value = value;
	return VDEV_OK;
}

enum vdev_result vgic_v2_dist(struct vcpu *v, struct mmio_access *a, u32 offset)
{
	if (offset >= GICD_ITARGETSR && offset < GICD_ITARGETSR + VGIC_IRQS)
		return a->size == 1 || a->size == 4 ? access_targets(v, a, offset - GICD_ITARGETSR) : VDEV_DENIED;
	if (offset != GICD_SGIR)
		return VDEV_UNHANDLED;
	if (a->size != 4)
		return VDEV_DENIED;
	if (a->is_write)
		vsgi_write_v2(v, a->value);
	a->value = 0;
	return VDEV_OK;
}
