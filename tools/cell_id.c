// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "report.h"

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static int parse_id(struct jailhouse_cell_id *id, const char *text)
{
	unsigned long n;

	errno = 0;
	n = strtoul(text, NULL, 10);
	if (errno || n > INT_MAX) {
		report_error(0, "See \"jailhouse cell list\" for the ids.", "%s is not a possible cell id", text);
		return -1;
	}
	id->id = (__s32)n;
	return 0;
}

static int parse_name(struct jailhouse_cell_id *id, const char *text)
{
	if (!*text || strlen(text) > JAILHOUSE_CELL_NAME_MAXLEN) {
		report_error(0, "See \"jailhouse cell list\" for the names.", "\"%s\" is not a possible cell name: 1 to %d characters",
			     text, JAILHOUSE_CELL_NAME_MAXLEN);
		return -1;
	}
	id->id = JAILHOUSE_CELL_ID_UNUSED;
	memcpy(id->name, text, strlen(text));
	return 0;
}

int cell_id_parse(struct jailhouse_cell_id *id, int argc, char **argv)
{
	memset(id, 0, sizeof(*id));
	if (argc == 0)
		return 0;
	if (!strcmp(argv[0], "--name"))
		return argc < 2 ? 0 : parse_name(id, argv[1]) ? -1 : 2;
	if (is_number(argv[0]))
		return parse_id(id, argv[0]) ? -1 : 1;
	return parse_name(id, argv[0]) ? -1 : 1;
}
