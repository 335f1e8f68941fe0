/* sources: inmates/lib/param.c */
/* cflags: -Iinmates/lib/include */
// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of inmates.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <inmate_format.h>

#define BUFFER_SIZE	256

static void assert_str(const char *text, const char *name, const char *expected)
{
	char value[32];

	assert_string_equal(param_str(text, BUFFER_SIZE, name, value, sizeof(value), "default"), expected);
}

static long long get_int(const char *text, const char *name)
{
	return param_int(text, BUFFER_SIZE, name, -99);
}

static void value_is_found_among_others(void **state)
{
	assert_str("a=1 kernel=vmlinuz b", "kernel", "vmlinuz");
	assert_str("kernel=vmlinuz", "kernel", "vmlinuz");
	assert_str("  x=1\tkernel=vmlinuz\n", "kernel", "vmlinuz");
}

static void absent_parameter_gives_the_default(void **state)
{
	assert_str("", "kernel", "default");
	assert_str("a=1", "kernel", "default");
	assert_int_equal(get_int("a=1", "b"), -99);
	assert_true(param_bool("a=1", BUFFER_SIZE, "b", true));
	assert_false(param_bool("a=1", BUFFER_SIZE, "b", false));
}

static void longer_name_does_not_match(void **state)
{
	assert_str("kernelx=wrong", "kernel", "default");
	assert_str("kernelx=wrong kernel=right", "kernel", "right");
	assert_int_equal(get_int("con-baseline=5", "con-base"), -99);
}

static void shorter_name_does_not_match(void **state)
{
	assert_str("ker=wrong", "kernel", "default");
	assert_str("ernel=wrong", "kernel", "default");
}

static void name_inside_a_value_does_not_match(void **state)
{
	assert_str("x=kernel=wrong", "kernel", "default");
	assert_str("mykernel=wrong", "kernel", "default");
}

static void first_match_counts(void **state)
{
	assert_str("a=1 a=2", "a", "1");
}

static void long_string_is_cut_to_the_buffer(void **state)
{
	char value[4] = "###";

	assert_string_equal(param_str("a=abcdefgh", BUFFER_SIZE, "a", value, sizeof(value), ""), "abc");
	assert_string_equal(param_str("", BUFFER_SIZE, "a", value, sizeof(value), "default"), "def");
}

static void text_without_terminator_ends_at_its_limit(void **state)
{
	const char text[] = { 'a', '=', '1', '2', '3' };
	char value[8];

	assert_string_equal(param_str(text, sizeof(text), "a", value, sizeof(value), ""), "123");
	assert_int_equal(param_int(text, 4, "a", 0), 12);
	assert_int_equal(param_int(text, 1, "a", 7), 7);
}

static void integers_are_decimal_or_hexadecimal(void **state)
{
	assert_int_equal(get_int("a=0", "a"), 0);
	assert_int_equal(get_int("a=1234", "a"), 1234);
	assert_int_equal(get_int("a=-5", "a"), -5);
	assert_int_equal(get_int("a=+5", "a"), 5);
	assert_int_equal(get_int("a=0xfe", "a"), 0xfe);
	assert_int_equal(get_int("a=0XfE", "a"), 0xfe);
	assert_true(get_int("a=0xffffffffffffffff", "a") == -1);
	assert_true(get_int("a=9223372036854775807", "a") == LLONG_MAX);
}

static void malformed_integer_gives_the_default(void **state)
{
	static const char *const malformed[] = {
		"a", "a=", "a=x", "a=12x", "a=0x", "a=0xg", "a=-", "a=--1", "a=1.5", "a=9223372036854775808",
		"a=0x10000000000000000", "a=-0x5",
	};
	unsigned int n;

	for (n = 0; n < sizeof(malformed) / sizeof(malformed[0]); n++)
		assert_int_equal(get_int(malformed[n], "a"), -99);
}

static void booleans_follow_the_words(void **state)
{
	static const char *const yes[] = { "a", "a=true", "a=TRUE", "a=True", "a=1", "a=12" };
	static const char *const no[] = { "a=false", "a=FALSE", "a=0", "a=0x1" };
	static const char *const neither[] = { "a=", "a=yes", "a=tru", "a=truex", "a=falsey" };
	unsigned int n;

	for (n = 0; n < sizeof(yes) / sizeof(yes[0]); n++)
		assert_true(param_bool(yes[n], BUFFER_SIZE, "a", false));
	for (n = 0; n < sizeof(no) / sizeof(no[0]); n++)
		assert_false(param_bool(no[n], BUFFER_SIZE, "a", true));
	for (n = 0; n < sizeof(neither) / sizeof(neither[0]); n++) {
		assert_true(param_bool(neither[n], BUFFER_SIZE, "a", true));
		assert_false(param_bool(neither[n], BUFFER_SIZE, "a", false));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_is_found_among_others),
		cmocka_unit_test(absent_parameter_gives_the_default),
		cmocka_unit_test(longer_name_does_not_match),
		cmocka_unit_test(shorter_name_does_not_match),
		cmocka_unit_test(name_inside_a_value_does_not_match),
		cmocka_unit_test(first_match_counts),
		cmocka_unit_test(long_string_is_cut_to_the_buffer),
		cmocka_unit_test(text_without_terminator_ends_at_its_limit),
		cmocka_unit_test(integers_are_decimal_or_hexadecimal),
		cmocka_unit_test(malformed_integer_gives_the_default),
		cmocka_unit_test(booleans_follow_the_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
