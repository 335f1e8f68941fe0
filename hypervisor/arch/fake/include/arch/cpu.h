/* SPDX-License-Identifier: GPL-2.0 */
/* cpu - fake part of the arch contract. Copyright (c) Jailhouse contributors, 2026 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>

/**
 * A CPU that waits lets the model go on: time passes, other CPUs look at their mailboxes
 * (hal/cpus.c).
 */
void arch_cpu_relax(void);

/** Model time in microseconds. */
u64 arch_cycles(void);

/* Registers of a model are memory, or behind a function of the test that has some. */
u64 fake_mmio_read(const volatile void *p, unsigned int size);
void fake_mmio_write(volatile void *p, unsigned int size, u64 value);

static inline u8 mmio_read8(const volatile void *p) { return fake_mmio_read(p, 1); }
static inline u32 mmio_read32(const volatile void *p) { return fake_mmio_read(p, 4); }
static inline u64 mmio_read64(const volatile void *p) { return fake_mmio_read(p, 8); }
static inline void mmio_write8(volatile void *p, u8 v) { fake_mmio_write(p, 1, v); }
static inline void mmio_write32(volatile void *p, u32 v) { fake_mmio_write(p, 4, v); }
static inline void mmio_write64(volatile void *p, u64 v) { fake_mmio_write(p, 8, v); }

/* ARM's barrier: the registers of a model see every access in order. */
static inline void dsb_ish(void) { }

#endif /* ARCH_CPU_H */
