/* SPDX-License-Identifier: GPL-2.0 */
/*
 * el2 - what ARMv7 adds to <arm/el2.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARCH_EL2_H
#define ARCH_EL2_H

#include <arch/cpu.h>
#include <hv/arm/gic.h>
#include <hv/arm/psr.h>
#include <hv/types.h>

/* Of a general register in struct arm_regs: its name */
#define ARM_REG_LETTER		"r"
#define ARM_REG_NUMBER(n)	((n) == 13 ? 14 : (n))	/* LR is the 14th */

/* Of the tables that HYP mode itself walks */
#define ARM_HOST_FORMAT		pt_lpae_s1_32

/* SCTLR: RES1, U, and what is always on (ARM DDI 0406, B4.1.130) */
#define ARM_SCTLR_RESET		0x00c50878

/* What <arch/layout.h> says in numbers */
#define ARM_CHECK_LAYOUT						\
	_Static_assert(JAILHOUSE_ARM == HEADER_ARCHITECTURE, "layout.h");	\
	_Static_assert(HV_BASE == HV_LINK_BASE_ARM, "layout.h");	\
	_Static_assert(LAYOUT_END == HV_LAYOUT_END_ARM, "layout.h");	\
	_Static_assert(HV_MAX_SIZE == 0x8000000, "common/config/internal.h");

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

/* HCPTR: coprocessors but FP's are undefined for everybody, trace registers are not there */
#define CPTR_GUEST	0x1033ff

/* A general register in an instruction; what stage 1 of the guest makes of an address (B4.2.2, B4.1.112) */
#define ARM_WORD		"%"
#define ARM_TRANSLATE(va)	"mcr p15, 0, " va ", c7, c8, 0"
#define ARM_TRANSLATE_USER(va)	"mcr p15, 0, " va ", c7, c8, 2"
#define ARM_PAR_ADDRESS		0x000000fffffff000ULL

/** This CPU's translation of an address of its own: TLBIMVAH */
static inline void arm_flush_own_page(const void *va)
{
	__asm__ volatile("dsb nshst; mcr p15, 4, %0, c8, c7, 1; dsb nsh; isb" : : "r"(va) : "memory");
}

#define ARM_UNMASK_SERRORS	"cpsie a"
#define ARM_MASK_SERRORS	"cpsid a"

struct vcpu;

static inline u64 arm_cptr_of(struct vcpu *v) { return CPTR_GUEST; }
static inline u64 arm_hcr_of(struct vcpu *v) { return HCR_GUEST; }

/** Root has the asynchronous abort that came; ARMv7 says nothing of its syndrome. */
static inline void arm_inject_serror(u64 esr) { write_sysreg(read_sysreg(hcr_el2) | HCR_VSE, hcr_el2); }

/* ID_DFR0.PerfMon (B4.1.82) */
static inline u32 arm_pmu_version(void) { return read_sysreg(id_dfr0) >> 24 & 0xf; }

/** Bits of physical addresses, of which VTCR says nothing */
static inline unsigned int arm_physical_bits(u64 *vtcr) { return 40; }

/** Register @n of a guest in @mode (PSR): r13 and r14, and r8 to r12 of FIQ mode, are banked. */
u32 arm_read_banked(u32 mode, unsigned int n);
void arm_write_banked(u32 mode, unsigned int n, u32 value);
void arm_write_spsr(u32 mode, u32 value);

/** Of those that configurations may name for this architecture. */
static inline const struct gic_ops *arm_gic_of_version(u8 version) { return &gic_v2_ops; }

#endif /* ARCH_EL2_H */
