// SPDX-License-Identifier: GPL-2.0
/*
 * fetch - the instruction of a guest that made an access, and the stack pointer that it may have as base.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/arm/decode.h>

#define SPSR_USES_SP0(s) (!((s) & 1))

bool arm_fetch_access(struct vcpu *v, u64 pc, struct arm_access *a)
{
	bool aarch32 = read_sysreg(spsr_el2) & SPSR_MODE_AARCH32;
	u32 insn;

	return !aarch32 && !(pc & 3) && arm_fetch(v, pc, 4, &insn) && arm64_decode(insn, a);
}

u64 arm_get_base(struct vcpu *v, u8 reg)
{
	if (reg != 31)
		return arm_get_reg(v, reg);
	return SPSR_USES_SP0(read_sysreg(spsr_el2)) ? read_sysreg(sp_el0) : read_sysreg(sp_el1);
}

void arm_set_base(struct vcpu *v, u8 reg, u64 value)
{
	if (reg != 31)
		arm_set_reg(v, reg, value);
	else if (SPSR_USES_SP0(read_sysreg(spsr_el2)))
		write_sysreg(value, sp_el0);
	else
		write_sysreg(value, sp_el1);
}
