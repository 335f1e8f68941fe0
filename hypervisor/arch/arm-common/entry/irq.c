// SPDX-License-Identifier: GPL-2.0
/*
 * irq - physical interrupts: kicks, the maintenance interrupt, and the guest's.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/entry.h>
#include <arm/hal.h>
#include <hv/arm/vgic.h>
#include <hv/cell.h>
#include <hv/cpu_ctrl.h>

/* A kick may have been for SGIs only. */
static bool take_kick(struct vcpu *v)
{
	struct pcpu *self = v->pcpu;

	/* pairs with arch_cpu_kick(): what is posted from now on comes with a kick of its own */
	__atomic_exchange_n(&self->arch.kick_pending, 0, __ATOMIC_SEQ_CST);
	vgic_take_mailbox(v);
	return READ_ONCE(self->ctrl.requests) || READ_ONCE(self->ctrl.suspend_count);
}

static void take_maintenance(struct vcpu *v)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MAINTENANCE);
	vgic_refill(v);
}

/*
 * Root routes its interrupts to its CPUs, one of which may have gone to a cell since; and its LPIs
 * wherever it likes. They do not reach a guest that does not own them.
 */
static bool is_guests(const struct vcpu *v, u32 intid)
{
	if (intid >= GIC_LPI_FIRST)
		return cell_is_root(v->pcpu->cell);
	return vgic_owned(v, intid & ~31U) >> intid % 32 & 1;
}

static void reject(struct vcpu *v, u32 raw)
{
	u32 intid = GIC_INTID(raw);

	if (intid < VGIC_IRQS) {
		gic->write_irq(v, GICD_ICENABLER, intid / 32 * 4, 1U << intid % 32);
		gic->deactivate(raw);
	}
}

bool arm_take_interrupts(struct vcpu *v)
{
	bool kick = false;
	u32 raw, intid;

	for (raw = gic->ack(); intid = GIC_INTID(raw), intid < 1020 || intid >= GIC_LPI_FIRST; raw = gic->ack()) {
		gic->drop(raw);
		if (intid == GIC_KICK_SGI) {
			gic->deactivate(raw);
			vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT);
			kick |= take_kick(v);
		} else if (intid < VGIC_SGIS) {
			/* sent before we came */
			gic->deactivate(raw);
			vgic_deliver_sgi(v, intid, GIC_SOURCE(raw));
		} else if (intid == vgic_maintenance_irq) {
			gic->deactivate(raw);
			take_maintenance(v);
		} else if (is_guests(v, intid)) {
			vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_VIRQ);
			vgic_deliver(v, intid);
		} else {
			reject(v, raw);
		}
	}
	return kick;
}

void arm_wait_while_parked(struct vcpu *v)
{
	while (v->pcpu->parked) {
		arm_wait();
		if (arm_take_interrupts(v) && cpu_ctrl_process(v) == CPU_LEAVE)
			return;
	}
}
