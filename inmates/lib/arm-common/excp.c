// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Exceptions that a program expects.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

static bool expected;
static u64 last;

u64 excp_try(void (*code)(void *arg), void *arg)
{
	last = 0;
	expected = true;
	memory_barrier();
	code(arg);
	memory_barrier();
	expected = false;
	return last;
}

bool excp_is_expected(u64 what)
{
	if (expected)
		last = what;
	return expected;
}
