// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>

#include "access.h"
#include "advice.h"
#include "layout.h"
#include "narrate.h"
#include "report.h"
#include "sysfs.h"

/* The cells may have changed since the last line. */
static void read_layout(struct layout *l)
{
	struct tree *tree = sysfs_is_live() ? tree_open(NULL) : NULL;

	layout_init(l);
	layout_add_live(l);
	if (!tree)
		return;
	layout_add_names(l, tree);
	tree_close(tree);
}

/* Of a cell that has gone, or whose configuration may not be read, there is nothing to say. */
static void explain(const struct access *a)
{
	struct json_object *advice, *reason;
	struct layout layout;

	read_layout(&layout);
	if (layout_find(&layout, a->is_root ? "" : a->cell)) {
		advice = advice_make(a, &layout);
		if (json_object_object_get_ex(advice, "reason", &reason))
			printf("    %s.\n", json_object_get_string(reason));
		json_object_put(advice);
	}
	layout_free(&layout);
}

static void end_line(struct narrator *n)
{
	struct access access;

	n->line[n->used] = '\0';
	if (!n->lost && access_parse(&access, n->line))
		explain(&access);
	n->used = 0;
	n->lost = false;
}

static void keep(struct narrator *n, const char *text, size_t size)
{
	size_t room = sizeof(n->line) - 1 - n->used;

	n->lost = n->lost || size > room;
	size = size < room ? size : room;
	memcpy(n->line + n->used, text, size);
	n->used += size;
}

int narrate(void *narrator, const char *text, size_t size)
{
	struct narrator *n = narrator;
	const char *newline;
	size_t length;

	while (size) {
		newline = memchr(text, '\n', size);
		length = newline ? (size_t)(newline + 1 - text) : size;
		fwrite(text, 1, length, stdout);
		keep(n, text, newline ? length - 1 : length);
		if (newline)
			end_line(n);
		text += length;
		size -= length;
	}
	return fflush(stdout) ? report_error(errno, NULL, "standard output") : EXIT_SUCCESS;
}
