// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

void text_size(uint64_t bytes, char *buf, size_t size)
{
	static const char units[] = "KMGT";
	int unit = -1;

	while (bytes && !(bytes & 0x3ff) && unit < 3) {
		bytes >>= 10;
		unit++;
	}
	snprintf(buf, size, unit < 0 ? "%" PRIu64 : "%" PRIu64 "%c", bytes, unit < 0 ? ' ' : units[unit]);
}

void text_bdf(unsigned int domain, uint16_t bdf, char *buf, size_t size)
{
	if (domain)
		snprintf(buf, size, "%04x:%02x:%02x.%u", domain, bdf >> 8, bdf >> 3 & 0x1f, bdf & 7U);
	else
		snprintf(buf, size, "%02x:%02x.%u", bdf >> 8, bdf >> 3 & 0x1f, bdf & 7U);
}

/* What is unprintable becomes a question mark, which means something itself. */
static bool needs_quotes(const char *text)
{
	const char *p = text;

	while (isprint((unsigned char)*p))
		p++;
	return p == text || *p || strpbrk(text, ":#{}[],&*!|>'\"%@`?-=") || *text == ' ';
}

void text_quoted(const char *text, char *buf, size_t size)
{
	const char *quote = needs_quotes(text) ? "\"" : "";
	size_t used = (size_t)snprintf(buf, size, "%s", quote);

	for (; *text && used + 3 < size; text++) {
		if (*text == '"' || *text == '\\')
			buf[used++] = '\\';
		buf[used++] = isprint((unsigned char)*text) ? *text : '?';
	}
	snprintf(buf + used, size - used, "%s", quote);
}

void text_commented(FILE *out, const char *line, int column, const char *comment)
{
	fputs(line, out);
	if (*comment) {
		fprintf(out, "%*s# ", (int)strlen(line) < column ? column - (int)strlen(line) : 1, "");
		for (; *comment; comment++)
			fputc(isprint((unsigned char)*comment) ? *comment : '?', out);
	}
	fputc('\n', out);
}

void text_comment_block(FILE *out, const char *text)
{
	const size_t width = 110;

	while (*text) {
		size_t length = strcspn(text, "\n"), n = length;

		if (length > width)
			for (n = width; n && text[n] != ' '; n--)
				;
		if (!n)
			n = length;
		fprintf(out, "# %.*s\n", (int)n, text);
		text += n;
		text += *text == ' ' || *text == '\n';
	}
}
