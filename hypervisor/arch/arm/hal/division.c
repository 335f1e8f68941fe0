// SPDX-License-Identifier: GPL-2.0
/*
 * division - what the compiler's library calls when a divisor is zero (RTABI 4.3.2): nobody here divides by what may be.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>

s64 __aeabi_ldiv0(s64 value);
int __aeabi_idiv0(int value);

s64 __aeabi_ldiv0(s64 value)
{
	return value;
}

int __aeabi_idiv0(int value)
{
	return value;
}
