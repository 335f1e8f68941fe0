// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>
#include <json.h>

#include "advice.h"
#include "device.h"
#include "stopped.h"
#include "sysfs.h"

void stopped_init(struct stopped *s)
{
	*s = (struct stopped){ .loaded = false };
	layout_init(&s->layout);
}

void stopped_free(struct stopped *s)
{
	free(s->accesses);
	layout_free(&s->layout);
}

static void load(struct stopped *s)
{
	char *text = device_console_text(false);
	struct tree *tree = sysfs_is_live() ? tree_open(NULL) : NULL;

	s->loaded = true;
	if (text)
		s->accesses = accesses_read(text, &s->count);
	free(text);
	layout_add_live(&s->layout);
	if (!tree)
		return;
	layout_add_names(&s->layout, tree);
	tree_close(tree);
}

/* Is @cpu in a list like "0-2,5"? */
static bool in_list(const char *list, unsigned long cpu)
{
	unsigned long first, last;
	char *end;

	while (*list) {
		first = last = strtoul(list, &end, 10);
		if (end == list)
			return false;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (cpu >= first && cpu <= last)
			return true;
		list = *end == ',' ? end + 1 : end;
	}
	return false;
}

static bool is_of(const struct access *a, const char *name, int id)
{
	return a->stopped && (id == 0 ? a->is_root : !a->is_root && !strcmp(a->cell, name));
}

/* Of several stops of one CPU the last one counts: the cell may have been started again. */
static bool is_last(const struct stopped *s, size_t n, const char *name, int id)
{
	size_t later;

	for (later = n + 1; later < s->count; later++)
		if (is_of(&s->accesses[later], name, id) && s->accesses[later].cpu == s->accesses[n].cpu)
			return false;
	return true;
}

struct json_object *stopped_of_cell(struct stopped *s, int id)
{
	struct json_object *list = json_object_new_array();
	char failed[SYSFS_TEXT_SIZE], name[SYSFS_TEXT_SIZE];
	size_t n;

	sysfs_read(id, "cpus_failed_list", failed, sizeof(failed));
	if (!failed[0])
		return list;
	if (!s->loaded)
		load(s);
	sysfs_read(id, "name", name, sizeof(name));
	for (n = 0; n < s->count; n++)
		if (is_of(&s->accesses[n], name, id) && in_list(failed, s->accesses[n].cpu) && is_last(s, n, name, id))
			json_object_array_add(list, advice_make(&s->accesses[n], &s->layout));
	return list;
}
