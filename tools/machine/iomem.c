// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iomem.h"

/* "  START-END : NAME", indented by two for each level */
static bool parse_line(const char *line, size_t length, struct resource *out)
{
	size_t indent = strspn(line, " ");
	char *p;

	if (indent >= length || !isxdigit((unsigned char)line[indent]))
		return false;
	out->level = (unsigned int)indent / 2;
	out->start = strtoull(line + indent, &p, 16);
	if (*p != '-' || !isxdigit((unsigned char)p[1]))
		return false;
	out->end = strtoull(p + 1, &p, 16);
	if (strncmp(p, " : ", 3) || out->end < out->start || p + 3 > line + length)
		return false;
	snprintf(out->name, sizeof(out->name), "%.*s", (int)(line + length - p - 3), p + 3);
	return true;
}

void resources_parse(const char *text, struct resources *out)
{
	struct resource one, *more;

	*out = (struct resources){ 0 };
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (parse_line(text, length, &one)) {
			more = reallocarray(out->item, out->count + 1, sizeof(*more));
			if (!more)
				return;
			out->item = more;
			out->item[out->count++] = one;
		}
		text += length + (text[length] == '\n');
	}
}

enum resources_seen resources_read(const struct tree *t, const char *name, struct resources *out)
{
	char *text = tree_read(t, NULL, "proc/%s", name);
	size_t n;

	*out = (struct resources){ 0 };
	if (!text)
		return RESOURCES_UNREADABLE;
	resources_parse(text, out);
	free(text);
	for (n = 0; n < out->count; n++) {
		if (out->item[n].end)
			return RESOURCES_SEEN;
	}
	return out->count ? RESOURCES_HIDDEN : RESOURCES_SEEN;
}

void resources_free(struct resources *r)
{
	free(r->item);
	*r = (struct resources){ 0 };
}

uint64_t parse_size(const char *text, char **end)
{
	static const char units[] = "KMGT";
	uint64_t value = strtoull(text, end, 0);
	const char *unit = **end ? strchr(units, toupper((unsigned char)**end)) : NULL;
	unsigned int shift;

	if (!unit)
		return value;
	(*end)++;
	shift = 10 * (unsigned int)(unit - units + 1);
	return value > UINT64_MAX >> shift ? UINT64_MAX : value << shift;
}

/* memmap=A,B,…: those with "$" are reserved; "#", "!" and "@" mean other things */
static unsigned int memmap_argument(const char *text, struct range64 *out, unsigned int count)
{
	char *p;

	for (;;) {
		uint64_t size = parse_size(text, &p), start;
		bool reserved = *p == '$';

		if (p == text || !*p || !strchr("$#!@", *p))
			return count;
		start = parse_size(p + 1, &p);
		if (reserved && size && start + size - 1 >= start && count < RESERVED_MAX)
			out[count++] = (struct range64){ start, start + size - 1 };
		if (*p != ',')
			return count;
		text = p + 1;
	}
}

unsigned int memmap_parse(const char *cmdline, struct range64 out[RESERVED_MAX])
{
	unsigned int count = 0;
	const char *p = cmdline;

	for (; (p = strstr(p, "memmap=")); p += 7) {
		if (p == cmdline || isspace((unsigned char)p[-1]))
			count = memmap_argument(p + 7, out, count);
	}
	return count;
}
