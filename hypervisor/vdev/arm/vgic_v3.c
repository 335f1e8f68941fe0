// SPDX-License-Identifier: GPL-2.0
/*
 * vgic_v3 - what GICv3 has beyond GICv2: routes by affinity, and a redistributor for each CPU.
 *
 * Of a redistributor's own registers nothing can be written: tables of LPIs are memory that the
 * controller reads and writes by itself, past stage 2.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/hal.h>
#include <hv/arm/vgic.h>

#define IROUTER_ANY		(1ULL << 31)
#define SGI_FRAME_IRQS		0x0c08	/* first offset behind registers of SGIs and PPIs */

/* --- routes ------------------------------------------------------------------------------- */

static bool is_own_cpu(struct vcpu *v, u64 route)
{
	const struct pcpu *target = system_cpu_by_hw_id(v->pcpu->cell->sys, route);

	return !(route & ~ARM_AFFINITY_MASK) && target && target->cell == v->pcpu->cell;
}

/* Half a register: Aff3 is the upper one. */
static u64 merged(const struct mmio_access *a, u32 offset, u64 old)
{
	if (a->size == 8)
		return a->value;
	return offset & 4 ? (old & 0xffffffff) | a->value << 32 : (old & ~0xffffffffULL) | (u32)a->value;
}

static enum vdev_result access_route(struct vcpu *v, struct mmio_access *a, u32 offset)
{
	u32 intid = (offset - GICD_IROUTER) / 8;
	volatile u8 *reg = arm_gicd + (offset & ~7U);
	u64 route;

	if (a->size < 4)
		return VDEV_DENIED;
	if (intid < GIC_SPI_FIRST || !(vgic_owned(v, intid & ~31U) >> intid % 32 & 1)) {
		a->value = 0;
		return VDEV_OK;
	}
	route = mmio_read64(reg);
	if (!a->is_write) {
		a->value = a->size == 8 ? route : (u32)(offset & 4 ? route >> 32 : route);
		return VDEV_OK;
	}
	route = merged(a, offset, route);
	if (!is_own_cpu(v, route))
		return VDEV_DENIED;
	mmio_write64(reg, route);
	return VDEV_OK;
}

enum vdev_result vgic_v3_dist(struct vcpu *v, struct mmio_access *a, u32 offset)
{
	if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END)
		return access_route(v, a, offset);
	return VDEV_UNHANDLED;
}

/* --- redistributors ----------------------------------------------------------------------- */

/* Everybody may know which redistributor is whose: that is how a guest finds its own. */
static bool is_public(u32 offset)
{
	return offset == GICR_TYPER || offset == GICR_TYPER + 4 || offset == GICR_IIDR ||
	       (offset >= GIC_ID_REGISTERS && offset < GICR_SGI_FRAME);
}

static void read_control_frame(struct mmio_access *a, volatile u8 *frame, u32 offset, bool own)
{
	if (is_public(offset) || (own && (offset == GICR_CTLR || offset == GICR_WAKER)))
		a->value = a->size == 8 ? mmio_read64(frame + offset) : mmio_read32(frame + offset);
}

enum vdev_result vgic_redistributor(struct vcpu *v, void *arg, struct mmio_access *a)
{
	u64 offset = a->addr.v - v->pcpu->cell->sys->config->platform_info.arm.gicr_base;
	volatile u8 *frame = arm_gicr + offset / arm_gicr_stride * arm_gicr_stride;
	bool own = frame == v->arch.vgic.redistributor;
	enum vdev_result result;

	offset %= arm_gicr_stride;
	if (offset & (a->size - 1))
		return VDEV_DENIED;
	if (own && offset >= GICR_SGI_FRAME && offset - GICR_SGI_FRAME < SGI_FRAME_IRQS) {
		result = vgic_irq_register(v, a, offset - GICR_SGI_FRAME, true);
		if (result != VDEV_UNHANDLED)
			return result;
	}
	if (!a->is_write) {
		a->value = 0;
		if (a->size >= 4)
			read_control_frame(a, frame, offset, own);
	}
	return VDEV_OK;
}
