// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Each character costs as many writes as it has pixels, so scrolling draws only what differs, and by a quarter of the screen at a time:
 * uncached, a line of text is still cheaper than on a fast UART.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/efifb/efifb.h>

#define WHITE		0xffffff
#define GLYPH_PIXELS	(EFIFB_GLYPH_WIDTH * EFIFB_GLYPH_HEIGHT)

static void draw(struct efifb *fb, __u32 at, char c)
{
	__u32 stride = fb->columns * EFIFB_GLYPH_WIDTH, n;
	volatile __u32 *glyph = fb->pixels + at / fb->columns * EFIFB_GLYPH_HEIGHT * stride + at % fb->columns * EFIFB_GLYPH_WIDTH;
	const __u64 *bits = efifb_font[c - EFIFB_FIRST_GLYPH];

	fb->text[at] = c;
	for (n = 0; n < GLYPH_PIXELS; n++)
		glyph[n / EFIFB_GLYPH_WIDTH * stride + n % EFIFB_GLYPH_WIDTH] = bits[n / 64] >> (63 - n % 64) & 1 ? WHITE : 0;
}

static void scroll(struct efifb *fb)
{
	__u32 lines = fb->rows / 4, size = fb->rows * fb->columns, at;

	for (at = 0; at < size; at++) {
		char c = at < size - lines * fb->columns ? fb->text[at + lines * fb->columns] : ' ';

		if (fb->text[at] != c)
			draw(fb, at, c);
	}
	fb->row -= lines;
}

static void begin_line(struct efifb *fb)
{
	fb->column = 0;
	if (++fb->row == fb->rows)
		scroll(fb);
}

static void put_glyph(struct efifb *fb, char c)
{
	if (fb->column == fb->columns)
		begin_line(fb);
	draw(fb, fb->row * fb->columns + fb->column++, c);
}

void efifb_init(struct efifb *fb, volatile __u32 *pixels, __u16 flags)
{
	__u32 n;

	fb->pixels = pixels;
	fb->columns = JAILHOUSE_CON_FB_WIDTH(flags) / EFIFB_GLYPH_WIDTH;
	fb->rows = JAILHOUSE_CON_FB_HEIGHT(flags) / EFIFB_GLYPH_HEIGHT;
	fb->column = fb->row = 0;
	for (n = 0; n < EFIFB_MAX_CHARS; n++)
		fb->text[n] = ' ';
	for (n = 0; n < JAILHOUSE_CON_FB_SIZE(flags) / sizeof(*pixels); n++)
		pixels[n] = 0;
}

void efifb_putc(struct efifb *fb, char c)
{
	if (c == '\n')
		begin_line(fb);
	else if (c == '\r')
		fb->column = 0;
	else if (c == '\t')
		do
			put_glyph(fb, ' ');
		while (fb->column % 8);
	else
		put_glyph(fb, c >= EFIFB_FIRST_GLYPH && c <= EFIFB_LAST_GLYPH ? c : '?');
}
