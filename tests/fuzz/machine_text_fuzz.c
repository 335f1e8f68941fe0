// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/machine/iomem.c tools/machine/text.c tests/fuzz/no_tree.c */
/* cflags: -D_GNU_SOURCE */
/*
 * Texts of the kernel: /proc/iomem, /proc/ioports, the command line's memmap=; and what is written of names that they contain.
 *
 * Held: ranges do not wrap, names are terminated; a name as a scalar of the text format is one line of printable characters, and what needs
 * quotes has both.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include "fuzz.h"
#include <tools/machine/iomem.h>
#include <tools/machine/text.h>

static void check_scalar(const char *name)
{
	char text[80];
	size_t n, length;

	text_quoted(name, text, sizeof(text));
	length = strlen(text);
	FUZZ_CHECK(length > 0);
	for (n = 0; n < length; n++)
		FUZZ_CHECK(isprint((unsigned char)text[n]));
	FUZZ_CHECK((text[0] == '"') == (text[length - 1] == '"' && length > 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	char *text = fuzz_take_block(&in, size + 1);
	struct range64 ranges[RESERVED_MAX];
	struct resources r;
	unsigned int count, i;
	size_t n;

	resources_parse(text, &r);
	for (n = 0; n < r.count; n++) {
		FUZZ_CHECK(r.item[n].start <= r.item[n].end);
		FUZZ_CHECK(strnlen(r.item[n].name, sizeof(r.item[n].name)) < sizeof(r.item[n].name));
		check_scalar(r.item[n].name);
	}
	resources_free(&r);
	count = memmap_parse(text, ranges);
	FUZZ_CHECK(count <= RESERVED_MAX);
	for (i = 0; i < count; i++)
		FUZZ_CHECK(ranges[i].start <= ranges[i].end);
	free(text);
	return 0;
}
