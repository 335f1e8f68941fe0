/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the library's common parts are given by ARMv7.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_LIB_CPU_H
#define INMATE_LIB_CPU_H

#include <inmate.h>

/* A call to the firmware, and the registers that it may change */
#define ARM_REG			"r"
#define ARM_CALL(insn)		".arch_extension sec\n\t.arch_extension virt\n\t" insn " #0"
#define ARM_CALL_CLOBBERS	"r12"

/* Stage 1 has 32 bits, from level 1 */
#define MMU_TOP_SHIFT		30
#define MAIR_VALUE		0x04ff		/* 0: write-back, 1: device */
/* Long descriptors; walks cacheable and inner shareable, all by TTBR0 */
#define TTBCR_VALUE		(1U << 31 | 1 << 8 | 1 << 10 | 3 << 12)

/** To the point of coherency: DCCIMVAC. */
static inline void flush_line(unsigned long address)
{
	CP15_WRITE(address, 0, c7, c14, 1);
}

/** Of all CPUs: TLBIALLIS. */
static inline void mmu_flush_all(void)
{
	CP15_WRITE(0, 0, c8, c3, 0);
}

/** Make @top this CPU's tables, nothing of others left. */
static inline void mmu_load(unsigned long top)
{
	write_sysreg(mair0, MAIR_VALUE);
	write_sysreg(tcr_el1, TTBCR_VALUE);
	write_sysreg(ttbr0_el1, top);
	asm volatile("dsb ish; isb" : : : "memory");
	CP15_WRITE(0, 0, c8, c7, 0);		/* TLBIALL */
	CP15_WRITE(0, 0, c7, c5, 0);		/* ICIALLU */
	asm volatile("dsb ish; isb" : : : "memory");
}

#endif /* INMATE_LIB_CPU_H */
