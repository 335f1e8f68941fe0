/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * bench on ARM
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef BENCH_ARCH_H
#define BENCH_ARCH_H

#include <inmate.h>

/* The handler takes bench.arrival by its second instruction. */
#define BENCH_COUNTED_LATE	0

/** From now on a handler stamps each interrupt, in front of the library's. */
void bench_use_vectors(void);

static inline void bench_smc(u32 function)
{
	register u32 r0 asm("r0") = function;

	asm volatile(".arch_extension sec\n\tsmc #0" : "+r" (r0) : : "r1", "r2", "r3", "memory");
}

/* Of which register does matter: these are not banked. */
static inline void bench_read(void *address)
{
	register u32 value asm("r1");

	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (address) : "memory");
}

static inline void bench_write(void *address)
{
	register u32 value asm("r1") = 0;

	asm volatile("str %0, [%1]" : : "r" (value), "r" (address) : "memory");
}

#endif /* BENCH_ARCH_H */
