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

/* Root routes its interrupts to its CPUs, one of which may have gone to a cell since; and its LPIs wherever it likes. */
static void reject(struct vcpu *v, u32 raw)
{
	u32 intid = GIC_INTID(raw);

	if (intid < GIC_SPECIAL) {
		gic->write_irq(v, GICD_ICENABLER, intid / 32 * 4, 1U << intid % 32);
		gic->deactivate(raw);
	}
}

/* Those that are not simply handed on. */
static bool take_other(struct vcpu *v, u32 raw)
{
	u32 intid = GIC_INTID(raw);

	if (intid == vgic_maintenance_irq) {
		gic->deactivate(raw);
		take_maintenance(v);
		return false;
	}
	if (intid >= VGIC_SGIS) {
		reject(v, raw);
		return false;
	}
	gic->deactivate(raw);
	if (intid != GIC_KICK_SGI) {	/* sent before we came */
		vgic_deliver(v, intid, GIC_SOURCE(raw));
		return false;
	}
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT);
	return take_kick(v);
}

/* One of them; another one that is pending comes as the next exit. */
bool arm_take_interrupt(struct vcpu *v)
{
	u32 raw = gic->take(), intid = GIC_INTID(raw);

	if (intid < VGIC_SGIS || !vgic_owns(v, intid))
		return take_other(v, raw);
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_VIRQ);
	vgic_deliver(v, intid, 0);
	return false;
}

void arm_wait_while_parked(struct vcpu *v)
{
	while (v->pcpu->parked) {
		arm_wait();
		if (arm_take_interrupt(v) && cpu_ctrl_process(v) == CPU_LEAVE)
			return;
	}
}
