/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * efifb - text on a linear frame buffer of 32 bits per pixel, as UEFI firmware sets it up; for hypervisor and inmates. It neither maps nor
 * locks anything, and never reads the frame buffer: reads from a graphics adapter are slow.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_EFIFB_EFIFB_H
#define COMMON_EFIFB_EFIFB_H

#include <jailhouse/types.h>
#include <jailhouse/console.h>

#define EFIFB_GLYPH_WIDTH	8
#define EFIFB_GLYPH_HEIGHT	16
#define EFIFB_MAX_CHARS		(1920 / EFIFB_GLYPH_WIDTH * (1080 / EFIFB_GLYPH_HEIGHT))
#define EFIFB_FIRST_GLYPH	' '
#define EFIFB_LAST_GLYPH	'~'

/** Font: the highest bit of the first number is the upper left pixel, eight bits are a line. */
extern const __u64 efifb_font[EFIFB_LAST_GLYPH - EFIFB_FIRST_GLYPH + 1][2];

/**
 * struct efifb - one screen
 * @column:	of the next character; @columns: the line is full, and the next one begins with the next character
 * @text:	what is on the screen, line by line
 */
struct efifb {
	volatile __u32 *pixels;
	__u32 columns, rows;
	__u32 column, row;
	char text[EFIFB_MAX_CHARS];
};

/** Clear the screen. @flags: of the console descriptor, for the mode; @pixels: JAILHOUSE_CON_FB_SIZE(@flags) bytes. */
void efifb_init(struct efifb *fb, volatile __u32 *pixels, __u16 flags);

/**
 * "\n" begins a line, "\r" goes back to the first column, "\t" to the next multiple of 8; what is not ASCII is shown as "?". When the screen
 * is full, the upper quarter goes at once.
 */
void efifb_putc(struct efifb *fb, char c);

#endif /* COMMON_EFIFB_EFIFB_H */
