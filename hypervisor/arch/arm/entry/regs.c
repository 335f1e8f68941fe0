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

/* System mode has the registers of user mode, whose LR is the one that HYP mode has, too. */
static u32 bank_of(u32 in)
{
	return in == MODE_SYS ? MODE_USR : in;
}

/* Where it is saved; NULL: it is banked, or the PC. */
static unsigned long *place_of(struct vcpu *v, unsigned int n)
{
	unsigned long *x = vcpu_percpu(v)->regs.x;

	if (n < 8)
		return &x[n];
	if (n == REG_LR && bank_of(mode()) == MODE_USR)
		return &x[13];
	return n < 13 && mode() != MODE_FIQ ? &x[n] : NULL;
}

u64 arm_get_reg(struct vcpu *v, unsigned int n)
{
	const unsigned long *place = place_of(v, n);

	if (place)
		return *place;
	return n < 15 ? arm_read_banked(bank_of(mode()), n) : 0;
}

void arm_set_reg(struct vcpu *v, unsigned int n, u64 value)
{
	unsigned long *place = place_of(v, n);

	if (place)
		*place = value;
	else if (n < 15)
		arm_write_banked(bank_of(mode()), n, value);
}
