// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/format.h>

static void put_text(const struct log_sink *sink, const char *s)
{
	while (*s)
		sink->put(sink->arg, *s++);
}

static void put_number(const struct log_sink *sink, __u64 value, unsigned int base)
{
	char buf[21], *pos = buf + sizeof(buf) - 1;

	*pos = '\0';
	do {
		*--pos = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_text(sink, pos);
}

static void put_signed(const struct log_sink *sink, __s64 value)
{
	if (value < 0)
		sink->put(sink->arg, '-');
	put_number(sink, value < 0 ? 0 - (__u64)value : (__u64)value, 10);
}

void format_vprint(const struct log_sink *sink, const char *fmt, va_list ap)
{
	const char *start;
	bool wide;

	for (; *fmt; fmt++) {
		start = fmt;
		if (*fmt != '%') {
			sink->put(sink->arg, *fmt);
			continue;
		}
		while (*++fmt == 'l')
			;
		/* long and long long have 64 bits */
		wide = fmt - start > 1;
		switch (*fmt) {
		case 's':
			put_text(sink, va_arg(ap, const char *));
			break;
		case 'd':
			put_signed(sink, wide ? va_arg(ap, long) : va_arg(ap, int));
			break;
		case 'u':
		case 'x':
			put_number(sink, wide ? va_arg(ap, unsigned long) : va_arg(ap, unsigned int), *fmt == 'u' ? 10 : 16);
			break;
		default:
			/* the rest stands for itself */
			sink->put(sink->arg, '%');
			fmt = start;
			break;
		}
	}
}
