/* SPDX-License-Identifier: GPL-2.0 */
/* cpudefs - architectural numbers of x86-64 (AMD APM vol. 2; Intel SDM vol. 3). */
#ifndef HV_X86_CPUDEFS_H
#define HV_X86_CPUDEFS_H

#define X86_CR0_PE		(1UL << 0)
#define X86_CR0_MP		(1UL << 1)
#define X86_CR0_ET		(1UL << 4)
#define X86_CR0_NE		(1UL << 5)
#define X86_CR0_WP		(1UL << 16)
#define X86_CR0_NW		(1UL << 29)
#define X86_CR0_CD		(1UL << 30)
#define X86_CR0_PG		(1UL << 31)

#define X86_CR4_PSE		(1UL << 4)
#define X86_CR4_PAE		(1UL << 5)
#define X86_CR4_MCE		(1UL << 6)
#define X86_CR4_PGE		(1UL << 7)
#define X86_CR4_OSFXSR		(1UL << 9)
#define X86_CR4_OSXMMEXCPT	(1UL << 10)
#define X86_CR4_LA57		(1UL << 12)
#define X86_CR4_VMXE		(1UL << 13)
#define X86_CR4_PCIDE		(1UL << 17)
#define CPUID_1_ECX_OSXSAVE	(1U << 27)
#define X86_CR4_OSXSAVE		(1UL << 18)

#define X86_EFER_SCE		(1UL << 0)
#define X86_EFER_LME		(1UL << 8)
#define X86_EFER_LMA		(1UL << 10)
#define X86_EFER_NXE		(1UL << 11)
#define X86_EFER_SVME		(1UL << 12)
#define X86_EFER_LMSLE		(1UL << 13)
#define X86_EFER_FFXSR		(1UL << 14)
#define X86_EFER_TCE		(1UL << 15)
#define X86_EFER_MCOMMIT	(1UL << 17)
#define X86_EFER_INTWB		(1UL << 18)
#define X86_EFER_UAIE		(1UL << 20)
#define X86_EFER_AIBRSE		(1UL << 21)

#define X86_RFLAGS_CF		(1UL << 0)
#define X86_RFLAGS_RSVD1	(1UL << 1)
#define X86_RFLAGS_IF		(1UL << 9)
#define X86_RFLAGS_VM		(1UL << 17)
#define X86_RFLAGS_STATUS	0x8d5UL		/* CF PF AF ZF SF OF */

#define MSR_APIC_BASE		0x1b
#define MSR_SYSENTER_CS		0x174
#define MSR_MCG_STATUS		0x17a
#define MSR_DEBUGCTL		0x1d9
#define MSR_PAT			0x277
#define MSR_MTRR_DEF_TYPE	0x2ff
#define MSR_X2APIC_FIRST	0x800
#define MSR_X2APIC_LAST		0x83f
#define MSR_X2APIC_END		0x8ff	/* AMD's extended registers lie between the two */
#define MSR_XSS			0xda0
#define MSR_SPEC_CTRL		0x48
#define MSR_PRED_CMD		0x49
#define MSR_ARCH_CAPABILITIES	0x10a
#define MSR_EFER		0xc0000080U
#define MSR_VM_CR		0xc0010114U
#define MSR_VM_HSAVE_PA		0xc0010117U

#define MSR_APIC_BASE_EXTD	(1UL << 10)
#define MSR_APIC_BASE_EN	(1UL << 11)
#define MSR_VM_CR_R_INIT	(1UL << 1)
#define MSR_VM_CR_SVMDIS	(1UL << 4)

#define X86_PAT_RESET		0x0007040600070406ULL
#define X86_MXCSR_RESET		0x1f80

#define X86_VEC_DB		1
#define X86_VEC_NMI		2
#define X86_VEC_UD		6
#define X86_VEC_GP		13
#define X86_VEC_AC		17
#define X86_VEC_MC		18
#define X86_VEC_SX		30

#define XAPIC_BASE		0xfee00000UL

#endif /* HV_X86_CPUDEFS_H */
