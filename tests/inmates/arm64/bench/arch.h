/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * bench on ARM64
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef BENCH_ARCH_H
#define BENCH_ARCH_H

#include <inmate.h>

/* The handler takes bench.arrival so many instructions after the stamp of the counter, which is its second instruction. */
#define BENCH_COUNTED_LATE	4

/** From now on a handler stamps each interrupt, in front of the library's. */
void bench_use_vectors(void);

static inline void bench_smc(u64 function)
{
	register u64 x0 asm("x0") = function;

	asm volatile("smc #0" : "+r" (x0) : : "x1", "x2", "x3", "memory");
}

/* Of which register does matter: these are among those that are saved first. */
static inline void bench_read(void *address)
{
	register u32 value asm("x1");

	asm volatile("ldr %w0, [%1]" : "=r" (value) : "r" (address) : "memory");
}

static inline void bench_write(void *address)
{
	register u32 value asm("x1") = 0;

	asm volatile("str %w0, [%1]" : : "r" (value), "r" (address) : "memory");
}

#endif /* BENCH_ARCH_H */
