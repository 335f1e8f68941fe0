/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cpu_set - a set of logical CPUs, as large as CPU numbers get (HV_MAX_CPUS).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_LIB_CPU_SET_H
#define COMMON_LIB_CPU_SET_H

#include <common/lib/bitmap.h>

#define CPU_SET_BITS	256

struct cpu_set {
	__u64 bits[BITMAP_WORDS(CPU_SET_BITS)];
};

static inline bool cpu_set_has(const struct cpu_set *s, __u32 cpu)
{
	return cpu < CPU_SET_BITS && bitmap_test(s->bits, cpu);
}

/** Numbers at or above CPU_SET_BITS are ignored. */
static inline void cpu_set_add(struct cpu_set *s, __u32 cpu)
{
	if (cpu < CPU_SET_BITS)
		bitmap_set(s->bits, cpu);
}

static inline void cpu_set_remove(struct cpu_set *s, __u32 cpu)
{
	if (cpu < CPU_SET_BITS)
		bitmap_clear(s->bits, cpu);
}

static inline __u32 cpu_set_count(const struct cpu_set *s)
{
	return bitmap_weight(s->bits, CPU_SET_BITS);
}

static inline bool cpu_set_is_subset(const struct cpu_set *inner, const struct cpu_set *outer)
{
	unsigned int n;

	for (n = 0; n < BITMAP_WORDS(CPU_SET_BITS); n++)
		if (inner->bits[n] & ~outer->bits[n])
			return false;
	return true;
}

static inline bool cpu_set_intersects(const struct cpu_set *a, const struct cpu_set *b)
{
	unsigned int n;

	for (n = 0; n < BITMAP_WORDS(CPU_SET_BITS); n++)
		if (a->bits[n] & b->bits[n])
			return true;
	return false;
}

#define cpu_set_for_each(cpu, set)	bitmap_for_each(cpu, (set)->bits, CPU_SET_BITS)

#endif /* COMMON_LIB_CPU_SET_H */
