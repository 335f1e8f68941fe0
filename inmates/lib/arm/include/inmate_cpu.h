/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What <inmate.h> has on ARMv7 alone.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_CPU_H
#define INMATE_CPU_H

#include <inmate_common.h>

/* A general register in an instruction */
#define ARM_WORD		"%"
/* Functions have arguments of 32 bits */
#define PSCI_64			0

/*
 * System registers have the names of AArch64 (ARM DDI 0487, G1.20), for code that is the same on both.
 */
#define CP15_READ(op1, crn, crm, op2) ({									\
	u32 _value;												\
	asm volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 : "=r" (_value) : : "memory");		\
	_value;													\
})
#define CP15_WRITE(value, op1, crn, crm, op2) \
	asm volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 : : "r" ((u32)(value)) : "memory")
#define CP15_READ64(op1, crm) ({										\
	u64 _value;												\
	asm volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm : "=r" (_value) : : "memory");			\
	_value;													\
})
#define CP15_WRITE64(value, op1, crm) \
	asm volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm : : "r" ((u64)(value)) : "memory")

#define SYSREG_cntfrq_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c0, 0)
#define SYSREG_cntp_ctl_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c2, 1)
#define SYSREG_cntv_ctl_el0(x, ...)	x(CP15, __VA_ARGS__, 0, c14, c3, 1)
#define SYSREG_cpacr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c1, c0, 2)
#define SYSREG_ctr_el0(x, ...)		x(CP15, __VA_ARGS__, 0, c0, c0, 1)
#define SYSREG_dfar(x, ...)		x(CP15, __VA_ARGS__, 0, c6, c0, 0)
#define SYSREG_dfsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c0, 0)
#define SYSREG_ifar(x, ...)		x(CP15, __VA_ARGS__, 0, c6, c0, 2)
#define SYSREG_ifsr(x, ...)		x(CP15, __VA_ARGS__, 0, c5, c0, 1)
#define SYSREG_mair0(x, ...)		x(CP15, __VA_ARGS__, 0, c10, c2, 0)
#define SYSREG_mpidr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c0, c0, 5)
#define SYSREG_sctlr_el1(x, ...)	x(CP15, __VA_ARGS__, 0, c1, c0, 0)
#define SYSREG_tcr_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c2, c0, 2)
#define SYSREG_vbar_el1(x, ...)		x(CP15, __VA_ARGS__, 0, c12, c0, 0)
#define SYSREG_cntp_cval_el0(x, ...)	x(CP15_64, __VA_ARGS__, 2, c14)
#define SYSREG_cntv_cval_el0(x, ...)	x(CP15_64, __VA_ARGS__, 3, c14)
#define SYSREG_cntvct_el0(x, ...)	x(CP15_64, __VA_ARGS__, 1, c14)
#define SYSREG_ttbr0_el1(x, ...)	x(CP15_64, __VA_ARGS__, 0, c2)
#define SYSREG_ICC_EOIR1_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 1)
#define SYSREG_ICC_IAR1_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 0)
#define SYSREG_ICC_IGRPEN1_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 7)
#define SYSREG_ICC_PMR_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c4, c6, 0)
#define SYSREG_ICC_SRE_EL1(x, ...)	x(CP15, __VA_ARGS__, 0, c12, c12, 5)
#define SYSREG_ICC_SGI1R_EL1(x, ...)	x(CP15_64, __VA_ARGS__, 0, c12)

#define SYSREG_READ_CP15(unused, ...)		((u64)CP15_READ(__VA_ARGS__))
#define SYSREG_READ_CP15_64(unused, ...)	CP15_READ64(__VA_ARGS__)
#define SYSREG_READ(kind, ...)			SYSREG_READ_##kind(__VA_ARGS__)
#define SYSREG_WRITE_CP15(value, ...)		CP15_WRITE(value, __VA_ARGS__)
#define SYSREG_WRITE_CP15_64(value, ...)	CP15_WRITE64(value, __VA_ARGS__)
#define SYSREG_WRITE(kind, ...)			SYSREG_WRITE_##kind(__VA_ARGS__)

#define read_sysreg(name)		SYSREG_##name(SYSREG_READ, 0)
#define write_sysreg(name, value)	SYSREG_##name(SYSREG_WRITE, value)

static inline void enable_irqs(void)
{
	asm volatile("cpsie i" : : : "memory");
}

static inline void disable_irqs(void)
{
	asm volatile("cpsid i" : : : "memory");
}

/** Disable interrupts; for irq_restore(). */
static inline unsigned long irq_save(void)
{
	unsigned long flags;

	asm volatile("mrs %0, cpsr; cpsid i" : "=r" (flags) : : "memory");
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	asm volatile("msr cpsr_c, %0" : : "r" (flags) : "memory");
}

/* Two accesses, the lower half first. */
static inline u64 mmio_read64(void *address)
{
	const volatile u32 *words = address;
	u32 low = words[0];

	return (u64)words[1] << 32 | low;
}

static inline void mmio_write64(void *address, u64 v)
{
	volatile u32 *words = address;

	words[0] = (u32)v;
	words[1] = (u32)(v >> 32);
}

#endif /* INMATE_CPU_H */
