/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format - printf for freestanding code, character by character into a sink that the caller injects.
 *
 * Understood: %c %s %d %i %u %x %X %p %%, flags '-' and '0', width (also *), precision for %s (also .*), length h hh l ll z.
 * Anything else is printed as it stands.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_LIB_FORMAT_H
#define COMMON_LIB_FORMAT_H

#include <stdarg.h>
#include <jailhouse/types.h>

/** struct log_sink - where characters go; @put is called once for each, in order */
struct log_sink {
	void (*put)(void *arg, char c);
	void *arg;
};

void format_vprint(const struct log_sink *sink, const char *fmt, va_list ap);

__attribute__((format(printf, 2, 3)))
void format_print(const struct log_sink *sink, const char *fmt, ...);

/** Always terminates @buf unless @size is 0. Returns the length as if @size were unlimited. */
__attribute__((format(printf, 3, 0)))
size_t format_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

__attribute__((format(printf, 3, 4)))
size_t format_snprintf(char *buf, size_t size, const char *fmt, ...);

#endif /* COMMON_LIB_FORMAT_H */
