/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What ARM and ARM64 have in common of <asm/jailhouse_hypercall.h>.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ASM_HYPERCALL_ARM_COMMON_H
#define JAILHOUSE_ASM_HYPERCALL_ARM_COMMON_H

#include <jailhouse/types.h>

#define JAILHOUSE_HVC_IMMEDIATE			0x4a48

/* Statistics, behind the generic ones of <jailhouse/hypercall.h> */
#define JAILHOUSE_CPU_STAT_VMEXITS_MAINTENANCE	4
#define JAILHOUSE_CPU_STAT_VMEXITS_VIRQ		5
#define JAILHOUSE_CPU_STAT_VMEXITS_VSGI		6
#define JAILHOUSE_CPU_STAT_VMEXITS_PSCI		7
#define JAILHOUSE_CPU_STAT_VMEXITS_SMCCC	8

#ifndef __ASSEMBLER__

/* Tail of struct jailhouse_comm_region */
#define JAILHOUSE_COMM_PLATFORM_FIELDS						\
	__u8 gic_version;	/* 2 or 3 */					\
	__u8 padding[7];							\
	__u64 gicd_base;							\
	__u64 gicc_base;	/* GICv2 */					\
	__u64 gicr_base;	/* GICv3 */					\
	__u32 vpci_irq_base;

#define JAILHOUSE_COMM_REGION_SIZE	100

#ifdef __aarch64__
#define JAILHOUSE_CALL_REGISTER(n)	"x" #n
#define JAILHOUSE_CALL_INSN		"hvc #0x4a48"
#else
#define JAILHOUSE_CALL_REGISTER(n)	"r" #n
#define JAILHOUSE_CALL_INSN		".arch_extension virt\n\thvc #0x4a48"
#endif

/**
 * HVC #0x4a48 ("JH") from EL1 or PL1, with the number in X0 (ARM: r0), arguments in X1 and X2, the result in X0. Of the others, X1 to
 * X3 may change. Returns the signed result.
 */
static inline int jailhouse_call_arg2(unsigned int num, unsigned long arg1, unsigned long arg2)
{
	register unsigned long x0 __asm__(JAILHOUSE_CALL_REGISTER(0)) = num;
	register unsigned long x1 __asm__(JAILHOUSE_CALL_REGISTER(1)) = arg1;
	register unsigned long x2 __asm__(JAILHOUSE_CALL_REGISTER(2)) = arg2;

	__asm__ volatile(JAILHOUSE_CALL_INSN : "+r" (x0), "+r" (x1), "+r" (x2) : : JAILHOUSE_CALL_REGISTER(3), "memory");
	return (int)x0;
}

static inline int jailhouse_call_arg1(unsigned int num, unsigned long arg1)
{
	return jailhouse_call_arg2(num, arg1, 0);
}

static inline int jailhouse_call(unsigned int num)
{
	return jailhouse_call_arg2(num, 0, 0);
}

/* The other side may be any CPU of the inner shareable domain. */
#define jailhouse_comm_write_barrier()	__asm__ volatile("dmb ishst" : : : "memory")

#endif /* __ASSEMBLER__ */

#endif /* JAILHOUSE_ASM_HYPERCALL_ARM_COMMON_H */
