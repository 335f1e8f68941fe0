// SPDX-License-Identifier: GPL-2.0
/*
 * gicv2 - GICv2 with its virtual interface (IHI 0048). All interrupts come to EL2, which hands them
 * on in list registers; where a guest expects the CPU interface it has the virtual one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/cpu.h>
#include <arm/hal.h>
#include <common/lib/bitmap.h>

#define GICC_CTLR		0x0000
#define GICC_PMR		0x0004
#define GICC_BPR		0x0008
#define GICC_IAR		0x000c
#define GICC_EOIR		0x0010
#define GICC_DIR		0x1000
#define CTLR_ENABLE		(1U << 0)
#define CTLR_EOIMODE		(1U << 9)
#define IAR_INTID(r)		((r) & 0x3ff)
#define IAR_SOURCE(r)		((r) >> 10 & 7)

#define GICH_HCR		0x0000
#define GICH_VTR		0x0004
#define GICH_VMCR		0x0008
#define GICH_EISR		0x0020
#define GICH_ELRSR		0x0030
#define GICH_APR		0x00f0
#define GICH_LR			0x0100
#define HCR_EN			(1U << 0)
#define HCR_UIE			(1U << 1)
#define VTR_LRS			0x3f
#define LR_HW			(1U << 31)
#define LR_ACTIVE		(1U << 29)
#define LR_PENDING		(1U << 28)
#define LR_EOI			(1U << 19)	/* of SGIs only */
#define LR_PRIORITY_SHIFT	20	/* of all eight bits, of which there is room for the upper five */
#define LR_PRIORITY		(0x1fU << 23)
#define LR_PHYSICAL_SHIFT	10
#define LR_INTID		0x3ff
#define VMCR_ENABLE		(1U << 0)
#define VMCR_EOIM		(1U << 9)
#define VMCR_BPR_SHIFT		21
#define VMCR_PMR_SHIFT		24	/* likewise */
#define VMCR_PMR		(0x1fU << 27)
#define SGIS			0xffffU
#define SOURCE_SHIFT		24	/* in the words that ack() gives */

enum { SAVE_CTLR, SAVE_PMR, SAVE_BPR, SAVE_HCR };

static u32 gicc_read(u32 reg)
{
	return mmio_read32(arm_gicc + reg);
}

static void gicc_write(u32 reg, u32 value)
{
	mmio_write32(arm_gicc + reg, value);
}

static u32 gich_read(u32 reg)
{
	return mmio_read32(arm_gich + reg);
}

static void gich_write(u32 reg, u32 value)
{
	mmio_write32(arm_gich + reg, value);
}

/* The distributor has a bank for each CPU's own. */
static u32 v2_read_irq(struct vcpu *v, u32 reg, u32 offset)
{
	return mmio_read32(arm_gicd + reg + offset);
}

static void v2_write_irq(struct vcpu *v, u32 reg, u32 offset, u32 value)
{
	mmio_write32(arm_gicd + reg + offset, value);
}

/* --- list registers ----------------------------------------------------------------------- */

static u32 encode(u32 intid, u8 priority, u32 source, u32 state)
{
	u32 lr = state | ((u32)priority << LR_PRIORITY_SHIFT & LR_PRIORITY) | intid;

	if (intid < VGIC_SGIS)
		return lr | source << LR_PHYSICAL_SHIFT;
	return lr | LR_HW | intid << LR_PHYSICAL_SHIFT;
}

/* First where an end was told of, which that takes back: for each of those something waits, see put() in vgic.c. */
static bool v2_inject(u32 intid, u8 priority, u8 source)
{
	u32 empty = gich_read(GICH_EISR) ?: gich_read(GICH_ELRSR);

	if (!empty)
		return false;
	gich_write(GICH_LR + __builtin_ctz(empty) * 4, encode(intid, priority, source, LR_PENDING));
	return true;
}

static bool v2_inject_first(struct vcpu *v, u32 intid, u8 source)
{
	if (v->arch.vgic.waiting || gich_read(GICH_ELRSR) != v->arch.vgic.all_lrs)
		return false;
	gich_write(GICH_LR, encode(intid, mmio_read8(arm_gicd + GICD_IPRIORITYR + intid), source, LR_PENDING));
	return true;
}

static bool v2_read_lr(u32 n, struct gic_lr *lr)
{
	u32 raw = gich_read(GICH_LR + n * 4);
	bool is_sgi = (raw & LR_INTID) < VGIC_SGIS;

	*lr = (struct gic_lr){ .intid = raw & LR_INTID, .priority = (raw & LR_PRIORITY) >> LR_PRIORITY_SHIFT,
			       .pending = raw & LR_PENDING, .active = raw & LR_ACTIVE,
			       .source = is_sgi ? IAR_SOURCE(raw) : 0, .tells_end = is_sgi && raw & LR_EOI };
	return lr->pending || lr->active;
}

static void v2_write_lr(u32 n, const struct gic_lr *lr)
{
	gich_write(GICH_LR + n * 4, encode(lr->intid, lr->priority, lr->source,
					   (lr->pending ? LR_PENDING : 0) | (lr->active ? LR_ACTIVE : 0) |
					   (lr->tells_end ? LR_EOI : 0)));
}

static void v2_clear_lr(u32 n)
{
	gich_write(GICH_LR + n * 4, 0);
}

static void v2_set_underflow(bool on)
{
	gich_write(GICH_HCR, HCR_EN | (on ? HCR_UIE : 0));
}

static void clear_lrs(struct vcpu *v)
{
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		v2_clear_lr(n);
}

/* --- physical interface ------------------------------------------------------------------- */

/* The end of a special number is ignored (4.4.5). */
static u32 v2_take(void)
{
	u32 raw = gicc_read(GICC_IAR);

	gicc_write(GICC_EOIR, raw);
	return IAR_INTID(raw) | IAR_SOURCE(raw) << SOURCE_SHIFT;
}

static u32 as_acknowledged(u32 raw)
{
	return IAR_INTID(raw) | (raw >> SOURCE_SHIFT & 7) << 10;
}

static void v2_deactivate(u32 raw)
{
	gicc_write(GICC_DIR, as_acknowledged(raw));
}

static void v2_send_kick(const struct pcpu *target)
{
	dsb_ish();	/* what is sent for, before the interrupt */
	mmio_write32(arm_gicd + GICD_SGIR, (u32)target->arch.gic_targets << 16 | GIC_KICK_SGI);
}

/* --- taking over and giving back ---------------------------------------------------------- */

static bool v2_find(struct vcpu *v)
{
	/* who reads this register sees the bit of his own interface (4.3.12) */
	v->pcpu->arch.gic_targets = mmio_read8(arm_gicd + GICD_ITARGETSR);
	return v->pcpu->arch.gic_targets;
}

/* As in gicv3.c; here an SGI is pending once for each sender. */
static void take_sgis(struct vcpu *v)
{
	u8 sources = mmio_read8(arm_gicd + GICD_SPENDSGIR + GIC_KICK_SGI);
	u32 n;

	mmio_write8(arm_gicd + GICD_CPENDSGIR + GIC_KICK_SGI, sources);
	for (n = 0; n < VGIC_SOURCES; n++)
		if (sources >> n & 1)
			v->arch.vgic.sgis[n] |= 1U << GIC_KICK_SGI;
	v->arch.vgic.waiting |= sources != 0;
	v2_write_irq(v, GICD_ICACTIVER, 0, SGIS);
}

static void v2_cpu_enable(struct vcpu *v, u64 *save)
{
	save[SAVE_CTLR] = gicc_read(GICC_CTLR);
	save[SAVE_PMR] = gicc_read(GICC_PMR);
	save[SAVE_BPR] = gicc_read(GICC_BPR);
	save[SAVE_HCR] = gich_read(GICH_HCR);
	v->arch.vgic.lrs = (gich_read(GICH_VTR) & VTR_LRS) + 1;
	if (v->arch.vgic.lrs > 32)
		v->arch.vgic.lrs = 32;
	v->arch.vgic.all_lrs = (1ULL << v->arch.vgic.lrs) - 1;
	clear_lrs(v);
	gich_write(GICH_APR, 0);
	gich_write(GICH_VMCR, ((u32)save[SAVE_PMR] << VMCR_PMR_SHIFT & VMCR_PMR) |
			      (u32)save[SAVE_BPR] << VMCR_BPR_SHIFT |
			      (save[SAVE_CTLR] & CTLR_EOIMODE ? VMCR_EOIM : 0) |
			      (save[SAVE_CTLR] & CTLR_ENABLE ? VMCR_ENABLE : 0));
	take_sgis(v);
	gicc_write(GICC_BPR, 0);
	gicc_write(GICC_PMR, 0xff);
	gicc_write(GICC_CTLR, save[SAVE_CTLR] | CTLR_ENABLE | CTLR_EOIMODE);
	v2_set_underflow(false);
}

static void give_back(struct vcpu *v, const struct gic_lr *lr)
{
	if (lr->intid < VGIC_SGIS) {
		mmio_write8(arm_gicd + GICD_SPENDSGIR + lr->intid, 1U << lr->source);
		return;
	}
	v2_write_irq(v, GICD_ISPENDR, lr->intid / 32 * 4, 1U << lr->intid % 32);
	v2_deactivate(lr->intid);
}

static void give_back_all(struct vcpu *v)
{
	struct gic_lr lr;
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		if (v2_read_lr(n, &lr) && lr.pending)
			give_back(v, &lr);
	clear_lrs(v);
	for (n = 0; n < VGIC_SOURCES * VGIC_SGIS; n++) {
		lr = (struct gic_lr){ .intid = n % VGIC_SGIS, .source = n / VGIC_SGIS };
		if (v->arch.vgic.sgis[lr.source] >> lr.intid & 1)
			give_back(v, &lr);
	}
	bitmap_for_each(lr.intid, (const __u64 *)v->arch.vgic.pending, VGIC_IRQS)
		give_back(v, &lr);
}

static void v2_cpu_disable(struct vcpu *v, const u64 *save)
{
	u32 vmcr = gich_read(GICH_VMCR);
	u32 ctlr = (u32)save[SAVE_CTLR] & ~(CTLR_EOIMODE | CTLR_ENABLE);

	give_back_all(v);
	gich_write(GICH_HCR, (u32)save[SAVE_HCR]);
	gicc_write(GICC_BPR, vmcr >> VMCR_BPR_SHIFT & 7);
	gicc_write(GICC_PMR, (vmcr & VMCR_PMR) >> VMCR_PMR_SHIFT);
	gicc_write(GICC_CTLR, ctlr | (vmcr & VMCR_EOIM ? CTLR_EOIMODE : 0) | (vmcr & VMCR_ENABLE ? CTLR_ENABLE : 0));
}

static void v2_reset_interface(struct vcpu *v)
{
	clear_lrs(v);
	gich_write(GICH_VMCR, 0);
	gich_write(GICH_APR, 0);
	v2_set_underflow(false);
}

const struct gic_ops gic_v2_ops = {
	.version = 2,
	.find = v2_find,
	.cpu_enable = v2_cpu_enable,
	.cpu_disable = v2_cpu_disable,
	.take = v2_take,
	.deactivate = v2_deactivate,
	.send_kick = v2_send_kick,
	.inject = v2_inject,
	.inject_first = v2_inject_first,
	.read_lr = v2_read_lr,
	.write_lr = v2_write_lr,
	.clear_lr = v2_clear_lr,
	.set_underflow = v2_set_underflow,
	.reset_interface = v2_reset_interface,
	.read_irq = v2_read_irq,
	.write_irq = v2_write_irq,
};
