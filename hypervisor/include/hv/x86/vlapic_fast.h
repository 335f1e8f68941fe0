/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The x2APIC writes that a cell makes all the time (EOI, TMICT, fixed IPIs), with the results that
 * vlapic_msr() would have. Inline, so that the entry code has them without a call.
 */
#ifndef HV_X86_VLAPIC_FAST_H
#define HV_X86_VLAPIC_FAST_H

#include <hv/x86/vdev.h>

#define VLAPIC_REG_EOI		0x0b
#define VLAPIC_REG_ICR		0x30
#define VLAPIC_REG_TMICT	0x38
#define VLAPIC_REG_SELF_IPI	0x3f

#define VLAPIC_ICR_VECTOR	0xffu
#define VLAPIC_ICR_ASSERT	(1u << 14)
#define VLAPIC_ICR_SELF		(1u << 18)	/* destination shorthand */

/*
 * Whom a fixed interrupt to one CPU reaches, if that takes no search: NULL for any other form, for a
 * CPU whose APIC id is not its number, and for what is not the sender's cell's (deny by default:
 * the long way finds out, and logs). pcpu->cell says the same as cell_owns_cpu(): both change
 * together, while root and the CPUs concerned are suspended.
 */
static inline const struct pcpu *vlapic_fast_target(const struct pcpu *self, u64 icr)
{
	u32 form = (u32)icr & ~(VLAPIC_ICR_VECTOR | VLAPIC_ICR_ASSERT);
	const struct cell *c = self->cell;
	const struct system *s = c->sys;
	const struct pcpu *target;
	u64 dest = icr >> 32;

	if (form == VLAPIC_ICR_SELF)
		return self;
	if (form || dest >= s->max_cpus)
		return NULL;
	target = &s->pcpus[dest];
	return target->cell == c && target->hw_id == dest ? target : NULL;
}

/** ICR, of a cell. False: nothing was done, ask vlapic_msr(). */
static inline bool vlapic_fast_icr(const struct pcpu *self, struct vlapic *l,
				   const struct apic_ops *apic, u64 icr)
{
	const struct pcpu *target = vlapic_fast_target(self, icr);

	if (!target)
		return false;
	l->icr = icr;
	apic->send_ipi((u32)target->hw_id, ((u32)icr & VLAPIC_ICR_VECTOR) | VLAPIC_ICR_ASSERT);
	return true;
}

/** Other registers, of a cell. False: nothing was done, ask vlapic_msr(). */
static inline bool vlapic_fast_write(const struct pcpu *self, const struct apic_ops *apic, u32 reg,
				     u64 value)
{
	/* TMICT has no reserved bits in the low half, and EOI takes only this value */
	if ((reg == VLAPIC_REG_TMICT && value >> 32 == 0) || (reg == VLAPIC_REG_EOI && value == 0)) {
		apic->write(reg, (u32)value);
		return true;
	}
	if (reg != VLAPIC_REG_SELF_IPI || value > VLAPIC_ICR_VECTOR)
		return false;
	apic->send_ipi((u32)self->hw_id, (u32)value | VLAPIC_ICR_ASSERT);
	return true;
}

#endif /* HV_X86_VLAPIC_FAST_H */
