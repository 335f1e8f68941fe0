// SPDX-License-Identifier: GPL-2.0
/* sources: common/efifb/ common/uart/uart.c common/uart/uart_8250.c common/uart/kinds_x86.c */
/*
 * The frame buffer console against a frame buffer between two guards: what can be read on the screen, glyph by glyph.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <common/efifb/efifb.h>
#include <common/uart/uart.h>

#define GUARD		4096	/* pixels */
#define UNTOUCHED	0xdeadbeef
#define SMALL		JAILHOUSE_CON_FB_1024x768
#define LARGE		JAILHOUSE_CON_FB_1920x1080

static const struct {
	__u16 flags;
	unsigned int width, height, columns, rows;
} modes[] = {
	{ SMALL, 1024, 768, 128, 48 },
	{ LARGE, 1920, 1080, 240, 67 },
};

static struct efifb fb;
static __u32 *memory, *screen;
static unsigned int width, height;

static void open_screen(unsigned int mode)
{
	unsigned int n, size;

	width = modes[mode].width;
	height = modes[mode].height;
	size = width * height + 2 * GUARD;
	free(memory);
	memory = malloc(size * sizeof(*memory));
	for (n = 0; n < size; n++)
		memory[n] = UNTOUCHED;
	screen = memory + GUARD;
	efifb_init(&fb, screen, modes[mode].flags);
}

static void assert_guards(void)
{
	unsigned int n;

	for (n = 0; n < GUARD; n++) {
		assert_int_equal(memory[n], UNTOUCHED);
		assert_int_equal(screen[width * height + n], UNTOUCHED);
	}
}

static void print(const char *text)
{
	while (*text)
		efifb_putc(&fb, *text++);
}

/* Independent of the code: the rows of a glyph as bytes, lines of pixels as the eye sees them. */
static bool shows(unsigned int row, unsigned int column, char c)
{
	unsigned int x, y;

	for (y = 0; y < 16; y++) {
		__u8 line = efifb_font[c - 32][y / 8] >> (56 - y % 8 * 8);

		for (x = 0; x < 8; x++)
			if (screen[(row * 16 + y) * width + column * 8 + x] != (line & 0x80 >> x ? 0xffffff : 0))
				return false;
	}
	return true;
}

static char character_at(unsigned int row, unsigned int column)
{
	char c;

	for (c = ' '; c <= '~'; c++)
		if (shows(row, column, c))
			return c;
	return 0;
}

/* The line begins with @text, and nothing but blanks follows. */
static void assert_line(unsigned int row, const char *text)
{
	unsigned int column;

	for (column = 0; column < width / 8; column++) {
		assert_int_equal(character_at(row, column), *text ? *text : ' ');
		text += *text != 0;
	}
}

static void glyphs_are_legible(void **state)
{
	static const char *const big_a[] = {
		"........", "........", ".#####..", "##...##.", "##...##.", "##...##.", "#######.", "##...##.",
		"##...##.", "##...##.", "##...##.", "##...##.", "........", "........", "........", "........",
	};
	unsigned int x, y, c, other;

	(void)state;
	open_screen(0);
	print("A");
	for (y = 0; y < 16; y++)
		for (x = 0; x < 8; x++)
			assert_int_equal(screen[y * width + x], big_a[y][x] == '#' ? 0xffffff : 0);
	for (c = 0; c < 95; c++)
		for (other = 0; other < c; other++)
			assert_memory_not_equal(efifb_font[c], efifb_font[other], sizeof(efifb_font[c]));
}

static void the_screen_is_cleared_and_nothing_else(void **state)
{
	unsigned int mode, n;

	(void)state;
	for (mode = 0; mode < 2; mode++) {
		open_screen(mode);
		for (n = 0; n < width * height; n++)
			assert_int_equal(screen[n], 0);
		assert_guards();
		assert_int_equal(JAILHOUSE_CON_FB_SIZE(modes[mode].flags), width * height * 4);
		assert_int_equal(fb.columns, modes[mode].columns);
		assert_int_equal(fb.rows, modes[mode].rows);
	}
}

static void lines_follow_each_other(void **state)
{
	(void)state;
	open_screen(0);
	print("Initializing hypervisor\nsecond line, {}~\n\nfourth");
	assert_line(0, "Initializing hypervisor");
	assert_line(1, "second line, {}~");
	assert_line(2, "");
	assert_line(3, "fourth");
}

static void control_characters(void **state)
{
	(void)state;
	open_screen(0);
	print("over\rw\n" "a\tb\t\tc\n" "\t|\n" "1234567\tx\n" "12345678\ty\n" "\x01\x7f\xc3\xa4");
	assert_line(0, "wver");
	assert_line(1, "a       b               c");
	assert_line(2, "        |");
	assert_line(3, "1234567 x");
	assert_line(4, "12345678        y");
	assert_line(5, "????");
}

static void a_tab_clears_what_it_passes(void **state)
{
	(void)state;
	open_screen(0);
	print("0123456789\r\tx");
	assert_line(0, "        x9");
}

/* @count characters that can be told apart */
static void print_digits(unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		efifb_putc(&fb, '0' + n % 10);
}

static void a_long_line_goes_on_in_the_next(void **state)
{
	unsigned int mode;

	(void)state;
	for (mode = 0; mode < 2; mode++) {
		open_screen(mode);
		print_digits(modes[mode].columns + 2);
		assert_int_equal(character_at(0, modes[mode].columns - 1), '0' + (modes[mode].columns - 1) % 10);
		assert_int_equal(character_at(1, 0), '0' + modes[mode].columns % 10);
		assert_int_equal(character_at(1, 1), '0' + (modes[mode].columns + 1) % 10);
		assert_int_equal(character_at(1, 2), ' ');
	}
}

static void a_line_that_fits_exactly_is_not_followed_by_an_empty_one(void **state)
{
	(void)state;
	open_screen(0);
	print_digits(128);
	print("\nnext");
	assert_line(1, "next");
	print_digits(120);
	print("1234\rback");
	assert_int_equal(character_at(1, 0), 'b');
}

static void print_number(unsigned int n)
{
	char line[] = "line 000\n";

	line[5] += n / 100;
	line[6] += n / 10 % 10;
	line[7] += n % 10;
	print(line);
}

/* Lines that are on the screen: those from @first on, then the cursor's empty line and all below it. */
static void assert_numbered_lines(unsigned int first, unsigned int last, unsigned int rows)
{
	char line[] = "line 000";
	unsigned int row;

	for (row = 0; row < rows; row++) {
		unsigned int n = first + row;

		line[5] = '0' + n / 100;
		line[6] = '0' + n / 10 % 10;
		line[7] = '0' + n % 10;
		assert_line(row, n <= last ? line : "");
	}
}

static void a_full_screen_scrolls_by_a_quarter(void **state)
{
	unsigned int mode, n;

	(void)state;
	for (mode = 0; mode < 2; mode++) {
		unsigned int rows = modes[mode].rows;

		open_screen(mode);
		for (n = 0; n < rows - 1; n++)
			print_number(n);
		assert_numbered_lines(0, rows - 2, rows);
		print_number(n);
		assert_numbered_lines(rows / 4, rows - 1, rows);
		for (n++; n < 400; n++)
			print_number(n);
		assert_int_equal(character_at(fb.row - 1, 5), '3');
		assert_numbered_lines(400 - fb.row, 399, rows);
		assert_guards();
	}
}

static void a_line_without_end_scrolls_as_well(void **state)
{
	unsigned int mode;

	(void)state;
	for (mode = 0; mode < 2; mode++) {
		open_screen(mode);
		print_digits(modes[mode].columns * modes[mode].rows);
		assert_int_equal(character_at(modes[mode].rows - 1, modes[mode].columns - 1),
				 '0' + (modes[mode].columns * modes[mode].rows - 1) % 10);
		efifb_putc(&fb, '!');
		assert_int_equal(character_at(modes[mode].rows - modes[mode].rows / 4, 0), '!');
		print_digits(100000);
		assert_guards();
	}
}

/* Lines of pixels below the last whole line of text stay black. */
static void what_is_too_low_for_a_line_stays_empty(void **state)
{
	unsigned int n;

	(void)state;
	open_screen(1);
	print_digits(100000);
	for (n = 67 * 16 * 1920; n < 1080 * 1920; n++)
		assert_int_equal(screen[n], 0);
}

/* Reading is slow on hardware, so the text is remembered: what others draw stays until something else is to be there. */
static void scrolling_draws_what_differs_and_reads_nothing(void **state)
{
	unsigned int n;

	(void)state;
	open_screen(0);
	screen[47 * 16 * 1024 + 1023] = 0x123456;
	for (n = 0; n < 47; n++)
		print("same\n");
	for (n = 0; n < 1024; n++)
		screen[n] = 0x654321;
	print("same\n");
	assert_int_equal(screen[0], 0x654321);
	assert_int_equal(screen[47 * 16 * 1024 + 1023], 0x123456);
	assert_line(35, "same");
	assert_line(36, "");
}

static void a_console_descriptor_names_it_as_any_uart(void **state)
{
	struct jailhouse_console console = { .type = JAILHOUSE_CON_TYPE_EFIFB, .flags = JAILHOUSE_CON_ACCESS_MMIO | LARGE };
	const char *text = "first\nsecond";
	struct uart uart;

	(void)state;
	open_screen(1);
	screen[5] = 0x123456;
	assert_true(uart_from_console(&uart, &console, NULL, (unsigned long)screen));
	uart_init(&uart);
	assert_int_equal(screen[5], 0);
	while (*text)
		uart_putc(&uart, *text++);
	assert_line(0, "first");
	assert_line(1, "second");
	assert_guards();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(glyphs_are_legible),
		cmocka_unit_test(the_screen_is_cleared_and_nothing_else),
		cmocka_unit_test(lines_follow_each_other),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(a_tab_clears_what_it_passes),
		cmocka_unit_test(a_long_line_goes_on_in_the_next),
		cmocka_unit_test(a_line_that_fits_exactly_is_not_followed_by_an_empty_one),
		cmocka_unit_test(a_full_screen_scrolls_by_a_quarter),
		cmocka_unit_test(a_line_without_end_scrolls_as_well),
		cmocka_unit_test(what_is_too_low_for_a_line_stays_empty),
		cmocka_unit_test(scrolling_draws_what_differs_and_reads_nothing),
		cmocka_unit_test(a_console_descriptor_names_it_as_any_uart),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(memory);
	return failed;
}
