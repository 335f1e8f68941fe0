/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bitmap - bits in arrays of 64-bit words. Not atomic: the caller holds the lock or owns the array.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_LIB_BITMAP_H
#define COMMON_LIB_BITMAP_H

#include <jailhouse/types.h>

#define BITMAP_WORDS(bits)	(((bits) + 63) / 64)

static inline bool bitmap_test(const __u64 *map, __u32 bit)
{
	return map[bit / 64] >> (bit % 64) & 1;
}

static inline void bitmap_set(__u64 *map, __u32 bit)
{
	map[bit / 64] |= 1ULL << (bit % 64);
}

static inline void bitmap_clear(__u64 *map, __u32 bit)
{
	map[bit / 64] &= ~(1ULL << (bit % 64));
}

/** First set bit at or after @from, or @bits when there is none below @bits. */
static inline __u32 bitmap_next(const __u64 *map, __u32 bits, __u32 from)
{
	while (from < bits) {
		__u64 rest = map[from / 64] >> (from % 64);

		if (rest) {
			from += (__u32)__builtin_ctzll(rest);
			return from < bits ? from : bits;
		}
		from = (from / 64 + 1) * 64;
	}
	return bits;
}

/** Number of set bits below @bits */
static inline __u32 bitmap_weight(const __u64 *map, __u32 bits)
{
	__u32 bit, n = 0;

	for (bit = bitmap_next(map, bits, 0); bit < bits; bit = bitmap_next(map, bits, bit + 1))
		n++;
	return n;
}

#define bitmap_for_each(bit, map, bits) \
	for ((bit) = bitmap_next(map, bits, 0); (bit) < (bits); (bit) = bitmap_next(map, bits, (bit) + 1))

#endif /* COMMON_LIB_BITMAP_H */
