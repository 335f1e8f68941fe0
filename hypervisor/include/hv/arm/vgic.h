/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vgic - interrupts for the guest: delivery (vgic.c), software generated ones (vsgi.c), and the
 * registers that several cells share (vgic_dist.c, vgic_v2.c, vgic_v3.c).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_VGIC_H
#define HV_ARM_VGIC_H

#include <hv/arm/gic.h>
#include <hv/cell.h>
#include <hv/mmio.h>

/**
 * The physical interrupt @intid, acknowledged, or an SGI of @source (GICv2: index of a CPU; else 0), is pending for this
 * CPU's guest.
 */
void vgic_deliver(struct vcpu *v, u32 intid, u32 source);
/** Take over what other CPUs have sent. */
void vgic_take_mailbox(struct vcpu *v);
/** Is anything pending for this CPU's guest? */
bool vgic_has_pending(const struct vcpu *v);
/** List registers have become free. */
void vgic_refill(struct vcpu *v);
/** On the CPU. */
void vgic_quiesce(struct vcpu *v, enum arm_quiesce why);

/** A guest's write to ICC_SGI1R_EL1. */
void vsgi_write_v3(struct vcpu *v, u64 value);
/** … or to GICD_SGIR. */
void vsgi_write_v2(struct vcpu *v, u32 value);
/** Maintenance interrupt, from the configuration. */
extern u32 vgic_maintenance_irq;

/** What a cell may see and change of 32 interrupts from @first on. */
static inline u32 vgic_owned(const struct vcpu *v, u32 first)
{
	if (first >= VGIC_IRQS)
		return 0;
	if (first >= GIC_SPI_FIRST)
		return v->pcpu->cell->arch.irqs[first / 32];
	return ~(1U << GIC_KICK_SGI | 1U << vgic_maintenance_irq);
}

/** Is the interrupt @intid, no SGI, the guest's? LPIs root may route wherever it likes. */
static inline bool vgic_owns(const struct vcpu *v, u32 intid)
{
	if (intid >= GIC_SPECIAL)
		return intid >= GIC_LPI_FIRST && cell_is_root(v->pcpu->cell);
	return vgic_owned(v, intid & ~31U) >> intid % 32 & 1;
}

extern const struct subsys_ops subsys_vgic;

/** A word of the distributor at @offset; false: nothing was done, dispatch it as any other access. */
bool vgic_fast_access(struct vcpu *v, u64 offset, bool is_write, u32 *value);

/* Registers beyond those that both versions have; @offset in the distributor. */
enum vdev_result vgic_v3_dist(struct vcpu *v, struct mmio_access *a, u32 offset);
enum vdev_result vgic_v2_dist(struct vcpu *v, struct mmio_access *a, u32 offset);
/** Registers with some bits for each interrupt; VDEV_UNHANDLED: it is none. @private: of a redistributor */
enum vdev_result vgic_irq_register(struct vcpu *v, struct mmio_access *a, u32 offset, bool private);
/** Handler of the redistributors. */
enum vdev_result vgic_redistributor(struct vcpu *v, void *arg, struct mmio_access *a);

#endif /* HV_ARM_VGIC_H */
