/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fast - frequent exits, as far as all ARMs have them: inlined, for on ARM64 most registers are still in the CPU (entry.S), whose
 * functions preserve them. @saved: registers that are in @regs
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARM_FAST_H
#define ARM_FAST_H

#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/arm/vgic.h>
#include <hv/cell.h>

#define __inlined		inline __attribute__((always_inline))

/* Management may take away this CPU, and needs to see all of its registers. */
static inline bool is_query(u32 nr)
{
	return nr > JAILHOUSE_HC_CELL_DESTROY && nr < JAILHOUSE_HC_X_PANIC_DISABLE;
}

static __inlined bool fast_hypercall(struct vcpu *v, struct arm_regs *regs)
{
	if (!is_query(regs->x[0]))
		return false;
	regs->x[0] = hypercall_handle(v, regs->x[0], regs->x[1], regs->x[2]);
	return true;
}

/* A whole word of the distributor. */
static __inlined bool fast_access(struct vcpu *v, unsigned long esr, u32 saved)
{
	u64 address = HPFAR_ADDRESS(read_sysreg(hpfar_el2)) | (read_sysreg(far_el2) & ~PAGE_MASK);
	u32 iss = ESR_ISS(esr), rt = ISS_SRT(iss), value;

	if (!ISS_IS_PLAIN_WORD(iss) || !(saved >> rt & 1))
		return false;
	value = arm_get_reg(v, rt);
	if (!vgic_fast_access(v, address - arm_gicd_base, ISS_IS_WRITE(iss), &value))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MMIO);
	if (!ISS_IS_WRITE(iss))
		arm_set_reg(v, rt, value);
	arm_skip_instruction(esr);
	return true;
}

#endif /* ARM_FAST_H */
