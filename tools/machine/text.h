/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text - pieces of the text format.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_TEXT_H
#define TOOLS_MACHINE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** "64K", "6M", or a number of bytes */
void text_size(uint64_t bytes, char *buf, size_t size);

/** "00:1f.2", with the domain before it if that is not 0 */
void text_bdf(unsigned int domain, uint16_t bdf, char *buf, size_t size);

/** As a YAML scalar: plain, or in quotes if a character needs it; what is not printable becomes "?". */
void text_quoted(const char *text, char *buf, size_t size);

/** @line, and from @column on a comment, if there is one */
void text_commented(FILE *out, const char *line, int column, const char *comment);

/** Words in lines that begin with "# " */
void text_comment_block(FILE *out, const char *text);

#endif /* TOOLS_MACHINE_TEXT_H */
