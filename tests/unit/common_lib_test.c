// SPDX-License-Identifier: GPL-2.0
/* sources: common/lib/format.c */
/*
 * Ranges, bitmaps, formatting and the freestanding memory functions.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <common/lib/bitmap.h>
#include <common/lib/format.h>
#include <common/lib/range.h>

/* Beside libc's functions of the same names: under others. */
#define memcpy	own_memcpy
#define memmove	own_memmove
#define memset	own_memset
#define memcmp	own_memcmp
#undef COMMON_LIB_STRING_H
#include <common/lib/string.c>
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

#define TOP	0xfffffffffffff000ULL

static void the_end_of_a_range_beyond_64_bits_is_told(void **state)
{
	__u64 end = 5;

	(void)state;
	assert_true(range_end(0x1000, 0x2000, &end));
	assert_true(end == 0x3000);
	assert_true(range_end(TOP, 0xfff, &end));
	assert_true(end == ~0ULL);
	end = 5;
	assert_false(range_end(TOP, 0x1000, &end));
	assert_false(range_end(1, ~0ULL, &end));
	assert_true(end == 5);
}

static void ranges_that_touch_do_not_overlap(void **state)
{
	(void)state;
	assert_false(range_overlap(0, 0x1000, 0x1000, 0x1000));
	assert_false(range_overlap(0x1000, 0x1000, 0, 0x1000));
	assert_true(range_overlap(0, 0x1001, 0x1000, 0x1000));
	assert_true(range_overlap(0x1000, 0x1000, 0x1fff, 1));
	assert_true(range_overlap(0x1800, 1, 0x1000, 0x1000));
}

static void empty_ranges_overlap_with_nothing(void **state)
{
	(void)state;
	assert_false(range_overlap(0x1000, 0, 0, ~0ULL));
	assert_false(range_overlap(0, ~0ULL, 0x1000, 0));
}

static void ranges_that_wrap_around_end_at_the_top(void **state)
{
	(void)state;
	assert_true(range_overlap(TOP, ~0ULL, TOP + 5, 1));
	assert_false(range_overlap(TOP, ~0ULL, 0, 0x1000));
	assert_true(range_overlap(TOP, 0x1000, ~0ULL, 1));
}

static void containment_includes_both_borders(void **state)
{
	(void)state;
	assert_true(range_contains(0x1000, 0x1000, 0x1000, 0x1000));
	assert_true(range_contains(0x1000, 0x1000, 0x1fff, 1));
	assert_true(range_contains(0x1000, 0x1000, 0x2000, 0));
	assert_false(range_contains(0x1000, 0x1000, 0x1fff, 2));
	assert_false(range_contains(0x1000, 0x1000, 0xfff, 2));
	assert_false(range_contains(0x1000, 0x1000, 0x1800, ~0ULL));
}

static void bits_are_found_across_words(void **state)
{
	__u64 map[3] = { 0 };

	(void)state;
	bitmap_set(map, 3);
	bitmap_set(map, 64);
	bitmap_set(map, 191);
	assert_int_equal(bitmap_next(map, 192, 0), 3);
	assert_int_equal(bitmap_next(map, 192, 4), 64);
	assert_int_equal(bitmap_next(map, 192, 65), 191);
	assert_int_equal(bitmap_next(map, 191, 65), 191);
	assert_int_equal(bitmap_weight(map, 192), 3);
	assert_int_equal(bitmap_weight(map, 191), 2);
	bitmap_clear(map, 64);
	assert_false(bitmap_test(map, 64));
	assert_int_equal(bitmap_next(map, 192, 4), 191);
}

static void collect(void *arg, char c)
{
	char *text = arg;
	size_t length = strlen(text);

	text[length] = c;
	text[length + 1] = '\0';
}

/* As it comes out of the formatter, which the compiler's check does not know. */
static const char *printed(const char *fmt, ...)
{
	static char text[128];
	const struct log_sink sink = { .put = collect, .arg = text };
	va_list ap;

	text[0] = '\0';
	va_start(ap, fmt);
	format_vprint(&sink, fmt, ap);
	va_end(ap);
	return text;
}

/* What the formatter knows, libc knows too: they have to agree. */
#define AGREE(...) do {								\
	char libc[128];								\
										\
	snprintf(libc, sizeof(libc), __VA_ARGS__);				\
	assert_string_equal(printed(__VA_ARGS__), libc);			\
} while (0)

static void numbers_and_texts_are_printed_as_libc_prints_them(void **state)
{
	(void)state;
	AGREE("%d %d %d %d", 0, -1, 2147483647, -2147483647 - 1);
	AGREE("%u %x %x", 4294967295u, 0xdeadbeef, 0);
	AGREE("%lu %lx %ld", ~0ul, ~0ul, -1l);
	AGREE("%llu %llx %lld", ~0ull, ~0ull, -9223372036854775807ll - 1);
	AGREE("%s|%s|%x", "text", "", 255);
}

static void other_conversions_are_printed_as_they_stand(void **state)
{
	(void)state;
	assert_string_equal(printed("%y %d %5u %lq %% %l", 7), "%y 7 %5u %lq %% %l");
	assert_string_equal(printed("%"), "%");
}

static void memory_functions_do_what_their_names_say(void **state)
{
	char a[8] = "abcdefg", b[8] = "";

	(void)state;
	assert_ptr_equal(own_memcpy(b, a, 8), b);
	assert_string_equal(b, "abcdefg");
	own_memmove(b + 1, b, 4);
	assert_string_equal(b, "aabcdfg");
	own_memmove(b, b + 1, 4);
	assert_string_equal(b, "abcddfg");
	own_memset(b, 'z', 3);
	assert_string_equal(b, "zzzddfg");
	assert_true(own_memcmp("ab", "ac", 2) < 0);
	assert_true(own_memcmp("\xff", "\x01", 1) > 0);
	assert_int_equal(own_memcmp("ab", "ac", 1), 0);
	assert_int_equal(own_memcmp("a", "b", 0), 0);
}

static void long_areas_are_filled_from_any_place_and_no_further(void **state)
{
	char area[160], wanted[160];
	size_t first, n;

	(void)state;
	for (first = 0; first < 9; first++)
		for (n = 0; n < 140; n++) {
			memset(area, 'a', sizeof(area));
			memset(wanted, 'a', sizeof(wanted));
			memset(wanted + first, 'z', n);
			assert_ptr_equal(own_memset(area + first, 'z', n), area + first);
			assert_memory_equal(area, wanted, sizeof(area));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_range_beyond_64_bits_is_told),
		cmocka_unit_test(ranges_that_touch_do_not_overlap),
		cmocka_unit_test(empty_ranges_overlap_with_nothing),
		cmocka_unit_test(ranges_that_wrap_around_end_at_the_top),
		cmocka_unit_test(containment_includes_both_borders),
		cmocka_unit_test(bits_are_found_across_words),
		cmocka_unit_test(numbers_and_texts_are_printed_as_libc_prints_them),
		cmocka_unit_test(other_conversions_are_printed_as_they_stand),
		cmocka_unit_test(memory_functions_do_what_their_names_say),
		cmocka_unit_test(long_areas_are_filled_from_any_place_and_no_further),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
