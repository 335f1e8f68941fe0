// SPDX-License-Identifier: GPL-2.0
/*
 * gicv3 - GICv3 and v4 with affinity routing (IHI 0069). All interrupts come to EL2, which hands
 * them on in list registers; the guest's end of interrupt deactivates the physical one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/gic_sysregs.h>
#include <arm/hal.h>
#include <common/lib/bitmap.h>

#define CTLR_EOIMODE		(1U << 1)
#define CTLR_CBPR		(1U << 0)
#define SRE_ALL			0xf
#define SRE_EL1_ALL		0x7
#define HCR_EN			(1U << 0)
#define HCR_UIE			(1U << 1)
#define VTR_LRS			0x1f
#define LR_STATE_SHIFT		62
#define LR_PENDING		(1ULL << 62)
#define LR_ACTIVE		(1ULL << 63)
#define LR_HW			(1ULL << 61)
#define LR_GROUP1		(1ULL << 60)
#define LR_PRIORITY_SHIFT	48
#define LR_PHYSICAL_SHIFT	32
#define VMCR_ENG1		(1U << 1)
#define VMCR_CBPR		(1U << 4)
#define VMCR_EOIM		(1U << 9)
#define VMCR_BPR1_SHIFT		18
#define VMCR_PMR_SHIFT		24
#define SGIS			0xffffU

enum { SAVE_CTLR, SAVE_SRE_EL1, SAVE_SRE_EL2, SAVE_HCR, SAVE_KICK_PRIORITY };

static u32 v3_read_irq(struct vcpu *v, u32 reg, u32 offset)
{
	const u32 first = reg == GICD_IPRIORITYR ? 32 : reg == GICD_ICFGR ? 8 : 4;

	if (offset < first)
		return mmio_read32(v->arch.vgic.redistributor + GICR_SGI_FRAME + reg + offset);
	return mmio_read32(arm_gicd + reg + offset);
}

static void v3_write_irq(struct vcpu *v, u32 reg, u32 offset, u32 value)
{
	const u32 first = reg == GICD_IPRIORITYR ? 32 : reg == GICD_ICFGR ? 8 : 4;

	if (offset < first)
		mmio_write32(v->arch.vgic.redistributor + GICR_SGI_FRAME + reg + offset, value);
	else
		mmio_write32(arm_gicd + reg + offset, value);
}

/* --- list registers ----------------------------------------------------------------------- */

static u64 encode(u32 intid, u8 priority, u64 state)
{
	u64 lr = state | LR_GROUP1 | (u64)priority << LR_PRIORITY_SHIFT | intid;

	/* SGIs and LPIs have no physical state that would have to end with the virtual one */
	if (intid >= VGIC_SGIS && intid < VGIC_IRQS)
		lr |= LR_HW | (u64)intid << LR_PHYSICAL_SHIFT;
	return lr;
}

static bool v3_inject(u32 intid, u8 priority, u8 source)
{
	u64 empty = gic_read(ICH_ELRSR_EL2);

	if (!empty)
		return false;
	ich_write_lr(__builtin_ctzll(empty), encode(intid, priority, LR_PENDING));
	isb();	/* before ELRSR is read the next time (ARM ARM, synchronization requirements for system registers) */
	return true;
}

static bool v3_inject_first(struct vcpu *v, u32 intid, u8 source)
{
	const struct vgic_cpu *g = &v->arch.vgic;
	volatile u8 *frame = intid < GIC_SPI_FIRST ? g->redistributor + GICR_SGI_FRAME : arm_gicd;

	if (g->waiting || gic_read(ICH_ELRSR_EL2) != g->all_lrs)
		return false;
	gic_write(encode(intid, mmio_read8(frame + GICD_IPRIORITYR + intid), LR_PENDING), ICH_LR0_EL2);
	isb();	/* likewise */
	return true;
}

static bool v3_read_lr(u32 n, struct gic_lr *lr)
{
	u64 raw = ich_read_lr(n);

	*lr = (struct gic_lr){ .intid = (u32)raw, .priority = raw >> LR_PRIORITY_SHIFT,
			       .pending = raw & LR_PENDING, .active = raw & LR_ACTIVE };
	return lr->pending || lr->active;
}

static void v3_write_lr(u32 n, const struct gic_lr *lr)
{
	ich_write_lr(n, encode(lr->intid, lr->priority,
			       (lr->pending ? LR_PENDING : 0) | (lr->active ? LR_ACTIVE : 0)));
}

static void v3_clear_lr(u32 n)
{
	ich_write_lr(n, 0);
}

static void v3_set_underflow(bool on)
{
	gic_write(HCR_EN | (on ? HCR_UIE : 0), ICH_HCR_EL2);
}

/* --- physical interface ------------------------------------------------------------------- */

/* The end of a special number is ignored (12.2.9). */
static u32 v3_take(void)
{
	u32 raw = gic_read(ICC_IAR1_EL1);

	dsb_sy();	/* or an interrupt that is sent again now may be taken for the one that is active (IHI 0069, 4.1.1) */
	gic_write(raw, ICC_EOIR1_EL1);
	return raw;
}

static void v3_deactivate(u32 raw)
{
	gic_write(raw, ICC_DIR_EL1);
}

/* A list of 16 CPUs that begins at a multiple of 16: the range selector says which (12.2.19). */
static u64 sgi_target(u64 affinity)
{
	return (affinity & 0xff00000000) << 16 | (affinity & 0xff0000) << 16 | (affinity & 0xff00) << 8 |
	       (affinity & 0xf0) << 40 | 1ULL << (affinity & 0xf);
}

static void send_sgi(u64 affinity, u32 sgi)
{
	dsb_ish();	/* what is sent for, before the interrupt */
	gic_write(sgi_target(affinity) | (u64)sgi << 24, ICC_SGI1R_EL1);
	isb();
}

static void v3_send_kick(const struct pcpu *target)
{
	send_sgi(target->hw_id, GIC_KICK_SGI);
}

/* --- taking over and giving back ---------------------------------------------------------- */

static bool v3_find(struct vcpu *v)
{
	u64 affinity = v->pcpu->hw_id, typer;
	u64 wanted = (affinity >> 8 & 0xff000000) | (affinity & 0xffffff);
	volatile u8 *frame = arm_gicr;

	do {
		typer = mmio_read64(frame + GICR_TYPER);
		v->arch.vgic.redistributor = frame;
		if (typer >> 32 == wanted)
			return true;
		frame += typer & GICR_TYPER_VLPIS ? GICR_STRIDE_V4 : GICR_STRIDE;
	} while (!(typer & GICR_TYPER_LAST) && frame < arm_gicr + arm_gicr_size);
	return false;
}

static u8 *kick_priority(struct vcpu *v)
{
	return (u8 *)v->arch.vgic.redistributor + GICR_SGI_FRAME + GICD_IPRIORITYR + GIC_KICK_SGI;
}

static void clear_lrs(struct vcpu *v)
{
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		v3_clear_lr(n);
}

/*
 * Linux is called in an inter-processor interrupt: its SGIs may be active, which it will end in its
 * own, now virtual, interface; and the kick's number may be pending for its own purpose.
 */
static void take_sgis(struct vcpu *v)
{
	if (v3_read_irq(v, GICD_ISPENDR, 0) & 1U << GIC_KICK_SGI) {
		v3_write_irq(v, GICD_ICPENDR, 0, 1U << GIC_KICK_SGI);
		v->arch.vgic.sgis[0] |= 1U << GIC_KICK_SGI;
		v->arch.vgic.waiting = true;
	}
	v3_write_irq(v, GICD_ICACTIVER, 0, SGIS);
}

static void virtual_interface_from_linux(u64 ctlr)
{
	u64 vmcr = gic_read(ICC_PMR_EL1) << VMCR_PMR_SHIFT | gic_read(ICC_BPR1_EL1) << VMCR_BPR1_SHIFT;

	if (ctlr & CTLR_EOIMODE)
		vmcr |= VMCR_EOIM;
	if (ctlr & CTLR_CBPR)
		vmcr |= VMCR_CBPR;
	if (gic_read(ICC_IGRPEN1_EL1) & 1)
		vmcr |= VMCR_ENG1;
	gic_write(vmcr, ICH_VMCR_EL2);
	gic_write(0, ICH_AP0R0_EL2);
	gic_write(gic_read(ICC_AP1R0_EL1), ICH_AP1R0_EL2);
}

static void open_physical_interface(u64 ctlr)
{
	gic_write((ctlr & ~CTLR_CBPR) | CTLR_EOIMODE, ICC_CTLR_EL1);
	gic_write(0, ICC_BPR1_EL1);
	gic_write(0, ICC_AP1R0_EL1);
	gic_write(0xff, ICC_PMR_EL1);
	gic_write(1, ICC_IGRPEN1_EL1);
	isb();
}

static void v3_cpu_enable(struct vcpu *v, u64 *save)
{
	save[SAVE_SRE_EL2] = gic_read(ICC_SRE_EL2);
	gic_write(SRE_ALL, ICC_SRE_EL2);
	isb();
	save[SAVE_CTLR] = gic_read(ICC_CTLR_EL1);
	save[SAVE_HCR] = gic_read(ICH_HCR_EL2);
	v->arch.vgic.lrs = (gic_read(ICH_VTR_EL2) & VTR_LRS) + 1;
	v->arch.vgic.all_lrs = (1ULL << v->arch.vgic.lrs) - 1;
	clear_lrs(v);
	virtual_interface_from_linux(save[SAVE_CTLR]);
	take_sgis(v);
	save[SAVE_KICK_PRIORITY] = mmio_read8(kick_priority(v));
	open_physical_interface(save[SAVE_CTLR]);
	v3_set_underflow(false);
}

/* Pending for the guest and therefore active: pending again, for whoever comes next. */
static void give_back(struct vcpu *v, const struct gic_lr *lr)
{
	if (lr->intid < VGIC_SGIS) {
		send_sgi(v->pcpu->hw_id, lr->intid);
	} else if (lr->intid < VGIC_IRQS) {
		v3_write_irq(v, GICD_ISPENDR, lr->intid / 32 * 4, 1U << lr->intid % 32);
		v3_deactivate(lr->intid);
	}
}

static void give_back_all(struct vcpu *v)
{
	struct gic_lr lr;
	u32 n;

	for (n = 0; n < v->arch.vgic.lrs; n++)
		if (v3_read_lr(n, &lr) && lr.pending)
			give_back(v, &lr);
	clear_lrs(v);
	for (lr.intid = 0; lr.intid < VGIC_SGIS; lr.intid++)
		if (v->arch.vgic.sgis[0] >> lr.intid & 1)
			give_back(v, &lr);
	bitmap_for_each(lr.intid, (const __u64 *)v->arch.vgic.pending, VGIC_IRQS)
		give_back(v, &lr);
}

static void v3_cpu_disable(struct vcpu *v, const u64 *save)
{
	u64 vmcr = gic_read(ICH_VMCR_EL2);

	give_back_all(v);
	gic_write(gic_read(ICH_AP1R0_EL2), ICC_AP1R0_EL1);
	gic_write(vmcr >> VMCR_PMR_SHIFT & 0xff, ICC_PMR_EL1);
	gic_write(vmcr >> VMCR_BPR1_SHIFT & 7, ICC_BPR1_EL1);
	gic_write((save[SAVE_CTLR] & ~CTLR_EOIMODE) | (vmcr & VMCR_EOIM ? CTLR_EOIMODE : 0), ICC_CTLR_EL1);
	gic_write(vmcr & VMCR_ENG1 ? 1 : 0, ICC_IGRPEN1_EL1);
	gic_write(save[SAVE_HCR], ICH_HCR_EL2);
	gic_write(save[SAVE_SRE_EL2], ICC_SRE_EL2);
	isb();
}

static void v3_reset_interface(struct vcpu *v)
{
	clear_lrs(v);
	gic_write(0, ICH_VMCR_EL2);
	gic_write(0, ICH_AP0R0_EL2);
	gic_write(0, ICH_AP1R0_EL2);
	gic_write(SRE_EL1_ALL, ICC_SRE_EL1);
	v3_set_underflow(false);
}

const struct gic_ops gic_v3_ops = {
	.version = 3,
	.find = v3_find,
	.cpu_enable = v3_cpu_enable,
	.cpu_disable = v3_cpu_disable,
	.take = v3_take,
	.deactivate = v3_deactivate,
	.send_kick = v3_send_kick,
	.inject = v3_inject,
	.inject_first = v3_inject_first,
	.read_lr = v3_read_lr,
	.write_lr = v3_write_lr,
	.clear_lr = v3_clear_lr,
	.set_underflow = v3_set_underflow,
	.reset_interface = v3_reset_interface,
	.read_irq = v3_read_irq,
	.write_irq = v3_write_irq,
};
