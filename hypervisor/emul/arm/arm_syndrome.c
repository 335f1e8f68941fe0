// SPDX-License-Identifier: GPL-2.0
/*
 * arm_syndrome - what the syndrome register says about an access (ARM ARM, D17.2.37: ESR_ELx).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/syndrome.h>

#define ISS_ISV		(1U << 24)
#define ISS_SSE		(1U << 21)
#define ISS_SF		(1U << 15)
#define ISS_WNR		(1U << 6)
#define ISS_S1PTW	(1U << 7)
#define ISS_SAS(iss)	((iss) >> 22 & 3)

/* SPSR_EL2 and SCTLR_EL1 (D17.2.125, D17.2.118) */
#define SPSR_SSBS		(1ULL << 12)
#define SPSR_PAN		(1ULL << 22)
#define SPSR_DIT		(1ULL << 24)
#define SPSR_TCO		(1ULL << 25)
#define SPSR_FLAGS		(0xfULL << 28)
#define SCTLR_SPAN		(1ULL << 23)
#define SCTLR_DSSBS		(1ULL << 44)

u64 arm64_exception_pstate(u64 spsr, u64 sctlr)
{
	return SPSR_EL1H_MASKED | SPSR_TCO | (spsr & (SPSR_FLAGS | SPSR_DIT | SPSR_PAN)) |
	       (sctlr & SCTLR_SPAN ? 0 : SPSR_PAN) | (sctlr & SCTLR_DSSBS ? SPSR_SSBS : 0);
}

bool arm_syndrome_access(u32 iss, struct arm_transfer *t)
{
	if (!(iss & ISS_ISV) || iss & ISS_S1PTW)
		return false;
	*t = (struct arm_transfer){
		.size = 1U << ISS_SAS(iss), .reg = ISS_SRT(iss), .is_write = iss & ISS_WNR,
		.sign_extend = iss & ISS_SSE, .is_64 = iss & ISS_SF,
	};
	return true;
}

u64 arm_loaded_value(const struct arm_transfer *t, u64 value)
{
	unsigned int shift = 64 - t->size * 8;

	if (t->sign_extend)
		value = (u64)((s64)(value << shift) >> shift);
	else
		value = value << shift >> shift;
	return t->is_64 ? value : (u32)value;
}
