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

/* An argument of as many bits as its conversion says: long has 32 of them on ARMv7. */
#define NUMBER(sign) (longs > 1 ? va_arg(ap, sign long long) : longs ? va_arg(ap, sign long) : va_arg(ap, sign int))

void format_vprint(const struct log_sink *sink, const char *fmt, va_list ap)
{
	const char *start;
	unsigned int longs;

	for (; *fmt; fmt++) {
		start = fmt;
		if (*fmt != '%') {
			sink->put(sink->arg, *fmt);
			continue;
		}
		for (longs = 0; *++fmt == 'l'; longs++)
			;
		switch (*fmt) {
		case 's':
			put_text(sink, va_arg(ap, const char *));
			break;
		case 'd':
			put_signed(sink, NUMBER(signed));
			break;
		case 'u':
		case 'x':
			put_number(sink, NUMBER(unsigned), *fmt == 'u' ? 10 : 16);
			break;
		default:
			/* the rest stands for itself */
			sink->put(sink->arg, '%');
			fmt = start;
			break;
		}
	}
}
