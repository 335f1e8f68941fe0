// SPDX-License-Identifier: GPL-2.0
/* sources: common/lib/format.c */
/*
 * Ranges, bitmaps, CPU sets, formatting and the freestanding string functions.
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
#include <common/lib/cpu_set.h>
#include <common/lib/format.h>
#include <common/lib/range.h>

/* Beside libc's functions of the same names: under others. */
#define memcpy	own_memcpy
#define memmove	own_memmove
#define memset	own_memset
#define memcmp	own_memcmp
#define strlen	own_strlen
#define strnlen	own_strnlen
#define strcmp	own_strcmp
#define strncmp	own_strncmp
#undef COMMON_LIB_STRING_H
#include <common/lib/string.c>
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp

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

static void clear_bits_are_found_across_words(void **state)
{
	__u64 map[2] = { ~0ULL, 0x7 };

	(void)state;
	assert_int_equal(bitmap_next_zero(map, 128, 0), 67);
	assert_int_equal(bitmap_next_zero(map, 67, 0), 67);
	assert_int_equal(bitmap_next_zero(map, 128, 100), 100);
	assert_int_equal(bitmap_next_zero(map, 64, 0), 64);
	assert_int_equal(bitmap_next_zero(map, 67, 67), 67);
}

static void cpu_sets_ignore_impossible_numbers(void **state)
{
	struct cpu_set a = { 0 }, b = { 0 };

	(void)state;
	cpu_set_add(&a, 255);
	cpu_set_add(&a, 256);
	cpu_set_add(&a, ~0u);
	assert_int_equal(cpu_set_count(&a), 1);
	assert_true(cpu_set_has(&a, 255));
	assert_false(cpu_set_has(&a, 256));
	assert_false(cpu_set_has(&a, 3));
	cpu_set_remove(&a, 1000);
	assert_int_equal(cpu_set_count(&a), 1);
	cpu_set_add(&b, 7);
	cpu_set_remove(&b, 7);
	assert_int_equal(cpu_set_count(&b), 0);
	assert_false(cpu_set_is_subset(&a, &b));
	assert_true(cpu_set_is_subset(&b, &a));
	assert_false(cpu_set_intersects(&a, &b));
	cpu_set_add(&b, 255);
	cpu_set_add(&b, 7);
	assert_true(cpu_set_intersects(&a, &b));
	assert_true(cpu_set_is_subset(&a, &b));
}

static void cpu_sets_are_walked_in_order(void **state)
{
	struct cpu_set s = { 0 };
	__u32 cpu, sum = 0, last = 0;

	(void)state;
	cpu_set_add(&s, 200);
	cpu_set_add(&s, 1);
	cpu_set_add(&s, 64);
	cpu_set_for_each(cpu, &s) {
		assert_true(cpu > last);
		last = cpu;
		sum += cpu;
	}
	assert_int_equal(sum, 265);
}

/* Everything that the formatter knows, libc knows too: they have to agree. */
#define AGREE(...) do {								\
	char own[128], libc[128];						\
	size_t length = format_snprintf(own, sizeof(own), __VA_ARGS__);		\
										\
	snprintf(libc, sizeof(libc), __VA_ARGS__);				\
	assert_string_equal(own, libc);						\
	assert_int_equal(length, strlen(libc));					\
} while (0)

static void numbers_are_printed_as_libc_prints_them(void **state)
{
	const char *volatile narrow = "%hhx %hhd %hx %hd";	/* volatile: compilers dislike what is tested here */

	(void)state;
	AGREE("%d %d %d", 0, -1, 2147483647);
	AGREE("%d %i", -2147483647 - 1, 42);
	AGREE("%u %x %X", 4294967295u, 0xdeadbeef, 0xdeadbeef);
	AGREE("%lu %lx %ld", ~0ul, ~0ul, -1l);
	AGREE("%llu %llx %lld", ~0ull, ~0ull, -9223372036854775807ll - 1);
	AGREE("%zu %zx", (size_t)77, (size_t)77);
	AGREE(narrow, 0x1ff, 0x1ff, 0x1ffff, 0x1ffff);
	AGREE("%8d|%-8d|%08d|%*d|%-*d", -5, -5, -5, 6, 7, 6, 7);
	AGREE("%016llx|%3x|%-5x|", 0x1234ull, 0x12345, 0x1);
	AGREE("%p", (void *)0x1234);
}

static void texts_are_printed_as_libc_prints_them(void **state)
{
	const char *volatile null = "%s|";		/* volatile: hidden from the compiler's check */

	(void)state;
	AGREE("%s|%10s|%-10s|%.2s|%.*s|%c%%", "text", "right", "left", "cut", 1, "cut", 'c');
	AGREE("100%%");
	AGREE("%5c|%-5c|", 'a', 'b');
	AGREE("%*s|%*d|", -6, "left", -6, 7);
	AGREE(null, (char *)NULL);
}

static void unknown_conversions_are_printed_as_they_stand(void **state)
{
	const char *volatile fmt = "%y %d %5q%";	/* volatile: hidden from the compiler's check */
	char own[64];

	(void)state;
	assert_int_equal(format_snprintf(own, sizeof(own), fmt, 7), 9);
	assert_string_equal(own, "%y 7 %5q%");
}

static void a_short_buffer_cuts_and_ends_the_text(void **state)
{
	char own[5] = "xxxx";

	(void)state;
	assert_int_equal(format_snprintf(own, sizeof(own), "%d", 1234567), 7);
	assert_string_equal(own, "1234");
	assert_int_equal(format_snprintf(own, 1, "abc"), 3);
	assert_string_equal(own, "");
	assert_int_equal(format_snprintf(NULL, 0, "abc"), 3);
}

static void collect(void *arg, char c)
{
	char *text = arg;
	size_t length = strlen(text);

	text[length] = c;
	text[length + 1] = '\0';
}

static void a_sink_gets_every_character_in_order(void **state)
{
	char text[32] = "";
	const struct log_sink sink = { .put = collect, .arg = text };

	(void)state;
	format_print(&sink, "%s=%x", "a", 255);
	assert_string_equal(text, "a=ff");
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

static void string_functions_do_what_their_names_say(void **state)
{
	(void)state;
	assert_int_equal(own_strlen("abc"), 3);
	assert_int_equal(own_strnlen("abc", 2), 2);
	assert_int_equal(own_strcmp("abc", "abc"), 0);
	assert_true(own_strcmp("abc", "abd") < 0);
	assert_true(own_strcmp("abc", "ab") > 0);
	assert_true(own_strcmp("\xff", "a") > 0);
	assert_int_equal(own_strncmp("abc", "abd", 2), 0);
	assert_int_equal(own_strncmp("a\0b", "a\0c", 3), 0);
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
		cmocka_unit_test(clear_bits_are_found_across_words),
		cmocka_unit_test(cpu_sets_ignore_impossible_numbers),
		cmocka_unit_test(cpu_sets_are_walked_in_order),
		cmocka_unit_test(numbers_are_printed_as_libc_prints_them),
		cmocka_unit_test(texts_are_printed_as_libc_prints_them),
		cmocka_unit_test(unknown_conversions_are_printed_as_they_stand),
		cmocka_unit_test(a_short_buffer_cuts_and_ends_the_text),
		cmocka_unit_test(a_sink_gets_every_character_in_order),
		cmocka_unit_test(memory_functions_do_what_their_names_say),
		cmocka_unit_test(long_areas_are_filled_from_any_place_and_no_further),
		cmocka_unit_test(string_functions_do_what_their_names_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
