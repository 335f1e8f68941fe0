/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Text out (formatting) and text in (parameters) without a console or a command line: pure, tested on the host.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_FORMAT_H
#define INMATE_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef void (*inmate_putc_t)(void *ctx, char c);

/** Format as printk() does, handing each character to @put. An unknown conversion is put out as it stands. */
void inmate_vformat(inmate_putc_t put, void *ctx, const char *fmt, va_list ap);

/*
 * Parameters: @text holds words separated by blanks, "name" or "name=value", and ends at NUL or after @limit bytes. A name matches
 * only as a whole; the first match counts.
 */
const char *param_str(const char *text, size_t limit, const char *name, char *buffer, size_t size, const char *default_value);
long long param_int(const char *text, size_t limit, const char *name, long long default_value);
bool param_bool(const char *text, size_t limit, const char *name, bool default_value);

#endif /* INMATE_FORMAT_H */
