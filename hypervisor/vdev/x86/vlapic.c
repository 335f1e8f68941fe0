// SPDX-License-Identifier: GPL-2.0
/*
 * vlapic - the own local APIC, with everything filtered that could reach another CPU (AMD APM vol.
 * 2, chapter 16)
 *
 * Interrupts arrive without the hypervisor; what is looked at are accesses to the registers. An IPI
 * with several destinations becomes one physical IPI for each CPU of the cell that it names.
 * Logical destinations are resolved by rule instead of by looking into other CPUs' registers: in
 * the flat model bit n is CPU n (Linux's own choice, enforced on writes of LDR), in x2APIC mode the
 * cluster id follows from the APIC id. The same rule keeps a device's logical interrupt from
 * reaching a CPU that only pretends to have that address.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <hv/x86/vdev.h>

/* register numbers: xAPIC offset >> 4 */
enum {
	REG_ID = 0x02, REG_VERSION = 0x03, REG_EOI = 0x0b, REG_LDR = 0x0d, REG_DFR = 0x0e,
	REG_CMCI = 0x2f, REG_ICR_LO = 0x30, REG_ICR_HI = 0x31,
	REG_SELF_IPI = 0x3f, REG_EXT_FEATURES = 0x40, REG_EXT_LVT = 0x50,
	REG_COUNT = 0x54,
};

#define MSR_X2APIC_FIRST	0x800

#define ICR_VECTOR		0xffu
#define ICR_LOGICAL		(1u << 11)
#define ICR_STATUS		(1u << 12)	/* read only; x2APIC: reserved */
#define ICR_ASSERT		(1u << 14)
#define ICR_LEVEL		(1u << 15)
#define ICR_VALID		(0xffu | 7u << 8 | ICR_LOGICAL | ICR_ASSERT | ICR_LEVEL | 3u << 18)

enum delivery_mode {
	MODE_FIXED, MODE_LOWEST, MODE_SMI, MODE_RESERVED, MODE_NMI, MODE_INIT, MODE_STARTUP,
	MODE_EXTINT,
};
enum shorthand { TO_DESTINATION, TO_SELF, TO_ALL, TO_OTHERS };

#define LVT_MASKED		(1u << 16)
#define LVT_LEVELS(version)	((version) >> 16 & 0xff)	/* number of LVT entries - 1 */
#define CMCI_LEVELS		6
#define VERSION_EXTENDED	(1u << 31)
#define EXT_LVTS(features)	((features) >> 16 & 0xff)

/** Which interface: the register page, or MSRs. Also says what destinations look like. */
enum apic_mode { XAPIC, X2APIC };

#define BASE_X2APIC_ENABLE	(1ULL << 10)

enum reg_kind {
	KIND_PLAIN, KIND_ID, KIND_CLEAR, KIND_LDR, KIND_DFR, KIND_LVT, KIND_ICR_LO, KIND_ICR_HI,
	KIND_SELF_IPI,
};

#define R	1
#define W	2
#define RX	4	/* read in x2APIC mode */
#define WX	8
#define ALL_MODES	(R | W | RX | WX)

/** struct apic_reg - @valid: bits that may be written, the others are reserved */
struct apic_reg {
	u8 kind, access;
	u32 valid;
};

/* AMD APM vol. 2, tables 16-2 and 16-6, figures 16-7 to 16-12 */
static const struct apic_reg apic_regs[REG_COUNT] = {
	[REG_ID]		= { KIND_ID, R | RX, 0 },
	[REG_VERSION]		= { KIND_PLAIN, R | RX, 0 },
	[0x08]			= { KIND_PLAIN, ALL_MODES, 0xff },		/* TPR */
	[0x09]			= { KIND_PLAIN, R, 0 },				/* APR */
	[0x0a]			= { KIND_PLAIN, R | RX, 0 },			/* PPR */
	[REG_EOI]		= { KIND_CLEAR, W | WX, 0xffffffff },
	[0x0c]			= { KIND_PLAIN, R, 0 },				/* remote read */
	[REG_LDR]		= { KIND_LDR, R | W | RX, 0xff000000 },
	[REG_DFR]		= { KIND_DFR, R | W, 0xffffffff },
	[0x0f]			= { KIND_PLAIN, ALL_MODES, 0x13ff },		/* SVR */
	[0x10 ... 0x27]		= { KIND_PLAIN, R | RX, 0 },			/* ISR, TMR, IRR */
	[0x28]			= { KIND_CLEAR, ALL_MODES, 0xffffffff },	/* ESR */
	[REG_CMCI]		= { KIND_LVT, ALL_MODES, 0x117ff },
	[REG_ICR_LO]		= { KIND_ICR_LO, ALL_MODES, ICR_VALID | ICR_STATUS },
	[REG_ICR_HI]		= { KIND_ICR_HI, R | W, 0xff000000 },
	[0x32]			= { KIND_LVT, ALL_MODES, 0x710ff },		/* timer */
	[0x33 ... 0x34]		= { KIND_LVT, ALL_MODES, 0x117ff },	/* thermal, counters */
	[0x35 ... 0x36]		= { KIND_LVT, ALL_MODES, 0x1f7ff },		/* LINT0, LINT1 */
	[0x37]			= { KIND_LVT, ALL_MODES, 0x110ff },		/* error */
	[0x38]			= { KIND_PLAIN, ALL_MODES, 0xffffffff },	/* TMICT */
	[0x39]			= { KIND_PLAIN, R | RX, 0 },			/* TMCCT */
	[0x3e]			= { KIND_PLAIN, ALL_MODES, 0xb },		/* DCR */
	[REG_SELF_IPI]		= { KIND_SELF_IPI, WX, 0xff },
	/* AMD: extended features and control, extended LVT */
	[REG_EXT_FEATURES]	= { KIND_PLAIN, R | RX, 0 },
	[0x41]			= { KIND_PLAIN, R | RX, 0 },
	[REG_EXT_LVT ... 0x53]	= { KIND_LVT, ALL_MODES, 0x117ff },
};

/** struct ipi - a request to send, destinations not yet resolved */
struct ipi {
	u8 mode, vector, shorthand;
	bool logical;
	enum apic_mode format;
	u32 dest;
};

/* --- IPIs ------------------------------------------------------------------------------------- */

static void log_dropped(struct vcpu *v, u32 dest)
{
	struct cell *c = v->pcpu->cell;
	u32 budget = READ_ONCE(c->denied_log_budget);

	if (!budget)
		return;
	WRITE_ONCE(c->denied_log_budget, budget - 1);
	log_printf("CPU %u: cell \"%s\": dropped IPI to CPUs outside of the cell, destination 0x%x\n",
		   v->pcpu->id, c->config->name, dest);
}

/*
 * Who starts a CPU does not look whether it came, and sends no third SIPI: a kick that is lost on its
 * way is repeated here (arch_cpu_kick_again() tells when that happens), but not for ever, for the
 * target may be suspended; and nobody who wants something of the sender waits for that.
 */
#define TAKEN_US	3000

static void post_startup(const struct pcpu *sender, struct pcpu *target, u8 vector)
{
	spin_lock(&target->ctrl.lock);
	target->ctrl.sipi_vector = vector;
	spin_unlock(&target->ctrl.lock);
	cpu_post(target, CPU_REQ_ARCH_START);
	for (u64 now = arch_time_us(); arch_time_us() - now < TAKEN_US; arch_cpu_relax()) {
		if (!(READ_ONCE(target->ctrl.requests) & CPU_REQ_ARCH_START) || cpu_is_called(sender))
			break;
		arch_cpu_kick_again(target);
	}
}

/* Lowest priority has one receiver, chosen by the caller: to it the interrupt is a fixed one. */
static void deliver(struct vcpu *v, const struct apic_ops *apic, const struct ipi *ipi,
		    struct pcpu *target)
{
	switch (ipi->mode) {
	case MODE_INIT:
		if (target != v->pcpu)
			cpu_post(target, CPU_REQ_ARCH_INIT);
		break;
	case MODE_STARTUP:
		if (target != v->pcpu)
			post_startup(v->pcpu, target, ipi->vector);
		break;
	case MODE_NMI:
		if (cell_is_root(v->pcpu->cell))
			apic->send_ipi((u32)target->hw_id, MODE_NMI << 8 | ICR_ASSERT);
		break;
	default:
		apic->send_ipi((u32)target->hw_id, ipi->vector | ICR_ASSERT);
	}
}

static bool is_broadcast(const struct ipi *ipi)
{
	return ipi->dest == (ipi->format == XAPIC ? 0xff : 0xffffffff);
}

static bool matches_logical(const struct ipi *ipi, const struct pcpu *target)
{
	u32 hw_id = (u32)target->hw_id;

	if (ipi->format == XAPIC)
		return target->id < 8 && (ipi->dest >> target->id & 1);
	return ipi->dest >> 16 == hw_id >> 4 && (ipi->dest >> (hw_id & 0xf) & 1);
}

static bool is_target(const struct vcpu *v, const struct ipi *ipi, const struct pcpu *target)
{
	switch (ipi->shorthand) {
	case TO_SELF:
		return target == v->pcpu;
	case TO_ALL:
		return true;
	case TO_OTHERS:
		return target != v->pcpu;
	default:
		return is_broadcast(ipi) || matches_logical(ipi, target);
	}
}

/* Every CPU of the cell that @ipi names; those outside are not looked at. False: none. */
static bool send_to_many(struct vcpu *v, const struct apic_ops *apic, const struct ipi *ipi)
{
	struct cell *c = v->pcpu->cell;
	bool found = false;
	u32 cpu;

	for (cpu = 0; cpu < c->sys->max_cpus && !(found && ipi->mode == MODE_LOWEST); cpu++) {
		struct pcpu *target = cell_owns_cpu(c, cpu) ? system_cpu(c->sys, cpu) : NULL;

		if (!target || !is_target(v, ipi, target))
			continue;
		found = true;
		deliver(v, apic, ipi, target);
	}
	return found;
}

static bool send_to_one(struct vcpu *v, const struct apic_ops *apic, const struct ipi *ipi)
{
	struct pcpu *target = system_cpu_by_hw_id(v->pcpu->cell->sys, ipi->dest);

	if (!target || !cell_owns_cpu(v->pcpu->cell, target->id))
		return false;
	deliver(v, apic, ipi, target);
	return true;
}

/*
 * AMD APM vol. 2, table 16-4: what goes with a shorthand that includes the sender is fixed delivery
 * only.
 */
static bool is_permitted(const struct ipi *ipi)
{
	bool includes_sender = ipi->shorthand == TO_SELF || ipi->shorthand == TO_ALL;
	u32 others = 1u << MODE_LOWEST | 1u << MODE_NMI | 1u << MODE_INIT | 1u << MODE_STARTUP;

	return ipi->mode == MODE_FIXED || (!includes_sender && (others >> ipi->mode & 1));
}

static enum vdev_result send_ipi(struct vcpu *v, const struct apic_ops *apic, u64 icr,
				 enum apic_mode format)
{
	const struct ipi ipi = {
		.mode = icr >> 8 & 7, .vector = icr & ICR_VECTOR, .shorthand = icr >> 18 & 3,
		.logical = icr & ICR_LOGICAL, .format = format,
		.dest = format == XAPIC ? icr >> 56 : icr >> 32,
	};
	bool to_named = ipi.shorthand == TO_DESTINATION, found;

	if (!is_permitted(&ipi))
		return VDEV_DENIED;
	if (ipi.mode == MODE_INIT && (icr & ICR_LEVEL) && !(icr & ICR_ASSERT))
		/* INIT level de-assert does nothing on these CPUs: APM vol. 2, 16.5 */
		return VDEV_OK;
	if (to_named && !ipi.logical && !is_broadcast(&ipi))
		found = send_to_one(v, apic, &ipi);
	else
		found = send_to_many(v, apic, &ipi);
	if (to_named && !found)
		log_dropped(v, ipi.dest);
	return VDEV_OK;
}

/* --- registers -------------------------------------------------------------------------------- */

/*
 * Is there such a register, for @access? AMD APM vol. 2, 16.3.4, 16.3.6: as many of the extended
 * ones as the APIC says. In x2APIC mode others are #GP to us too.
 */
static bool reg_exists(const struct apic_ops *apic, u32 reg, u8 access)
{
	if (reg >= REG_COUNT || !(apic_regs[reg].access & access))
		return false;
	if (reg == REG_CMCI)
		return LVT_LEVELS(apic->read(REG_VERSION)) >= CMCI_LEVELS;
	if (reg < REG_EXT_FEATURES)
		return true;
	if (!(apic->read(REG_VERSION) & VERSION_EXTENDED))
		return false;
	return reg < REG_EXT_LVT || reg - REG_EXT_LVT < EXT_LVTS(apic->read(REG_EXT_FEATURES));
}

static u32 logical_x2apic_id(u32 id)
{
	return (id & ~0xfu) << 12 | 1u << (id & 0xf);
}

static u64 read_reg(struct vcpu *v, const struct apic_ops *apic, u32 reg, enum apic_mode mode)
{
	switch (apic_regs[reg].kind) {
	case KIND_ICR_LO:
		return arch_vlapic(v)->icr;
	case KIND_ICR_HI:
		return arch_vlapic(v)->icr >> 32;
	case KIND_ID:
		return mode == X2APIC ? apic->id() : apic->read(reg);
	case KIND_LDR:
		return mode == X2APIC ? logical_x2apic_id(apic->id()) : apic->read(reg);
	default:
		return apic->read(reg);
	}
}

/*
 * Fixed and NMI stay on this CPU and on terms with the hypervisor. Other modes (SMI, ExtINT) are
 * the firmware's or Linux's set-up of before: root may write back the mode that it finds.
 */
static bool lvt_is_permitted(struct vcpu *v, const struct apic_ops *apic, u32 reg, u32 value)
{
	u32 mode = value >> 8 & 7;

	if ((value & LVT_MASKED) || mode == MODE_FIXED || mode == MODE_NMI)
		return true;
	return cell_is_root(v->pcpu->cell) && (apic->read(reg) >> 8 & 7) == mode;
}

/* Flat model only, and CPU n has bit n, or no logical address. */
static bool ldr_is_permitted(struct vcpu *v, u32 value)
{
	u32 cpu = v->pcpu->id;

	return value >> 24 == 0 || (cpu < 8 && value >> 24 == 1u << cpu);
}

static enum vdev_result write_icr(struct vcpu *v, const struct apic_ops *apic, u64 value,
				  enum apic_mode mode)
{
	struct vlapic *l = arch_vlapic(v);

	l->icr = mode == XAPIC ? (l->icr & ~0xffffffffULL) | (value & ICR_VALID) : value;
	return send_ipi(v, apic, l->icr, mode);
}

/* @value: what the interface permits; SELF_IPI and ICR_HI exist in one mode each. */
static enum vdev_result write_reg(struct vcpu *v, const struct apic_ops *apic, u32 reg, u64 value,
				  enum apic_mode mode)
{
	bool permitted = true;

	switch (apic_regs[reg].kind) {
	case KIND_ICR_LO:
		return write_icr(v, apic, value, mode);
	case KIND_ICR_HI:
		arch_vlapic(v)->icr = (u32)arch_vlapic(v)->icr | value << 32;
		return VDEV_OK;
	case KIND_SELF_IPI:
		apic->send_ipi(apic->id(), (u32)value | ICR_ASSERT);
		return VDEV_OK;
	case KIND_LVT:
		permitted = lvt_is_permitted(v, apic, reg, (u32)value);
		break;
	case KIND_LDR:
		permitted = ldr_is_permitted(v, (u32)value);
		break;
	case KIND_DFR:
		permitted = value == 0xffffffff;
		break;
	case KIND_CLEAR:
		value = 0;	/* xAPIC takes any value for it, x2APIC hardware only this one */
		break;
	}
	if (!permitted)
		return VDEV_DENIED;
	apic->write(reg, (u32)value);
	return VDEV_OK;
}

/* --- xAPIC page ------------------------------------------------------------------------------- */

/* What hardware itself shows in reserved bits may be written back. */
static bool sets_reserved_bits(const struct apic_ops *apic, u32 reg, u32 value)
{
	u32 reserved = value & ~apic_regs[reg].valid;

	return reserved && (reserved & ~apic->read(reg));
}

enum vdev_result vlapic_mmio(struct vcpu *v, const struct apic_ops *apic, u32 reg, bool is_write,
			     u32 *value)
{
	if (arch_vlapic(v)->x2apic)
		return VDEV_DENIED;	/* the page does not exist in this mode */
	if (!is_write) {
		*value = reg_exists(apic, reg, R) ? (u32)read_reg(v, apic, reg, XAPIC) : 0;
		return VDEV_OK;
	}
	if (!reg_exists(apic, reg, W))
		return VDEV_SKIP;
	if (sets_reserved_bits(apic, reg, *value))
		return VDEV_DENIED;
	return write_reg(v, apic, reg, *value, XAPIC);
}

/* --- x2APIC registers ------------------------------------------------------------------------- */

/* Here reserved bits are faults, and the upper half belongs to ICR alone. */
static bool msr_is_valid(const struct apic_reg *r, u64 value)
{
	if (r->kind == KIND_ICR_LO)
		return !((u32)value & ~ICR_VALID);
	return !(value & ~(u64)r->valid) && (r->kind != KIND_CLEAR || !value);
}

enum vdev_result vlapic_msr(struct vcpu *v, const struct apic_ops *apic, u32 msr, bool is_write,
			    u64 *value)
{
	u32 reg = msr - MSR_X2APIC_FIRST;

	/* Root keeps the mode that its CPU had, without the other interface. */
	if (!arch_vlapic(v)->x2apic && cell_is_root(v->pcpu->cell))
		return VDEV_GP;
	if (!reg_exists(apic, reg, is_write ? WX : RX))
		return VDEV_GP;
	if (!is_write) {
		*value = read_reg(v, apic, reg, X2APIC);
		return VDEV_OK;
	}
	if (!msr_is_valid(&apic_regs[reg], *value))
		return VDEV_GP;
	return write_reg(v, apic, reg, *value, X2APIC);
}

enum vdev_result vlapic_base_msr(struct vcpu *v, u64 hw, bool is_write, u64 *value)
{
	struct vlapic *l = arch_vlapic(v);
	u64 now = hw | (l->guest_x2apic ? BASE_X2APIC_ENABLE : 0);

	if (!is_write)
		*value = now;
	if (*value == now)
		return VDEV_OK;
	if (cell_is_root(v->pcpu->cell) || *value != (hw | BASE_X2APIC_ENABLE))
		return VDEV_GP;
	l->guest_x2apic = true;
	return VDEV_OK;
}
