/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the library's common parts are given by ARM64.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_LIB_CPU_H
#define INMATE_LIB_CPU_H

#include <inmate.h>

/* A call to the firmware, and the registers that it may change */
#define ARM_REG			"x"
#define ARM_CALL(insn)		insn " #0"
#define ARM_CALL_CLOBBERS	"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17"

/* Stage 1 has 48 bits, from level 0 */
#define MMU_TOP_SHIFT		39
#define MAIR_VALUE		0x04ffULL	/* 0: write-back, 1: Device-nGnRE */
/* T0SZ 16, walks cacheable and inner shareable, TTBR1 off */
#define TCR_VALUE		(16ULL | 1ULL << 8 | 1ULL << 10 | 3ULL << 12 | 1ULL << 23)
#define TCR_IPS_SHIFT		32
#define MAX_PARANGE		5		/* 48 bits */

/** To the point of coherency. */
static inline void flush_line(unsigned long address)
{
	asm volatile("dc civac, %0" : : "r" (address) : "memory");
}

/** Of all CPUs. */
static inline void mmu_flush_all(void)
{
	asm volatile("tlbi vmalle1is" : : : "memory");
}

/** Make @top this CPU's tables, nothing of others left. */
static inline void mmu_load(unsigned long top)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	write_sysreg(mair_el1, MAIR_VALUE);
	write_sysreg(tcr_el1, TCR_VALUE | (range < MAX_PARANGE ? range : MAX_PARANGE) << TCR_IPS_SHIFT);
	write_sysreg(ttbr0_el1, top);
	asm volatile("dsb ish; tlbi vmalle1; dsb ish; ic iallu; dsb ish; isb" : : : "memory");
}

#endif /* INMATE_LIB_CPU_H */
