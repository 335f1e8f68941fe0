// SPDX-License-Identifier: GPL-2.0
/*
 * regs - a guest's general registers: of some there is one for each mode.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <arm/entry.h>

#define REG_LR	14

static u32 mode(void)
{
	return read_sysreg(spsr_el2) & PSR_MODE;
}

static bool is_banked(u32 in, unsigned int n)
{
	return n > 12 ? n < 15 : n > 7 && in == MODE_FIQ;
}

/* System mode has the registers of user mode, whose LR is the one that HYP mode has, too. */
static u32 bank_of(u32 in)
{
	return in == MODE_SYS ? MODE_USR : in;
}

u64 arm_get_reg(struct vcpu *v, unsigned int n)
{
	const unsigned long *x = vcpu_percpu(v)->regs.x;
	u32 in = bank_of(mode());

	if (n == REG_LR && in == MODE_USR)
		return x[13];
	if (is_banked(in, n))
		return arm_read_banked(in, n);
	return n < 13 ? x[n] : 0;
}

void arm_set_reg(struct vcpu *v, unsigned int n, u64 value)
{
	unsigned long *x = vcpu_percpu(v)->regs.x;
	u32 in = bank_of(mode());

	if (n == REG_LR && in == MODE_USR)
		x[13] = value;
	else if (is_banked(in, n))
		arm_write_banked(in, n, value);
	else if (n < 13)
		x[n] = value;
}

void arm_skip_instruction(u32 esr)
{
	write_sysreg(read_sysreg(elr_el2) + (ESR_IS_32BIT_LONG(esr) ? 4 : 2), elr_el2);
	write_sysreg(arm_psr_advance(read_sysreg(spsr_el2)), spsr_el2);
}
