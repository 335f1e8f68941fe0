// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Memory and strings.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

void *memset(void *s, int c, size_t n)
{
	u8 *p = s;

	while (n--)
		*p++ = (u8)c;
	return s;
}

void *memcpy(void *dst, const void *src, size_t n)
{
	const u8 *from = src;
	u8 *to = dst;

	while (n--)
		*to++ = *from++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	const u8 *from = src;
	u8 *to = dst;

	if (to <= from)
		return memcpy(dst, src, n);
	while (n--)
		to[n] = from[n];
	return dst;
}

int memcmp(const void *s1, const void *s2, size_t n)
{
	const u8 *a = s1, *b = s2;

	for (; n; n--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

static unsigned char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static unsigned char same(char c)
{
	return c;
}

static inline int compare(const char *s1, const char *s2, size_t n, unsigned char (*fold)(char))
{
	for (; n; n--, s1++, s2++) {
		int diff = fold(*s1) - fold(*s2);

		if (diff || !*s1)
			return diff;
	}
	return 0;
}

int strcmp(const char *s1, const char *s2)
{
	return compare(s1, s2, SIZE_MAX, same);
}

int strncmp(const char *s1, const char *s2, size_t n)
{
	return compare(s1, s2, n, same);
}

int strncasecmp(const char *s1, const char *s2, size_t n)
{
	return compare(s1, s2, n, lower);
}
