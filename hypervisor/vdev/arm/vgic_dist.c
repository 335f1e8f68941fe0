// SPDX-License-Identifier: GPL-2.0
/*
 * vgic_dist - the distributor, moderated: a cell sees and changes the bits of its own interrupts;
 * all others read as zero and keep what they have.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/hal.h>
#include <hv/arm/vgic.h>
#include <hv/arm/vpsci.h>
#include <hv/cell_ops.h>
#include <hv/log.h>
#include <hv/subsys.h>

#define DIST_SIZE_V2		0x1000
#define DIST_SIZE_V3		0x10000
#define GICH_SIZE		0x1000

/* Two cells write neighbouring bits of one word, and words are read before they are written. */
static spinlock_t dist_lock;

/* --- registers with @bits bits for each interrupt ----------------------------------------- */

/** struct irq_register - [@start, @start + 1024 * @bits / 8); @set_or_clear: writing 0 changes nothing */
struct irq_register {
	u16 start;
	u8 bits;
	bool set_or_clear, read_only;
};

static const struct irq_register irq_registers[] = {
	{ GICD_IGROUPR, 1, false, true },
	{ GICD_ISENABLER, 1, true, false },
	{ GICD_ICENABLER, 1, true, false },
	{ GICD_ISPENDR, 1, true, false },
	{ GICD_ICPENDR, 1, true, false },
	{ GICD_ISACTIVER, 1, true, false },
	{ GICD_ICACTIVER, 1, true, false },
	{ GICD_IPRIORITYR, 8, false, false },
	{ GICD_ICFGR, 2, false, false },
};

/* One bit for each interrupt of the word, spread to @bits. */
static u32 spread(u32 owned, u32 bits)
{
	u32 mask = 0, n;

	if (bits == 1)
		return owned;
	for (n = 0; n < 32 / bits; n++)
		if (owned >> n & 1)
			mask |= ((1U << bits) - 1) << n * bits;
	return mask;
}

static u32 owned_mask(const struct vcpu *v, const struct irq_register *r, u32 offset)
{
	u32 first = offset * 8 / r->bits;

	return spread(vgic_owned(v, first & ~31U) >> first % 32, r->bits);
}

/* @offset, a word's, in the register block; @mask: bits of the word that count. */
static void write_irq_word(struct vcpu *v, const struct irq_register *r, u32 offset, u32 value, u32 mask)
{
	if (r->set_or_clear) {
		gic->write_irq(v, r->start, offset, value & mask);
		return;
	}
	spin_lock(&dist_lock);
	gic->write_irq(v, r->start, offset, (gic->read_irq(v, r->start, offset) & ~mask) | (value & mask));
	spin_unlock(&dist_lock);
}

/* Edge or level, of a CPU's own: implementations may wire it (IHI 0048, 4.3.13), and where all CPUs have one it would be everybody's. */
#define PRIVATE_CONFIG	8

static bool is_wired(const struct irq_register *r, u32 word)
{
	return r->read_only || (r->start == GICD_ICFGR && word < PRIVATE_CONFIG);
}

static void access_irq_word(struct vcpu *v, const struct irq_register *r, struct mmio_access *a, u32 offset)
{
	u32 word = offset & ~3U, shift = (offset & 3) * 8, width = a->size < 4 ? (1U << a->size * 8) - 1 : ~0U;
	u32 mask = owned_mask(v, r, word) & width << shift;

	if (!a->is_write)
		a->value = (gic->read_irq(v, r->start, word) & mask) >> shift;
	else if (!is_wired(r, word) && mask)
		write_irq_word(v, r, word, (u32)a->value << shift, mask);
}

enum vdev_result vgic_irq_register(struct vcpu *v, struct mmio_access *a, u32 offset, bool private)
{
	const struct irq_register *r;

	for (r = irq_registers; r < irq_registers + ARRAY_SIZE(irq_registers); r++) {
		if (offset - r->start >= VGIC_IRQS * r->bits / 8U)
			continue;
		/* GICv3: a CPU's own are in its redistributor alone, where there are no others */
		if (gic->version == 3 && (offset - r->start < GIC_SPI_FIRST * r->bits / 8U) != private)
			return VDEV_UNHANDLED;
		if (a->size != 4 && !(a->size == 1 && r->bits == 8))
			return VDEV_DENIED;
		access_irq_word(v, r, a, offset - r->start);
		return VDEV_OK;
	}
	return VDEV_UNHANDLED;
}

/*
 * Registers with one bit for each interrupt, where writing 0 changes nothing, lie one after the
 * other: what a guest needs all the time takes no search. Neither does GICv2's way to send an SGI.
 */
bool vgic_fast_access(struct vcpu *v, u64 offset, bool is_write, u32 *value)
{
	u32 word = offset / 4 % ARM_IRQ_WORDS, owned;

	if (offset == GICD_SGIR && is_write && gic->version == 2) {
		vsgi_write_v2(v, *value);
		return true;
	}
	if (offset < GICD_ISENABLER || offset >= GICD_IPRIORITYR || offset & 3 || !word)
		return false;
	owned = v->pcpu->cell->arch.irqs[word];
	if (is_write)
		mmio_write32(arm_gicd + offset, *value & owned);
	else
		*value = mmio_read32(arm_gicd + offset) & owned;
	return true;
}

/* --- the distributor ---------------------------------------------------------------------- */

/* What the machine has and has not; only firmware and Linux, before we came, wrote GICD_CTLR. */
static enum vdev_result read_only(struct mmio_access *a, u32 offset)
{
	if (!a->is_write)
		a->value = mmio_read32(arm_gicd + offset);
	return VDEV_OK;
}

static enum vdev_result vgic_distributor(struct vcpu *v, void *arg, struct mmio_access *a)
{
	u32 offset = a->addr.v - v->pcpu->cell->sys->config->platform_info.arm.gicd_base;
	enum vdev_result result;

	if (offset & (a->size - 1))
		return VDEV_DENIED;
	result = vgic_irq_register(v, a, offset, false);
	if (result == VDEV_UNHANDLED)
		result = gic->version == 3 ? vgic_v3_dist(v, a, offset) : vgic_v2_dist(v, a, offset);
	if (result != VDEV_UNHANDLED)
		return result;
	if (a->size == 4 && (offset <= GICD_IIDR || offset >= (gic->version == 3 ? GIC_ID_REGISTERS : 0xfd0)))
		return read_only(a, offset);
	/* reserved or not for us: reads as zero, ignores writes (IHI 0069, 12.9) */
	a->value = 0;
	return VDEV_OK;
}

/* --- life of a cell ----------------------------------------------------------------------- */

static u64 dist_base(const struct cell *c)
{
	return c->sys->config->platform_info.arm.gicd_base;
}

static void claim_pins(struct cell *c)
{
	const struct jailhouse_irqchip *chip;
	u32 n, word;

	for (chip = c->view.irqchips; chip < c->view.irqchips + c->view.num_irqchips; chip++)
		for (n = 0; n < 4; n++) {
			word = chip->pin_base / 32 + n;
			if (chip->address == dist_base(c) && word > 0 && word < ARM_IRQ_WORDS)
				c->arch.irqs[word] |= chip->pin_bitmap[n];
		}
}

/* GICH: KVM prepares it whenever one of Linux's CPUs comes, which has no effect, like its calls of EL2. */
static enum vdev_result ignore(struct vcpu *v, void *arg, struct mmio_access *a)
{
	a->value = 0;
	return VDEV_OK;
}

/* Where it is no configuration says; and it is like a device of root's without an IOMMU. */
static void warn_of_its(void)
{
	if (gic->version == 3 && mmio_read32(arm_gicd + GICD_TYPER) & GICD_TYPER_LPIS)
		log_printf("WARNING: the interrupt controller has LPIs: an ITS that the root cell reaches reads and writes all memory by "
			   "its commands, cells' and the hypervisor's too; isolation rests on root\n");
}

static int vgic_cell_prepare(struct system *s, struct cell *c)
{
	int err = mmio_register(c, dist_base(c), gic->version == 3 ? DIST_SIZE_V3 : DIST_SIZE_V2,
				vgic_distributor, NULL);

	claim_pins(c);
	if (!err && gic->version == 3)
		err = mmio_register(c, s->config->platform_info.arm.gicr_base,
				    (u64)arm_gicr_stride * arm_gicr_count, vgic_redistributor, NULL);
	if (!err && cell_is_root(c)) {
		warn_of_its();
		if (gic->version == 2)
			err = mmio_register(c, s->config->platform_info.arm.gich_base, GICH_SIZE, ignore, NULL);
	}
	return err;
}

/* What was switched off may still be on its way to a CPU (IHI 0069, 12.9.4). */
static void wait_for_distributor(void)
{
	while (mmio_read32(arm_gicd + GICD_CTLR) & GICD_CTLR_RWP)
		arch_cpu_relax();
}

/* Level-triggered and of the highest priority, as after a reset, and for the CPU that is named. */
static void reset_spi(struct system *s, u32 intid, u32 cpu)
{
	u32 word = mmio_read32(arm_gicd + GICD_ICFGR + intid / 16 * 4);

	mmio_write32(arm_gicd + GICD_ICFGR + intid / 16 * 4, word & ~(3U << intid % 16 * 2));
	mmio_write8(arm_gicd + GICD_IPRIORITYR + intid, 0);
	if (gic->version == 3)
		mmio_write64(arm_gicd + GICD_IROUTER + intid * 8, s->pcpus[cpu].hw_id);
	else
		mmio_write8(arm_gicd + GICD_ITARGETSR + intid, s->pcpus[cpu].arch.gic_targets);
}

/* Off, not pending, not active, for the first CPU of @owner: nothing of the last owner is left. */
static void reset_spis(struct system *s, struct vcpu *v, const struct cell *c, const struct cell *owner)
{
	u32 word, n, cpu = cell_next_cpu(owner, 0);

	for (word = 1; word < ARM_IRQ_WORDS; word++) {
		if (!c->arch.irqs[word])
			continue;
		spin_lock(&dist_lock);
		gic->write_irq(v, GICD_ICENABLER, word * 4, c->arch.irqs[word]);
		wait_for_distributor();
		gic->write_irq(v, GICD_ICPENDR, word * 4, c->arch.irqs[word]);
		gic->write_irq(v, GICD_ICACTIVER, word * 4, c->arch.irqs[word]);
		for (n = word * 32; n < word * 32 + 32; n++)
			if (c->arch.irqs[word] >> n % 32 & 1)
				reset_spi(s, n, cpu);
		spin_unlock(&dist_lock);
	}
}

static void vgic_cell_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 word;

	if (cell_is_root(c))
		return;
	for (word = 1; word < ARM_IRQ_WORDS; word++)
		s->root->arch.irqs[word] &= ~c->arch.irqs[word];
	reset_spis(s, m.caller, c, c);
}

static void vgic_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 word, n;

	reset_spis(s, m.caller, c, s->root);
	/* root gets what its configuration has */
	for (n = 0; n < s->root->view.num_irqchips; n++)
		for (word = 0; word < 4; word++) {
			const struct jailhouse_irqchip *chip = &s->root->view.irqchips[n];
			u32 at = chip->pin_base / 32 + word;

			if (chip->address == dist_base(c) && at > 0 && at < ARM_IRQ_WORDS)
				s->root->arch.irqs[at] |= chip->pin_bitmap[word] & c->arch.irqs[at];
		}
}

/*
 * Its CPUs are parked, or will be before they do anything else. They are off from here on: what a CPU still has to do for a reset or a new
 * owner does not keep a sibling, or root, from switching it on meanwhile.
 */
static void vgic_cell_reset(struct system *s, struct cell *c)
{
	u32 cpu;

	c->arch.flushed = 0;
	reset_spis(s, NULL, c, c);
	cell_for_each_cpu(cpu, c)
		vpsci_set_state(&s->pcpus[cpu], PSCI_OFF);
}

const struct subsys_ops subsys_vgic = {
	.name = "gic",
	.cell_prepare = vgic_cell_prepare,
	.cell_commit = vgic_cell_commit,
	.cell_release = vgic_cell_release,
	.cell_reset = vgic_cell_reset,
};
