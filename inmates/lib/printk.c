// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Formatted output to the console.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"
#include <inmate_format.h>

static void put(void *ctx, char c)
{
	console_putc(c);
}

void printk(const char *fmt, ...)
{
	unsigned long flags;
	va_list ap;

	if (!console_available())
		return;
	flags = arch_lock_output();
	va_start(ap, fmt);
	inmate_vformat(put, NULL, fmt, ap);
	va_end(ap);
	arch_unlock_output(flags);
}
