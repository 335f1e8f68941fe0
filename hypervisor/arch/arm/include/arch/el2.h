/* SPDX-License-Identifier: GPL-2.0 */
/*
 * el2 - what ARMv7 adds to <arm/el2.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARCH_EL2_H
#define ARCH_EL2_H

#include <hv/arm/gic.h>
#include <hv/arm/psr.h>
#include <hv/types.h>

/* Of a general register in struct arm_regs: its name */
#define ARM_REG_LETTER		"r"
#define ARM_REG_NUMBER(n)	((n) == 13 ? 14 : (n))	/* LR is the 14th */

/* Of the tables that HYP mode itself walks */
#define ARM_HOST_FORMAT		pt_lpae_s1_32

/* HCR (ARM DDI 0406, B4.1.65) */
#define HCR_VM		(1U << 0)
#define HCR_SWIO	(1U << 1)
#define HCR_PTW		(1U << 2)	/* no walk of stage 1 reads a device */
#define HCR_FMO		(1U << 3)
#define HCR_IMO		(1U << 4)
#define HCR_AMO		(1U << 5)
#define HCR_VSE		(1U << 8)	/* VA */
#define HCR_TSC		(1U << 19)
#define HCR_TIDCP	(1U << 20)
#define HCR_TAC		(1U << 21)
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TSC | HCR_TIDCP | HCR_TAC)

/** Two bytes of an instruction at @pa, all ones where nothing answers. */
u32 arm_read_halfword(u64 pa);
/** Register @n of a guest in @mode (PSR): r13 and r14, and r8 to r12 of FIQ mode, are banked. */
u32 arm_read_banked(u32 mode, unsigned int n);
void arm_write_banked(u32 mode, unsigned int n, u32 value);
u32 arm_read_spsr(u32 mode);
void arm_write_spsr(u32 mode, u32 value);

/** Of those that configurations may name for this architecture. */
static inline const struct gic_ops *arm_gic_of_version(u8 version)
{
	return &gic_v2_ops;
}

#endif /* ARCH_EL2_H */
