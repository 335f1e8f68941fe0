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

static void load_layout(struct narrator *n)
{
	struct tree *tree;

	if (n->loaded)
		return;
	n->loaded = true;
	layout_init(&n->layout);
	layout_add_live(&n->layout);
	tree = sysfs_is_live() ? tree_open(NULL) : NULL;
	if (!tree)
		return;
	layout_add_names(&n->layout, tree);
	tree_close(tree);
}

static void forget_layout(struct narrator *n)
{
	if (n->loaded)
		layout_free(&n->layout);
	n->loaded = false;
}

/* Of a cell that has gone, or whose configuration may not be read, there is nothing to say. */
static void explain(struct narrator *n, const struct access *a)
{
	struct json_object *advice, *reason;

	load_layout(n);
	if (!layout_find(&n->layout, a->is_root ? "" : a->cell))
		return;
	advice = advice_make(a, &n->layout);
	if (json_object_object_get_ex(advice, "reason", &reason))
		printf("    %s.\n", json_object_get_string(reason));
	json_object_put(advice);
}

static void end_line(struct narrator *n)
{
	struct access access;

	n->line[n->used] = '\0';
	if (!n->lost && access_parse(&access, n->line))
		explain(n, &access);
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
	forget_layout(n);
	return fflush(stdout) ? report_error(errno, NULL, "standard output") : EXIT_SUCCESS;
}
