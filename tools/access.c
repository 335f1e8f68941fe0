// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"

/* The words of hypervisor/core/fault.c that name an address in a configuration; others are of ACCESS_OTHER. */
static const struct {
	const char *kind;
	enum access_space space;
	bool write, fetch;
} kinds[] = {
	{ "memory read", ACCESS_MEMORY, false, false },
	{ "memory write", ACCESS_MEMORY, true, false },
	{ "instruction fetch", ACCESS_MEMORY, false, true },
	{ "port read", ACCESS_PORT, false, false },
	{ "port write", ACCESS_PORT, true, false },
};

static void set_kind(struct access *a)
{
	size_t n;

	a->space = ACCESS_OTHER;
	for (n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++) {
		if (strcmp(a->kind, kinds[n].kind))
			continue;
		a->space = kinds[n].space;
		a->write = kinds[n].write;
		a->fetch = kinds[n].fetch;
	}
}

static void copy(char *to, size_t size, const char *from, const char *end)
{
	snprintf(to, size, "%.*s", (int)(end - from), from);
}

/* cell "NAME", CPU 3: forbidden KIND at 0xADDRESS, 4 bytes, rip 0xRIP: CPU stopped */
static bool parse_cell(struct access *a, const char *line)
{
	const char *name = strstr(line, "cell \""), *end = name ? strstr(name, "\", CPU ") : NULL;
	const char *what = end ? strstr(end, ": forbidden ") : NULL, *at = what ? strstr(what, " at 0x") : NULL;

	if (!at || sscanf(end, "\", CPU %u: ", &a->cpu) != 1 ||
	    sscanf(at, " at 0x%llx, %u bytes, rip 0x%llx", &a->address, &a->width, &a->rip) != 3)
		return false;
	copy(a->cell, sizeof(a->cell), name + 6, end);
	copy(a->kind, sizeof(a->kind), what + 12, at);
	a->stopped = true;
	return a->cell[0];
}

/* root cell, CPU 0: KIND at 0xADDRESS (4 bytes, rip 0xRIP) denied; it belongs to OWNER */
static bool parse_root(struct access *a, const char *line)
{
	const char *begin = strstr(line, "root cell, CPU "), *what = begin ? strstr(begin, ": ") : NULL;
	const char *at = what ? strstr(what, " at 0x") : NULL, *owner = at ? strstr(at, "; it belongs to ") : NULL;

	if (!owner || sscanf(begin, "root cell, CPU %u: ", &a->cpu) != 1 ||
	    sscanf(at, " at 0x%llx (%u bytes, rip 0x%llx) ", &a->address, &a->width, &a->rip) != 3)
		return false;
	copy(a->kind, sizeof(a->kind), what + 2, at);
	owner += strlen("; it belongs to ");
	copy(a->owner, sizeof(a->owner), owner, owner + strcspn(owner, "\r\n"));
	a->is_root = true;
	a->stopped = strstr(at, "CPU stopped") != NULL;
	return true;
}

bool access_parse(struct access *a, const char *line)
{
	*a = (struct access){ .width = 0 };
	if (!parse_cell(a, line) && !parse_root(a, line))
		return false;
	set_kind(a);
	return true;
}

static bool is_known(const struct access *list, size_t count, const struct access *a)
{
	size_t n;

	for (n = 0; n < count; n++)
		if (list[n].is_root == a->is_root && list[n].cpu == a->cpu && list[n].address == a->address && list[n].rip == a->rip &&
		    !strcmp(list[n].cell, a->cell) && !strcmp(list[n].kind, a->kind))
			return true;
	return false;
}

struct access *accesses_read(const char *text, size_t *count)
{
	struct access *list = NULL, *larger, a;
	char line[512];

	*count = 0;
	while (*text) {
		size_t length = strcspn(text, "\r\n");

		copy(line, sizeof(line), text, text + length);
		text += length + strspn(text + length, "\r\n");
		if (!access_parse(&a, line) || is_known(list, *count, &a))
			continue;
		larger = realloc(list, (*count + 1) * sizeof(*list));
		if (!larger)
			break;
		list = larger;
		list[(*count)++] = a;
	}
	return list;
}
