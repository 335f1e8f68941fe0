/* SPDX-License-Identifier: GPL-2.0 */
/* gic_sysregs - CPU interface of GICv3 as system registers (IHI 0069, 12.2, 12.4). */
#ifndef ARCH_GIC_SYSREGS_H
#define ARCH_GIC_SYSREGS_H

#include <arch/cpu.h>

#define ICC_PMR_EL1		S3_0_C4_C6_0
#define ICC_AP1R0_EL1		S3_0_C12_C9_0
#define ICC_DIR_EL1		S3_0_C12_C11_1
#define ICC_SGI1R_EL1		S3_0_C12_C11_5
#define ICC_IAR1_EL1		S3_0_C12_C12_0
#define ICC_EOIR1_EL1		S3_0_C12_C12_1
#define ICC_BPR1_EL1		S3_0_C12_C12_3
#define ICC_CTLR_EL1		S3_0_C12_C12_4
#define ICC_SRE_EL1		S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1		S3_0_C12_C12_7
#define ICC_SRE_EL2		S3_4_C12_C9_5
#define ICH_AP0R0_EL2		S3_4_C12_C8_0
#define ICH_AP1R0_EL2		S3_4_C12_C9_0
#define ICH_HCR_EL2		S3_4_C12_C11_0
#define ICH_VTR_EL2		S3_4_C12_C11_1
#define ICH_ELRSR_EL2		S3_4_C12_C11_5
#define ICH_VMCR_EL2		S3_4_C12_C11_7
#define ICH_LR0_EL2		S3_4_C12_C12_0

/* A macro's argument is not expanded by #: one more step. */
#define gic_read(reg)		read_sysreg_named(reg)
#define gic_write(value, reg)	write_sysreg_named(value, reg)
#define read_sysreg_named(reg)	read_sysreg(reg)
#define write_sysreg_named(value, reg) write_sysreg(value, reg)

#define ICH_LR_CASE_READ(n, name)	case n: return read_sysreg(name);
#define ICH_LR_CASE_WRITE(n, name)	case n: write_sysreg(value, name); break;
#define ICH_LRS(x)								\
	x(0, S3_4_C12_C12_0) x(1, S3_4_C12_C12_1) x(2, S3_4_C12_C12_2)		\
	x(3, S3_4_C12_C12_3) x(4, S3_4_C12_C12_4) x(5, S3_4_C12_C12_5)		\
	x(6, S3_4_C12_C12_6) x(7, S3_4_C12_C12_7) x(8, S3_4_C12_C13_0)		\
	x(9, S3_4_C12_C13_1) x(10, S3_4_C12_C13_2) x(11, S3_4_C12_C13_3)	\
	x(12, S3_4_C12_C13_4) x(13, S3_4_C12_C13_5) x(14, S3_4_C12_C13_6)	\
	x(15, S3_4_C12_C13_7)

static inline u64 ich_read_lr(u32 n)
{
	switch (n) {
	ICH_LRS(ICH_LR_CASE_READ)
	default:
		return 0;
	}
}

static inline void ich_write_lr(u32 n, u64 value)
{
	switch (n) {
	ICH_LRS(ICH_LR_CASE_WRITE)
	default:
		break;
	}
}

#endif /* ARCH_GIC_SYSREGS_H */
