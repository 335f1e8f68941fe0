// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Formatted output: %c %s %d %i %u %x %X %p %%, flags '0' and '-', width, l and ll.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate_format.h>

struct conversion {
	bool left;
	bool zero;
	unsigned int width;
	unsigned int longs;
};

struct output {
	inmate_putc_t put;
	void *ctx;
};

static void put_repeated(struct output *out, char c, unsigned int count)
{
	while (count--)
		out->put(out->ctx, c);
}

static void put_chars(struct output *out, const char *s, unsigned int len)
{
	while (len--)
		out->put(out->ctx, *s++);
}

/* @prefix (sign or 0x) stands in front of zeros and behind blanks */
static void put_field(struct output *out, const struct conversion *conv, const char *prefix, const char *s, unsigned int len)
{
	unsigned int prefix_len = 0, pad;

	while (prefix[prefix_len])
		prefix_len++;
	pad = conv->width > prefix_len + len ? conv->width - prefix_len - len : 0;

	if (!conv->left && !conv->zero)
		put_repeated(out, ' ', pad);
	put_chars(out, prefix, prefix_len);
	if (!conv->left && conv->zero)
		put_repeated(out, '0', pad);
	put_chars(out, s, len);
	if (conv->left)
		put_repeated(out, ' ', pad);
}

static void put_number(struct output *out, const struct conversion *conv, const char *prefix, unsigned long long v,
		       unsigned int base, const char *digits)
{
	char text[20];
	unsigned int pos = sizeof(text);

	do {
		text[--pos] = digits[v % base];
		v /= base;
	} while (v);
	put_field(out, conv, prefix, text + pos, sizeof(text) - pos);
}

static void put_string(struct output *out, struct conversion *conv, const char *s)
{
	unsigned int len = 0;

	if (!s)
		s = "(null)";
	while (s[len])
		len++;
	conv->zero = false;
	put_field(out, conv, "", s, len);
}

static long long take_signed(unsigned int longs, va_list *ap)
{
	if (longs >= 2)
		return va_arg(*ap, long long);
	return longs ? va_arg(*ap, long) : va_arg(*ap, int);
}

static unsigned long long take_unsigned(unsigned int longs, va_list *ap)
{
	if (longs >= 2)
		return va_arg(*ap, unsigned long long);
	return longs ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);
}

static void put_signed(struct output *out, struct conversion *conv, long long v)
{
	if (v < 0)
		put_number(out, conv, "-", 0 - (unsigned long long)v, 10, "0123456789");
	else
		put_number(out, conv, "", v, 10, "0123456789");
}

/* Returns the position behind flags, width and length */
static const char *parse_conversion(const char *fmt, struct conversion *conv)
{
	*conv = (struct conversion){ 0 };
	for (; *fmt == '0' || *fmt == '-'; fmt++) {
		conv->zero |= *fmt == '0';
		conv->left |= *fmt == '-';
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		conv->width = conv->width * 10 + (*fmt - '0');
	for (; *fmt == 'l'; fmt++)
		conv->longs++;
	return fmt;
}

/* Returns false for a conversion that does not exist */
static bool put_conversion(struct output *out, char type, struct conversion *conv, va_list *ap)
{
	char c;

	switch (type) {
	case 'c':
		c = (char)va_arg(*ap, int);
		conv->zero = false;
		put_field(out, conv, "", &c, 1);
		return true;
	case 's':
		put_string(out, conv, va_arg(*ap, const char *));
		return true;
	case 'd':
	case 'i':
		put_signed(out, conv, take_signed(conv->longs, ap));
		return true;
	case 'u':
		put_number(out, conv, "", take_unsigned(conv->longs, ap), 10, "0123456789");
		return true;
	case 'x':
		put_number(out, conv, "", take_unsigned(conv->longs, ap), 16, "0123456789abcdef");
		return true;
	case 'X':
		put_number(out, conv, "", take_unsigned(conv->longs, ap), 16, "0123456789ABCDEF");
		return true;
	case 'p':
		put_number(out, conv, "0x", (unsigned long)va_arg(*ap, void *), 16, "0123456789abcdef");
		return true;
	case '%':
		out->put(out->ctx, '%');
		return true;
	default:
		return false;
	}
}

void inmate_vformat(inmate_putc_t put, void *ctx, const char *fmt, va_list ap)
{
	struct output out = { put, ctx };
	struct conversion conv;
	const char *start;
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt != '%') {
			put(ctx, *fmt++);
			continue;
		}
		start = fmt;
		fmt = parse_conversion(fmt + 1, &conv);
		if (*fmt && put_conversion(&out, *fmt, &conv, &args))
			fmt++;
		else
			put_chars(&out, start, fmt - start);
	}
	va_end(args);
}
