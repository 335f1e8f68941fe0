// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/format.h>

struct conversion {
	bool left, zero;
	unsigned int width;
	int precision;		/* -1: none */
	unsigned int length;	/* bytes of the integer argument */
};

static void put_repeated(const struct log_sink *sink, char c, unsigned int n)
{
	while (n--)
		sink->put(sink->arg, c);
}

static void put_bytes(const struct log_sink *sink, const char *s, unsigned int n)
{
	while (n--)
		sink->put(sink->arg, *s++);
}

/* @prefix (sign, 0x) stands before zeros and behind blanks. */
static void put_padded(const struct log_sink *sink, const struct conversion *c, const char *prefix, unsigned int prefix_len,
		       const char *s, unsigned int len)
{
	unsigned int total = prefix_len + len;
	unsigned int fill = c->width > total ? c->width - total : 0;

	if (!c->left && !c->zero)
		put_repeated(sink, ' ', fill);
	put_bytes(sink, prefix, prefix_len);
	if (!c->left && c->zero)
		put_repeated(sink, '0', fill);
	put_bytes(sink, s, len);
	if (c->left)
		put_repeated(sink, ' ', fill);
}

static void put_number(const struct log_sink *sink, const struct conversion *c, const char *prefix, unsigned int prefix_len,
		       __u64 value, unsigned int base, const char *digits)
{
	char buf[20];
	unsigned int pos = sizeof(buf);

	do {
		buf[--pos] = digits[value % base];
		value /= base;
	} while (value);
	put_padded(sink, c, prefix, prefix_len, buf + pos, (unsigned int)sizeof(buf) - pos);
}

static void put_signed(const struct log_sink *sink, const struct conversion *c, __s64 value)
{
	bool negative = value < 0;
	__u64 magnitude = negative ? 0 - (__u64)value : (__u64)value;

	put_number(sink, c, "-", negative, magnitude, 10, "0123456789");
}

static void put_string(const struct log_sink *sink, struct conversion *c, const char *s)
{
	unsigned int len = 0;

	if (!s)
		s = "(null)";
	while ((c->precision < 0 || len < (unsigned int)c->precision) && s[len])
		len++;
	c->zero = false;
	put_padded(sink, c, "", 0, s, len);
}

static const char *parse_flags(const char *f, struct conversion *c)
{
	for (;; f++) {
		if (*f == '-')
			c->left = true;
		else if (*f == '0')
			c->zero = true;
		else
			return f;
	}
}

static const char *parse_decimal(const char *f, unsigned int *n)
{
	for (*n = 0; *f >= '0' && *f <= '9'; f++)
		*n = *n * 10 + (unsigned int)(*f - '0');
	return f;
}

static const char *parse_length(const char *f, struct conversion *c)
{
	c->length = sizeof(int);
	if (*f == 'z') {
		c->length = sizeof(size_t);
		return f + 1;
	}
	for (; *f == 'h'; f++)
		c->length = c->length == sizeof(int) ? sizeof(short) : sizeof(char);
	for (; *f == 'l'; f++)
		c->length = c->length == sizeof(int) ? sizeof(long) : sizeof(long long);
	return f;
}

/* A va_list passed on by address, so that its position survives the call. */
struct args {
	va_list ap;
};

static __u64 next_unsigned(struct args *a, unsigned int length)
{
	if (length > sizeof(int))
		return length == sizeof(long) ? va_arg(a->ap, unsigned long) : va_arg(a->ap, unsigned long long);

	__u64 value = va_arg(a->ap, unsigned int);

	return length < sizeof(int) ? value & ((1ULL << (8 * length)) - 1) : value;
}

static __s64 next_signed(struct args *a, unsigned int length)
{
	if (length > sizeof(int))
		return length == sizeof(long) ? va_arg(a->ap, long) : va_arg(a->ap, long long);

	int value = va_arg(a->ap, int);

	if (length == sizeof(char))
		return (signed char)value;
	return length == sizeof(short) ? (short)value : value;
}

static const char *parse_conversion(const char *f, struct conversion *c, struct args *a)
{
	unsigned int n;

	f = parse_flags(f, c);
	if (*f == '*') {
		int width = va_arg(a->ap, int);

		c->left |= width < 0;
		c->width = width < 0 ? 0u - (unsigned int)width : (unsigned int)width;
		f++;
	} else {
		f = parse_decimal(f, &c->width);
	}
	if (*f == '.') {
		if (*++f == '*') {
			c->precision = va_arg(a->ap, int);
			f++;
		} else {
			f = parse_decimal(f, &n);
			c->precision = (int)n;
		}
	}
	return parse_length(f, c);
}

/* False: not a conversion that we know. */
static bool put_conversion(const struct log_sink *sink, struct conversion *c, char kind, struct args *a)
{
	char ch;

	switch (kind) {
	case 'd':
	case 'i':
		put_signed(sink, c, next_signed(a, c->length));
		return true;
	case 'u':
		put_number(sink, c, "", 0, next_unsigned(a, c->length), 10, "0123456789");
		return true;
	case 'x':
		put_number(sink, c, "", 0, next_unsigned(a, c->length), 16, "0123456789abcdef");
		return true;
	case 'X':
		put_number(sink, c, "", 0, next_unsigned(a, c->length), 16, "0123456789ABCDEF");
		return true;
	case 'p':
		put_number(sink, c, "0x", 2, (__u64)(unsigned long)va_arg(a->ap, void *), 16, "0123456789abcdef");
		return true;
	case 'c':
		ch = (char)va_arg(a->ap, int);
		c->zero = false;
		put_padded(sink, c, "", 0, &ch, 1);
		return true;
	case 's':
		put_string(sink, c, va_arg(a->ap, const char *));
		return true;
	case '%':
		sink->put(sink->arg, '%');
		return true;
	}
	return false;
}

void format_vprint(const struct log_sink *sink, const char *fmt, va_list ap)
{
	struct args args;

	va_copy(args.ap, ap);
	while (*fmt) {
		struct conversion c = { .precision = -1 };
		const char *start = fmt;

		if (*fmt != '%') {
			sink->put(sink->arg, *fmt++);
			continue;
		}
		fmt = parse_conversion(fmt + 1, &c, &args);
		if (*fmt && put_conversion(sink, &c, *fmt, &args)) {
			fmt++;
			continue;
		}
		put_bytes(sink, start, (unsigned int)(fmt - start));
	}
	va_end(args.ap);
}

void format_print(const struct log_sink *sink, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_vprint(sink, fmt, ap);
	va_end(ap);
}

struct buffer {
	char *start;
	size_t size, length;
};

static void buffer_put(void *arg, char c)
{
	struct buffer *b = arg;

	if (b->length + 1 < b->size)
		b->start[b->length] = c;
	b->length++;
}

size_t format_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct buffer b = { .start = buf, .size = size };
	const struct log_sink sink = { .put = buffer_put, .arg = &b };

	format_vprint(&sink, fmt, ap);
	if (size)
		buf[b.length < size ? b.length : size - 1] = '\0';
	return b.length;
}

size_t format_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	size_t length;
	va_list ap;

	va_start(ap, fmt);
	length = format_vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return length;
}
