// SPDX-License-Identifier: GPL-2.0
/*
 * vgic - delivery. An interrupt goes into a list register; when there is none free, it waits in
 * software. What waits never has a higher priority than what is pending in a list register: a
 * newcomer with one takes the place of the least of those. Or it waits behind its own number: no two
 * list registers may hold the same (IHI 0048, 5.3.11), and GICv2 has an SGI pending once for each sender.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/hal.h>
#include <common/lib/bitmap.h>
#include <hv/arm/vgic.h>

#define DEFAULT_PRIORITY	0xa0	/* of an LPI: its table is root's memory */

u32 vgic_maintenance_irq;

static u8 priority_of(struct vcpu *v, u32 intid)
{
	if (intid >= VGIC_IRQS)
		return DEFAULT_PRIORITY;
	return gic->read_irq(v, GICD_IPRIORITYR, intid & ~3U) >> intid % 4 * 8;
}

/* --- waiting ------------------------------------------------------------------------------ */

static void add_lpi(struct vgic_cpu *g, u32 intid)
{
	u32 n, place = VGIC_LPIS;

	for (n = 0; n < VGIC_LPIS; n++) {
		if (g->lpis[n] == intid)
			return;
		if (!g->lpis[n])
			place = n;
	}
	if (place < VGIC_LPIS)
		g->lpis[place] = intid;
}

static void add_waiting(struct vcpu *v, u32 intid, u32 source)
{
	struct vgic_cpu *g = &v->arch.vgic;

	if (intid < VGIC_SGIS)
		g->sgis[source % VGIC_SOURCES] |= 1U << intid;
	else if (intid < VGIC_IRQS)
		bitmap_set((__u64 *)g->pending, intid);
	else
		add_lpi(g, intid);
	g->waiting = true;
}

static void remove_waiting(struct vgic_cpu *g, u32 intid, u32 source)
{
	u32 n;

	if (intid < VGIC_SGIS)
		g->sgis[source] &= ~(1U << intid);
	else if (intid < VGIC_IRQS)
		bitmap_clear((__u64 *)g->pending, intid);
	for (n = 0; n < VGIC_LPIS && intid >= VGIC_IRQS; n++)
		if (g->lpis[n] == intid)
			g->lpis[n] = 0;
}

/* @best, if it is pending, or the interrupt @intid. */
static void consider(struct vcpu *v, struct gic_lr *best, u32 intid, u32 source)
{
	u8 priority = priority_of(v, intid);

	if (!best->pending || priority < best->priority)
		*best = (struct gic_lr){ .intid = intid, .source = source, .priority = priority, .pending = true };
}

/* The most urgent of those that wait, @without: SGIs that do not count. False: none does. */
static bool most_urgent(struct vcpu *v, struct gic_lr *best, u32 without)
{
	const struct vgic_cpu *g = &v->arch.vgic;
	u32 n, source;

	best->pending = false;
	for (source = 0; source < VGIC_SOURCES; source++)
		for (n = 0; n < VGIC_SGIS && g->sgis[source] >> n; n++)
			if ((g->sgis[source] & ~without) >> n & 1)
				consider(v, best, n, source);
	bitmap_for_each(n, (const __u64 *)g->pending, VGIC_IRQS)
		consider(v, best, n, 0);
	for (n = 0; n < VGIC_LPIS; n++)
		if (g->lpis[n])
			consider(v, best, g->lpis[n], 0);
	return best->pending;
}

/* --- list registers ----------------------------------------------------------------------- */

static bool is_physical(u32 intid)
{
	return intid >= VGIC_SGIS && intid < VGIC_IRQS;
}

/* The list register that is pending only, and the least urgent of those. */
static bool least_urgent(const struct vgic_cpu *g, u32 *where, struct gic_lr *least)
{
	struct gic_lr lr;
	bool found = false;
	u32 n;

	for (n = 0; n < g->lrs; n++) {
		if (!gic->read_lr(n, &lr) || lr.active || (found && lr.priority <= least->priority))
			continue;
		*least = lr;
		*where = n;
		found = true;
	}
	return found;
}

/* Whoever comes here leaves something that waits for a list register. */
static bool replace(struct vcpu *v, const struct gic_lr *irq)
{
	struct gic_lr least = { .intid = 0 };
	u32 n = 0;

	gic->set_underflow(true);
	if (!least_urgent(&v->arch.vgic, &n, &least) || least.priority <= irq->priority)
		return false;
	gic->write_lr(n, irq);
	add_waiting(v, least.intid, least.source);
	return true;
}

enum place { PLACED, BEHIND, FULL };

/*
 * If the number is there: pending once is enough, and an SGI or LPI that is active becomes pending too. A physical one comes
 * again only if the guest has deactivated it in the distributor, or it is not active in earnest; the list register may not say
 * both of it (IHI 0069, 12.4.10). The end of another sender's SGI is announced. Otherwise a new place, if it may be @anywhere.
 */
static enum place put(struct vcpu *v, const struct gic_lr *irq, bool anywhere)
{
	struct gic_lr lr;
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++) {
		if (!gic->read_lr(n, &lr) || lr.intid != irq->intid)
			continue;
		lr.tells_end |= lr.source != irq->source;
		lr.pending |= lr.source == irq->source;
		lr.active &= !is_physical(lr.intid);
		gic->write_lr(n, &lr);
		return lr.source == irq->source ? PLACED : BEHIND;
	}
	return anywhere && (gic->inject(irq->intid, irq->priority, irq->source) || replace(v, irq)) ? PLACED : FULL;
}

void vgic_refill(struct vcpu *v)
{
	struct gic_lr best;
	enum place place = PLACED;
	u32 behind = 0;

	gic->set_underflow(false);
	while (place != FULL && most_urgent(v, &best, behind)) {
		place = put(v, &best, true);
		if (place == PLACED)
			remove_waiting(&v->arch.vgic, best.intid, best.source);
		else if (place == BEHIND)
			behind |= 1U << best.intid;
	}
	v->arch.vgic.waiting = behind || place == FULL;
}

/* Apart: who is alone does not save registers for this. */
static __attribute__((noinline)) void deliver_beside_others(struct vcpu *v, u32 intid, u32 source)
{
	const struct gic_lr irq = { .intid = intid, .source = source, .priority = priority_of(v, intid), .pending = true };

	if (put(v, &irq, !v->arch.vgic.waiting) == PLACED)
		return;
	if (intid >= VGIC_IRQS)
		vgic_refill(v);	/* there may be places for no more LPIs */
	add_waiting(v, intid, source);
	vgic_refill(v);
}

void vgic_deliver(struct vcpu *v, u32 intid, u32 source)
{
	if (intid >= VGIC_IRQS || !gic->inject_first(v, intid, source))
		deliver_beside_others(v, intid, source);
}

bool vgic_has_pending(const struct vcpu *v)
{
	struct gic_lr lr;
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		if (gic->read_lr(n, &lr) && lr.pending)
			return true;
	return v->arch.vgic.waiting;
}

void vgic_take_mailbox(struct vcpu *v)
{
	struct vgic_mailbox *box = &v->pcpu->arch.sgi;
	u32 source, sgis;

	for (source = 0; source < (gic->version == 2 ? VGIC_SOURCES : 1); source++) {
		/* acquire: pairs with the sender; what it did before is visible to the guest */
		sgis = __atomic_exchange_n(&box->from[source], 0, __ATOMIC_ACQUIRE);
		for (; sgis; sgis &= sgis - 1)
			vgic_deliver(v, __builtin_ctz(sgis), source);
	}
}

/* --- a new start -------------------------------------------------------------------------- */

/* Those of which the owner's reset has not taken care, see enum arm_quiesce. */
static void end(struct vcpu *v, u32 intid, enum arm_quiesce why)
{
	if (intid < GIC_SPI_FIRST || why == QUIESCE_SWITCHED_ON || !vgic_owns(v, intid))
		gic->deactivate(intid);
}

static void drop_waiting(struct vcpu *v, enum arm_quiesce why)
{
	struct vgic_cpu *g = &v->arch.vgic;
	u32 n;

	bitmap_for_each(n, (const __u64 *)g->pending, VGIC_IRQS)
		end(v, n, why);
	for (n = 0; n < ARRAY_SIZE(g->pending); n++)
		g->pending[n] = 0;
	for (n = 0; n < VGIC_SOURCES; n++) {
		g->sgis[n] = 0;
		__atomic_store_n(&v->pcpu->arch.sgi.from[n], 0, __ATOMIC_RELAXED);
	}
	for (n = 0; n < VGIC_LPIS; n++)
		g->lpis[n] = 0;
	g->waiting = false;
}

static void drop_list_registers(struct vcpu *v, enum arm_quiesce why)
{
	struct gic_lr lr;
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		if (gic->read_lr(n, &lr) && is_physical(lr.intid))
			end(v, lr.intid, why);
	gic->reset_interface(v);
}

/* The last owner's handler may still run, and end it: that finds no list register. */
static void drop_foreign(struct vcpu *v)
{
	u32 n, *pending = (u32 *)v->arch.vgic.pending;
	struct gic_lr lr;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		if (gic->read_lr(n, &lr) && lr.intid >= GIC_SPI_FIRST && !vgic_owns(v, lr.intid))
			gic->clear_lr(n);
	for (n = 1; n < VGIC_IRQS / 32; n++)
		pending[n] &= vgic_owned(v, n * 32);
}

static void wait_for_redistributor(const struct vcpu *v)
{
	while (gic->version == 3 && mmio_read32(v->arch.vgic.redistributor + GICR_CTLR) & GICR_CTLR_RWP)
		arch_cpu_relax();
}

/* All but what the hypervisor itself needs; priorities as after a reset. */
static void reset_private_irqs(struct vcpu *v)
{
	u32 own = 1U << GIC_KICK_SGI | 1U << vgic_maintenance_irq, n;

	gic->write_irq(v, GICD_ICENABLER, 0, ~own);
	wait_for_redistributor(v);
	gic->write_irq(v, GICD_ICPENDR, 0, ~own);
	gic->write_irq(v, GICD_ICACTIVER, 0, ~own);
	for (n = 0; n < 32; n += 4)
		gic->write_irq(v, GICD_IPRIORITYR, n, 0);
	gic->write_irq(v, GICD_ISENABLER, 0, own);
}

void vgic_quiesce(struct vcpu *v, enum arm_quiesce why)
{
	if (why == QUIESCE_FOREIGN) {
		drop_foreign(v);
		return;
	}
	drop_list_registers(v, why);
	drop_waiting(v, why);
	reset_private_irqs(v);
}
