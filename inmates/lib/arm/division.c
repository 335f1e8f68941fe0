// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the compiler's library calls when a divisor is zero (RTABI 4.3.2): an undefined instruction.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../arm-common/internal.h"

long long __aeabi_ldiv0(long long value);
int __aeabi_idiv0(int value);

long long __aeabi_ldiv0(long long value)
{
	__builtin_trap();
}

int __aeabi_idiv0(int value)
{
	__builtin_trap();
}
