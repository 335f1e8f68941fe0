/* SPDX-License-Identifier: GPL-2.0 */
/* cpu - ARM64 part of the arch contract: privileged instructions as static inline accessors. */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>

static inline void arch_cpu_relax(void) { __asm__ volatile("yield" ::: "memory"); }

#define read_sysreg(name)						\
({									\
	u64 value_;							\
	__asm__ volatile("mrs %0, " #name : "=r"(value_) :: "memory");	\
	value_;								\
})
#define write_sysreg(value, name)					\
	__asm__ volatile("msr " #name ", %x0" : : "rZ"((u64)(value)) : "memory")

static inline void isb(void) { __asm__ volatile("isb" ::: "memory"); }
static inline void dsb_ish(void) { __asm__ volatile("dsb ish" ::: "memory"); }
static inline void dsb_sy(void) { __asm__ volatile("dsb sy" ::: "memory"); }
static inline void wfi(void) { __asm__ volatile("dsb sy; wfi" ::: "memory"); }

/* The virtual count: CNTVOFF_EL2 is 0 for everybody. */
static inline u64 arch_cycles(void) { return read_sysreg(cntvct_el0); }

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

/** Clean and invalidate [@start, @start + @size) to the point of coherency. */
static inline void dcache_flush(const void *start, u64 size)
{
	u64 line = 4UL << (read_sysreg(ctr_el0) >> 16 & 0xf);
	u64 at = (u64)start & ~(line - 1), end = (u64)start + size;

	for (; at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	dsb_sy();
}

#endif /* ARCH_CPU_H */
