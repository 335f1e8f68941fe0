/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cpu - ARM part of the arch contract: privileged instructions as static inline accessors. Of <arch/sysregs.h> are
 * read_sysreg(), write_sysreg(), accesses to devices, and the cache's instruction.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>

#define MRS_READ(reg)							\
({									\
	unsigned long value_;						\
	__asm__ volatile("mrs %0, " #reg : "=r"(value_) :: "memory");	\
	value_;								\
})

#include <arch/sysregs.h>

static inline void arch_cpu_relax(void) { __asm__ volatile("yield" ::: "memory"); }
static inline void isb(void) { __asm__ volatile("isb" ::: "memory"); }
static inline void dsb_ish(void) { __asm__ volatile("dsb ish" ::: "memory"); }
static inline void dsb_sy(void) { __asm__ volatile("dsb sy" ::: "memory"); }
static inline void wfi(void) { __asm__ volatile("dsb sy; wfi" ::: "memory"); }

/* The virtual count: CNTVOFF_EL2 is 0 for everybody. */
static inline u64 arch_cycles(void) { return read_sysreg(cntvct_el0); }

/** Clean and invalidate [@start, @start + @size) to the point of coherency. */
static inline void dcache_flush(const void *start, unsigned long size)
{
	unsigned long line = 4UL << (read_sysreg(ctr_el0) >> 16 & 0xf);
	unsigned long at = (unsigned long)start & ~(line - 1), end = (unsigned long)start + size;

	for (; at < end; at += line)
		dcache_flush_line(at);
	dsb_sy();
}

#endif /* ARCH_CPU_H */
