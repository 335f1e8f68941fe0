/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * x86 part of <asm/jailhouse_hypercall.h>, which includes it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ASM_HYPERCALL_X86_H
#define JAILHOUSE_ASM_HYPERCALL_X86_H

#include <jailhouse/types.h>

/*
 * x86: VMCALL (Intel) or VMMCALL (AMD) with the number in EAX, arguments in RDI and RSI, the result in EAX. Only EAX changes.
 * The caller needs CPL 0 outside virtual-8086 mode, else -EPERM.
 */

/* CPUID leaves that identify the hypervisor */
#define JAILHOUSE_CPUID_SIGNATURE	0x40000000
#define JAILHOUSE_CPUID_FEATURES	0x40000001
#define JAILHOUSE_CPUID_SIGNATURE_EBX	0x6c69614a	/* "Jail" */
#define JAILHOUSE_CPUID_SIGNATURE_ECX	0x73756f68	/* "hous" */
#define JAILHOUSE_CPUID_SIGNATURE_EDX	0x00000065	/* "e" */

/* Statistics, behind the generic ones of <jailhouse/hypercall.h> */
#define JAILHOUSE_CPU_STAT_VMEXITS_PIO			4
#define JAILHOUSE_CPU_STAT_VMEXITS_XAPIC		5
#define JAILHOUSE_CPU_STAT_VMEXITS_CR			6
#define JAILHOUSE_CPU_STAT_VMEXITS_CPUID		7
#define JAILHOUSE_CPU_STAT_VMEXITS_XSETBV		8
#define JAILHOUSE_CPU_STAT_VMEXITS_EXCEPTION		9
#define JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER		10
#define JAILHOUSE_CPU_STAT_VMEXITS_MSR_X2APIC_ICR	11
#define JAILHOUSE_NUM_CPU_STATS				12

#ifndef __ASSEMBLER__

/* Tail of struct jailhouse_comm_region */
#define JAILHOUSE_COMM_PLATFORM_FIELDS						\
	__u16 pm_timer_address;	/* I/O port of the ACPI PM timer */		\
	__u16 num_cpus;		/* of this cell */				\
	__u32 tsc_khz;								\
	__u32 apic_khz;		/* input clock of the local APIC's timer */

#define JAILHOUSE_COMM_REGION_SIZE	76

/* Defined by whoever issues hypercalls: true on AMD and Hygon CPUs, which know VMMCALL and not VMCALL. */
extern bool jailhouse_use_vmmcall;

/** Issue hypercall @num. Returns its signed result. */
static inline int jailhouse_call_arg2(unsigned int num, unsigned long arg1, unsigned long arg2)
{
	unsigned long result = num;

	if (jailhouse_use_vmmcall)
		__asm__ volatile("vmmcall" : "+a" (result) : "D" (arg1), "S" (arg2) : "memory");
	else
		__asm__ volatile("vmcall" : "+a" (result) : "D" (arg1), "S" (arg2) : "memory");
	return (int)result;
}

static inline int jailhouse_call_arg1(unsigned int num, unsigned long arg1)
{
	return jailhouse_call_arg2(num, arg1, 0);
}

static inline int jailhouse_call(unsigned int num)
{
	return jailhouse_call_arg2(num, 0, 0);
}

/* Stores become visible in program order on x86: a compiler barrier is enough. */
#define jailhouse_comm_write_barrier()	__asm__ volatile("" : : : "memory")

#endif /* __ASSEMBLER__ */

#endif /* JAILHOUSE_ASM_HYPERCALL_X86_H */
