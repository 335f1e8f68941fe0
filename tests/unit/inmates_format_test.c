/* sources: inmates/lib/format.c */
/* cflags: -Iinmates/lib/include */
// SPDX-License-Identifier: GPL-2.0
/*
 * Formatted output of inmates, against the C library's.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <inmate_format.h>

struct text {
	char chars[256];
	size_t len;
};

static void put(void *ctx, char c)
{
	struct text *text = ctx;

	assert_true(text->len < sizeof(text->chars) - 1);
	text->chars[text->len++] = c;
	text->chars[text->len] = 0;
}

static void format(struct text *text, const char *fmt, ...)
{
	va_list ap;

	memset(text, 0, sizeof(*text));
	va_start(ap, fmt);
	inmate_vformat(put, text, fmt, ap);
	va_end(ap);
}

#define assert_as_libc(...) do { \
	char expected[256]; \
	struct text text; \
\
	snprintf(expected, sizeof(expected), __VA_ARGS__); \
	format(&text, __VA_ARGS__); \
	assert_string_equal(text.chars, expected); \
} while (0)

#define assert_text(expected, ...) do { \
	struct text text; \
\
	format(&text, __VA_ARGS__); \
	assert_string_equal(text.chars, expected); \
} while (0)

static void plain_text_is_unchanged(void **state)
{
	assert_as_libc("Hello, cell\n");
	assert_text("", "%s", "");
	assert_as_libc("100%%");
}

static void decimal_numbers_come_out_as_in_libc(void **state)
{
	assert_as_libc("%d %i %u", 42, -7, 7U);
	assert_as_libc("%d %d", INT_MIN, INT_MAX);
	assert_as_libc("%ld %ld %lu", LONG_MIN, LONG_MAX, ULONG_MAX);
	assert_as_libc("%lld %lld %llu", LLONG_MIN, LLONG_MAX, ULLONG_MAX);
	assert_as_libc("%d", 0);
}

static void hexadecimal_numbers_come_out_as_in_libc(void **state)
{
	assert_as_libc("%x %X %x", 0xbeefU, 0xbeefU, 0U);
	assert_as_libc("%lx %llX", ULONG_MAX, 0x123456789abcdefULL);
}

static void width_pads_on_the_left(void **state)
{
	assert_as_libc("[%6d][%6d][%6u]", 42, -42, 42U);
	assert_as_libc("[%2d]", 12345);
	assert_as_libc("[%8s][%3c]", "abc", 'x');
}

static void zero_flag_pads_behind_the_sign(void **state)
{
	assert_as_libc("[%06d][%06d]", 42, -42);
	assert_as_libc("[%016llx][%02x]", 0xabcULL, 5U);
	assert_as_libc("[%03lu]", 7UL);
}

static void minus_flag_pads_on_the_right(void **state)
{
	assert_as_libc("[%-6d][%-6x][%-4s]", -42, 0xabU, "xy");
	assert_as_libc("[%-12s]", "left");
}

static void pointers_have_a_prefix(void **state)
{
	assert_text("0x1234", "%p", (void *)0x1234);
	assert_text("0x0", "%p", NULL);
	assert_text("0x0012", "%06p", (void *)0x12);
}

static void strings_and_characters_come_out_as_in_libc(void **state)
{
	assert_as_libc("%s-%c-%s", "one", '2', "three");
	assert_text("(null)", "%s", NULL);
}

static void arguments_of_all_sizes_stay_in_step(void **state)
{
	assert_as_libc("%c %lld %d %s %lx %u", 'c', -1LL, 5, "s", 0xffffffff00000000UL, 6U);
}

static void unknown_conversion_is_put_out_as_it_stands(void **state)
{
	assert_text("%q 1", "%q %d", 1);
	assert_text("%08", "%08");
	assert_text("%", "%");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_unchanged),
		cmocka_unit_test(decimal_numbers_come_out_as_in_libc),
		cmocka_unit_test(hexadecimal_numbers_come_out_as_in_libc),
		cmocka_unit_test(width_pads_on_the_left),
		cmocka_unit_test(zero_flag_pads_behind_the_sign),
		cmocka_unit_test(minus_flag_pads_on_the_right),
		cmocka_unit_test(pointers_have_a_prefix),
		cmocka_unit_test(strings_and_characters_come_out_as_in_libc),
		cmocka_unit_test(arguments_of_all_sizes_stay_in_step),
		cmocka_unit_test(unknown_conversion_is_put_out_as_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
