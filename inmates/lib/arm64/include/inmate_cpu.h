/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What <inmate.h> has on ARM64 alone.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_CPU_H
#define INMATE_CPU_H

#include <inmate_common.h>

/* Lower half of a general register in an instruction */
#define ARM_WORD		"%w"
/* Of functions that have arguments of 64 bits */
#define PSCI_64			0x40000000

#define read_sysreg(name) ({						\
	u64 _value;							\
	asm volatile("mrs %0, " #name : "=r" (_value) : : "memory");	\
	_value;								\
})

#define write_sysreg(name, value) \
	asm volatile("msr " #name ", %0" : : "r" ((u64)(value)) : "memory")

static inline void enable_irqs(void)
{
	asm volatile("msr daifclr, #2" : : : "memory");
}

static inline void disable_irqs(void)
{
	asm volatile("msr daifset, #2" : : : "memory");
}

/** Disable interrupts; for irq_restore(). */
static inline unsigned long irq_save(void)
{
	unsigned long flags = read_sysreg(daif);

	disable_irqs();
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	write_sysreg(daif, flags);
}

static inline u64 mmio_read64(void *address)
{
	u64 v;

	asm volatile("ldr %0, [%1]" : "=r" (v) : "r" (address) : "memory");
	return v;
}

static inline void mmio_write64(void *address, u64 v)
{
	asm volatile("str %0, [%1]" : : "r" (v), "r" (address) : "memory");
}

#endif /* INMATE_CPU_H */
