/* SPDX-License-Identifier: GPL-2.0 */
/*
 * syndrome - why a guest came to EL2, and what an access to memory was.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_SYNDROME_H
#define HV_ARM_SYNDROME_H

#include <hv/types.h>

/* Exception classes (ARM ARM, D17.2.37) */
#define ESR_CLASS(esr)		((u32)(esr) >> 26 & 0x3f)
#define ESR_ISS(esr)		((u32)(esr) & 0x1ffffff)
#define ESR_IS_32BIT_LONG(esr)	((esr) & (1UL << 25))
enum {
	EC_UNKNOWN = 0x00, EC_WFX = 0x01, EC_CP15_32 = 0x03, EC_CP15_64 = 0x04, EC_CP14_32 = 0x05, EC_FP = 0x07, EC_HVC32 = 0x12,
	EC_SMC32 = 0x13, EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_SVE = 0x19, EC_IABT_LOW = 0x20,
	EC_DABT_LOW = 0x24, EC_DABT_SAME = 0x25, EC_SERROR = 0x2f,
};

/* Faults of both kinds of abort */
#define ISS_FSC(iss)		((iss) & 0x3f)
#define ISS_IS_S1PTW(iss)	((iss) & (1U << 7))
#define ISS_IS_WRITE(iss)	((iss) & (1U << 6))
#define ISS_SRT(iss)		((iss) >> 16 & 0x1f)
#define ISS_IS_CACHE_OP(iss)	((iss) & (1U << 8))
#define ISS_FNV(iss)		((iss) & (1U << 10))
#define FSC_IS_SERROR(fsc)	(((fsc) & 0x37) == 0x11)	/* ARMv7: an asynchronous external abort, or parity error */
#define FSC_IS_TRANSLATION(fsc)	(((fsc) & 0x3c) == 0x04)
#define FSC_IS_PERMISSION(fsc)	(((fsc) & 0x3c) == 0x0c)
/* ISV, four bytes, no extension of the sign, a translation fault of the access itself at any level */
#define ISS_IS_PLAIN_WORD(iss)	(((iss) & 0x1e007bc) == 0x1800004)

/* HPFAR_EL2: page of the guest's address that was not mapped */
#define HPFAR_ADDRESS(r)	(((r) & 0xffffffffff0ULL) << 8)

#define SPSR_A			(1U << 8)
#define SPSR_EL1H_MASKED	0x3c5	/* D, A, I and F masked */

/** struct arm_transfer - one register and memory; @reg 31 is the zero register */
struct arm_transfer {
	u8 size, reg;
	bool is_write, sign_extend, is_64;
};

/**
 * PSTATE in which EL1 handles an exception that was taken in @spsr (D1.3.1). Bits of extensions that the CPU
 * does not have are ignored by it.
 */
u64 arm64_exception_pstate(u64 spsr, u64 sctlr);
/** What a data abort's syndrome says; false: nothing, the instruction has to be looked at. */
bool arm_syndrome_access(u32 iss, struct arm_transfer *t);
/** What the register gets, of @value from memory. */
u64 arm_loaded_value(const struct arm_transfer *t, u64 value);

#endif /* HV_ARM_SYNDROME_H */
