// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * 64-bit division for 32-bit programs: what the compiler calls in place of its own run-time library.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

u64 __udivmoddi4(u64 n, u64 d, u64 *remainder);
u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);
s64 __divdi3(s64 n, s64 d);
s64 __moddi3(s64 n, s64 d);

u64 __udivmoddi4(u64 n, u64 d, u64 *remainder)
{
	u64 quotient = 0, rest = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		u64 carry = rest >> 63;

		rest = (rest << 1) | ((n >> bit) & 1);
		if (carry || rest >= d) {
			rest -= d;
			quotient |= 1ULL << bit;
		}
	}
	if (remainder)
		*remainder = rest;
	return quotient;
}

u64 __udivdi3(u64 n, u64 d)
{
	return __udivmoddi4(n, d, NULL);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 rest;

	__udivmoddi4(n, d, &rest);
	return rest;
}

s64 __divdi3(s64 n, s64 d)
{
	u64 quotient = __udivmoddi4(n < 0 ? -n : n, d < 0 ? -d : d, NULL);

	return (n < 0) != (d < 0) ? -quotient : quotient;
}

s64 __moddi3(s64 n, s64 d)
{
	u64 rest;

	__udivmoddi4(n < 0 ? -n : n, d < 0 ? -d : d, &rest);
	return n < 0 ? -rest : rest;
}
