// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <elfutils/libdwfl.h>

#include "symbols.h"

struct symbols {
	Dwfl *dwfl;
	Dwfl_Module *module;
};

static char *no_debug_files;

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &no_debug_files,
};

struct symbols *symbols_open(const char *path)
{
	struct symbols *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->dwfl = dwfl_begin(&callbacks);
	if (s->dwfl)
		s->module = dwfl_report_offline(s->dwfl, "jailhouse", path, -1);
	if (s->module && !dwfl_report_end(s->dwfl, NULL, NULL))
		return s;
	symbols_close(s);
	return NULL;
}

void symbols_close(struct symbols *s)
{
	if (s && s->dwfl)
		dwfl_end(s->dwfl);
	free(s);
}

void symbols_build_id(const struct symbols *s, char *out, size_t size)
{
	const unsigned char *bits;
	GElf_Addr where;
	GElf_Addr bias;
	int count, n;

	out[0] = 0;
	/* opens the file, which the identifier needs */
	if (!dwfl_module_getelf(s->module, &bias))
		return;
	count = dwfl_module_build_id(s->module, &bits, &where);
	for (n = 0; n < count && (size_t)(2 * n + 3) <= size; n++)
		sprintf(out + 2 * n, "%02x", bits[n]);
}

bool symbols_value(const struct symbols *s, const char *name, unsigned long long *value)
{
	int count = dwfl_module_getsymtab(s->module), n;
	const char *found;
	GElf_Sym symbol;

	for (n = 0; n < count; n++) {
		found = dwfl_module_getsym(s->module, n, &symbol, NULL);
		if (found && !strcmp(found, name)) {
			*value = symbol.st_value;
			return true;
		}
	}
	return false;
}

static void describe_line(const struct symbols *s, unsigned long long address, char *out, size_t size)
{
	Dwfl_Line *line = dwfl_module_getsrc(s->module, address);
	const char *file;
	int number;

	out[0] = 0;
	file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;
	if (file)
		snprintf(out, size, " (%s:%d)", file, number);
}

void symbols_describe(const struct symbols *s, unsigned long long address, bool is_return, char *out, size_t size)
{
	unsigned long long at = address - is_return;
	GElf_Off offset;
	GElf_Sym symbol;
	const char *name = dwfl_module_addrinfo(s->module, at, &offset, &symbol, NULL, NULL, NULL);
	char line[512];

	out[0] = 0;
	if (!name)
		return;
	describe_line(s, at, line, sizeof(line));
	snprintf(out, size, "%s+0x%llx%s", name, (unsigned long long)offset + is_return, line);
}
