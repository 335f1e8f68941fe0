// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/string.h>

/* gcc would turn the loops below into calls of the functions that contain them. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

typedef __u64 __attribute__((may_alias)) word;
#define WORD	sizeof(word)

static bool word_aligned(const void *a, const void *b)
{
	return (((unsigned long)a | (unsigned long)b) & (WORD - 1)) == 0;
}

static void *copy_forward(void *dst, const void *src, size_t n)
{
	__u8 *d = dst;
	const __u8 *s = src;

	if (word_aligned(dst, src))
		for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
			*(word *)d = *(const word *)s;
	while (n--)
		*d++ = *s++;
	return dst;
}

void *memcpy(void *dst, const void *src, size_t n)
{
	return copy_forward(dst, src, n);
}

void *memmove(void *dst, const void *src, size_t n)
{
	__u8 *d = dst;
	const __u8 *s = src;

	if (d <= s)
		return copy_forward(dst, src, n);
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	word pattern = (__u8)c * 0x0101010101010101ULL;
	__u8 *d = dst;

	for (; n && !word_aligned(d, d); n--)
		*d++ = c;
	for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD) {
		word *w = (word *)d;

		w[0] = w[1] = w[2] = w[3] = pattern;
	}
	while (n--)
		*d++ = c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const __u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
