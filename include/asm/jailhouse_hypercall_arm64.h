/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * ARM64 part of <asm/jailhouse_hypercall.h>, which includes it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ASM_HYPERCALL_ARM64_H
#define JAILHOUSE_ASM_HYPERCALL_ARM64_H

#include <jailhouse/types.h>

/*
 * HVC #0x4a48 ("JH") from EL1, with the number in X0, arguments in X1 and X2, the result in X0. Only X0 changes.
 */
#define JAILHOUSE_HVC_IMMEDIATE			0x4a48

/* Statistics, behind the generic ones of <jailhouse/hypercall.h> */
#define JAILHOUSE_CPU_STAT_VMEXITS_MAINTENANCE	4
#define JAILHOUSE_CPU_STAT_VMEXITS_VIRQ		5
#define JAILHOUSE_CPU_STAT_VMEXITS_VSGI		6
#define JAILHOUSE_CPU_STAT_VMEXITS_PSCI		7
#define JAILHOUSE_CPU_STAT_VMEXITS_SMCCC	8
#define JAILHOUSE_NUM_CPU_STATS			9

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

/** Issue hypercall @num. Returns its signed result. */
static inline int jailhouse_call_arg2(unsigned int num, unsigned long arg1, unsigned long arg2)
{
	register unsigned long x0 __asm__("x0") = num;
	register unsigned long x1 __asm__("x1") = arg1;
	register unsigned long x2 __asm__("x2") = arg2;

	__asm__ volatile("hvc #0x4a48" : "+r" (x0) : "r" (x1), "r" (x2) : "memory");
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

#endif /* JAILHOUSE_ASM_HYPERCALL_ARM64_H */
