/* SPDX-License-Identifier: GPL-2.0 */
/*
 * el2 - what ARM64 adds to <arm/el2.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARCH_EL2_H
#define ARCH_EL2_H

#include <arch/cpu.h>
#include <hv/arm/gic.h>
#include <hv/arm/syndrome.h>
#include <hv/types.h>

/* Of a general register in struct arm_regs: its name */
#define ARM_REG_LETTER		"x"
#define ARM_REG_NUMBER(n)	(n)

/* Of the tables that EL2 itself walks */
#define ARM_HOST_FORMAT		pt_lpae_s1

/* D17.2.118: RES1 in a CPU without later extensions, caches and MMU off */
#define ARM_SCTLR_RESET		0x30d00800

/* What <arch/layout.h> says in numbers */
#define ARM_CHECK_LAYOUT						\
	_Static_assert(JAILHOUSE_ARM64 == HEADER_ARCHITECTURE, "layout.h");	\
	_Static_assert(HV_BASE == HV_LINK_BASE_ARM64, "layout.h");

/* HCR_EL2 (ARM ARM, D17.2.48) */
#define HCR_VM		(1UL << 0)
#define HCR_SWIO	(1UL << 1)
#define HCR_PTW		(1UL << 2)	/* no walk of stage 1 reads a device */
#define HCR_FMO		(1UL << 3)
#define HCR_VSE		(1UL << 8)
#define HCR_IMO		(1UL << 4)
#define HCR_AMO		(1UL << 5)
#define HCR_TIDCP	(1UL << 20)
#define HCR_TSC		(1UL << 19)
#define HCR_TACR	(1UL << 21)
#define HCR_RW		(1UL << 31)
#define HCR_TLOR	(1UL << 35)
#define HCR_TERR	(1UL << 36)	/* records of errors are the machine's */
#define HCR_APK		(1UL << 40)
#define HCR_API		(1UL << 41)
#define HCR_ATA		(1UL << 56)
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TIDCP | HCR_TSC | HCR_TACR | HCR_TLOR | \
			 HCR_TERR | HCR_APK | HCR_API)

#define SPSR_SVC_MASKED		0x1d3	/* AArch32 supervisor; A, I and F masked */
#define SPSR_MODE_AARCH32	0x10

/* ID_AA64DFR0_EL1.PMUVer */
static inline u32 arm_pmu_version(void) { return read_sysreg(id_aa64dfr0_el1) >> 8 & 0xf; }

/* A general register's lower half in an instruction; what stage 1 of the guest makes of an address (D17.2.111) */
#define ARM_WORD		"%w"
#define ARM_TRANSLATE(va)	"at s1e1r, " va
#define ARM_TRANSLATE_USER(va)	"at s1e0r, " va
#define ARM_PAR_ADDRESS		0x0000fffffffff000UL

/** This CPU's translation of an address of its own. */
static inline void arm_flush_own_page(const void *va)
{
	__asm__ volatile("dsb nshst; tlbi vae2, %0; dsb nsh; isb" : : "r"((u64)va >> PAGE_SHIFT) : "memory");
}

/** Root has the SError that came, with its syndrome: VSESR_EL2, on a CPU with RAS (ID_AA64PFR0_EL1) */
static inline void arm_inject_serror(u64 esr)
{
	if (read_sysreg(id_aa64pfr0_el1) >> 28 & 0xf)
		write_sysreg(esr & 0x1ffffff, S3_4_C5_C2_3);
	write_sysreg(read_sysreg(hcr_el2) | HCR_VSE, hcr_el2);
}

#define ARM_UNMASK_SERRORS	"msr daifclr, #4"
#define ARM_MASK_SERRORS	"msr daifset, #4"

struct vcpu;

/** Of arm_load_cell() */
u64 arm_cptr_of(struct vcpu *v);
u64 arm_hcr_of(struct vcpu *v);
/** This CPU counts for arm_physical_bits(). */
void arm64_note_width(void);
/** Bits of physical addresses that all CPUs have, with which @vtcr is completed */
unsigned int arm_physical_bits(u64 *vtcr);
/** Can EL1 of this CPU be in AArch32 state? */
bool arm64_has_aarch32(void);

/** Of those that configurations may name for this architecture. */
static inline const struct gic_ops *arm_gic_of_version(u8 version) { return version == 2 ? &gic_v2_ops : &gic_v3_ops; }

#endif /* ARCH_EL2_H */
