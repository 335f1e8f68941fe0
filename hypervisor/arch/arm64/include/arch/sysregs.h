/* SPDX-License-Identifier: GPL-2.0 */
/* sysregs - what <arch/cpu.h> has on ARM64 alone. */
#ifndef ARCH_SYSREGS_H
#define ARCH_SYSREGS_H

#include <hv/types.h>

#define read_sysreg(name)	MRS_READ(name)
#define write_sysreg(value, name)	__asm__ volatile("msr " #name ", %x0" : : "rZ"((u64)(value)) : "memory")

#define MMIO_ACCESSORS(bits, insn, reg)							\
static inline u##bits mmio_read##bits(const volatile void *p)				\
{											\
	u##bits v;									\
	__asm__ volatile("ld" insn " %" reg "0, [%1]" : "=r"(v) : "r"(p) : "memory");	\
	return v;									\
}											\
static inline void mmio_write##bits(volatile void *p, u##bits v)			\
{											\
	__asm__ volatile("st" insn " %" reg "0, [%1]" : : "rZ"(v), "r"(p) : "memory");	\
}
MMIO_ACCESSORS(8, "rb", "w")
MMIO_ACCESSORS(16, "rh", "w")
MMIO_ACCESSORS(32, "r", "w")
MMIO_ACCESSORS(64, "r", "x")

/** Clean and invalidate the line of @address to the point of coherency. */
static inline void dcache_flush_line(unsigned long address) { __asm__ volatile("dc civac, %0" : : "r"(address) : "memory"); }

#endif /* ARCH_SYSREGS_H */
