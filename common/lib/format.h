/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format - printf for the hypervisor, character by character into a sink that the caller injects.
 *
 * Understood: %s %d %u %x, with l or ll before the last three. Any other % is printed as it stands, and takes no argument.
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

#endif /* COMMON_LIB_FORMAT_H */
