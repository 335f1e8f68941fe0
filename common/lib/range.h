/* SPDX-License-Identifier: GPL-2.0 */
/*
 * range - checked arithmetic on [start, start + size). Header only, so that the kernel module can use it too.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_LIB_RANGE_H
#define COMMON_LIB_RANGE_H

#include <jailhouse/types.h>

/** Last byte + 1 of the range in @end; false (@end untouched) when it does not fit in 64 bits. */
static inline bool range_end(__u64 start, __u64 size, __u64 *end)
{
	if (size > ~0ULL - start)
		return false;
	*end = start + size;
	return true;
}

/** Last byte of the range, 2^64 - 1 when it runs past the end. Only for ranges that are not empty. */
static inline __u64 range_last(__u64 start, __u64 size)
{
	return size - 1 > ~0ULL - start ? ~0ULL : start + (size - 1);
}

/** Do the ranges share a byte? Empty ranges never do; what runs past 2^64 ends there. */
static inline bool range_overlap(__u64 a, __u64 a_size, __u64 b, __u64 b_size)
{
	if (a_size == 0 || b_size == 0)
		return false;
	return a <= range_last(b, b_size) && b <= range_last(a, a_size);
}

/** Is the inner range wholly inside the outer one? An empty inner range is, if it starts within or at the end. */
static inline bool range_contains(__u64 outer, __u64 outer_size, __u64 inner, __u64 inner_size)
{
	if (inner < outer || inner - outer > outer_size)
		return false;
	return inner_size <= outer_size - (inner - outer);
}

/** The first common byte of two ranges that overlap */
static inline __u64 range_first_common(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

#endif /* COMMON_LIB_RANGE_H */
