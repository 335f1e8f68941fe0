// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/psr.h>

#define ESR_CV		(1U << 24)
#define ESR_COND(esr)	((esr) >> 20 & 0xf)
#define SCTLR_EE	(1U << 25)
#define SCTLR_TE	(1U << 30)
#define COND_ALWAYS	0xe

/* The eight bits of ITSTATE lie in two places. */
static u32 it_state(u32 psr)
{
	return (psr >> 8 & 0xfc) | (psr >> 25 & 3);
}

static u32 condition_of(u32 esr, u32 psr)
{
	u32 it;

	if (esr & ESR_CV)
		return ESR_COND(esr);
	/* the syndrome does not say: Thumb, where the IT block does */
	it = it_state(psr);
	return psr & PSR_T && it ? it >> 4 : COND_ALWAYS;
}

/* A8.3: of each condition, in bit NZCV, whether it holds with these flags; EQ, NE, CS, CC, MI, PL, VS, VC, HI, LS, GE, LT, GT, LE */
static const u16 holds[16] = {
	0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555, 0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff,
};

bool arm_condition_passed(u32 esr, u32 psr)
{
	return holds[condition_of(esr, psr)] >> (psr >> 28) & 1;
}

/* A2.5.2, ITAdvance() */
u32 arm_psr_advance(u32 psr)
{
	u32 it = it_state(psr);

	if (!(psr & PSR_T) || !it)
		return psr;
	it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
	return (psr & ~PSR_IT) | (it & 0xfc) << 8 | (it & 3) << 25;
}

/* B1.9.1: interrupts masked, aborts too but by an undefined instruction */
u32 arm_psr_of_handler(u32 psr, u32 mode, u32 sctlr)
{
	psr &= ~(PSR_MODE | PSR_IT | PSR_J | PSR_T | PSR_E);
	psr |= mode | PSR_I | (mode == MODE_ABT ? PSR_A : 0);
	return psr | (sctlr & SCTLR_TE ? PSR_T : 0) | (sctlr & SCTLR_EE ? PSR_E : 0);
}
