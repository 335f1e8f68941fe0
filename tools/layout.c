// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/source.h"
#include "layout.h"
#include "placing.h"
#include "report.h"
#include "sysfs.h"

void layout_init(struct layout *l)
{
	memset(l, 0, sizeof(*l));
}

void layout_free(struct layout *l)
{
	size_t n;

	for (n = 0; n < l->count; n++)
		free(l->cells[n].blob);
	free(l->cells);
	free(l->system_blob);
	resources_free(&l->memory);
	resources_free(&l->ports);
	placing_guess_free(&l->guess);
}

static int add_cell(struct layout *l, void *blob, size_t size, struct jailhouse_refusal *r)
{
	struct layout_cell *larger = realloc(l->cells, (l->count + 1) * sizeof(*larger));
	int err;

	if (!larger)
		return -ENOMEM;
	l->cells = larger;
	err = cell_view_init(&larger[l->count].view, blob, size, r);
	if (err)
		return err;
	/* In a file the id is mostly 0, which sentences would take for the root cell. */
	if (!larger[l->count].view.desc->id)
		((struct jailhouse_cell_desc *)blob)->id = (__u32)l->count + 1;
	larger[l->count++].blob = blob;
	return 0;
}

/* Takes @blob, also when it fails. */
static int add(struct layout *l, void *blob, size_t size, struct jailhouse_refusal *r)
{
	struct system_view view;
	int err;

	if (size >= 5 && !memcmp(blob, JAILHOUSE_CELL_DESC_SIGNATURE, 5)) {
		err = add_cell(l, blob, size, r);
	} else {
		err = system_view_init(&view, blob, size, r);
		if (!err) {
			free(l->system_blob);
			l->system_blob = blob;
			l->system = view;
		}
	}
	if (err)
		free(blob);
	return err;
}

bool layout_add_file(struct layout *l, const char *path)
{
	struct jailhouse_refusal refusal = { 0 };
	size_t size;
	void *blob = placing_read(&l->guess, path, &size);
	int err;

	if (!blob)
		return false;
	err = add(l, blob, size, &refusal);
	if (err)
		report_refusal(path, -err, &refusal);
	return !err;
}

void layout_add_live(struct layout *l)
{
	struct jailhouse_refusal refusal;
	size_t count, n, size;
	int *ids = sysfs_cells(&count);
	void *blob;

	for (n = 0; n < count; n++) {
		blob = sysfs_config(ids[n], &size);
		if (blob)
			add(l, blob, size, &refusal);
	}
	free(ids);
}

void layout_add_names(struct layout *l, const struct tree *tree)
{
	resources_free(&l->memory);
	resources_free(&l->ports);
	l->memory = l->ports = (struct resources){ 0 };
	if (resources_read(tree, "iomem", &l->memory) != RESOURCES_SEEN)
		l->memory.count = 0;
	if (resources_read(tree, "ioports", &l->ports) != RESOURCES_SEEN)
		l->ports.count = 0;
}

const struct cell_view *layout_find(const struct layout *l, const char *name)
{
	size_t n;

	if (!*name)
		return l->system_blob ? &l->system.root : NULL;
	for (n = 0; n < l->count; n++)
		if (!strncmp(l->cells[n].view.desc->name, name, sizeof(l->cells[n].view.desc->name)))
			return &l->cells[n].view;
	return NULL;
}

const char *layout_name(const struct resources *r, __u64 address)
{
	const struct resource *found = NULL;
	size_t n;

	for (n = 0; n < r->count; n++)
		if (address >= r->item[n].start && address <= r->item[n].end && (!found || r->item[n].end - r->item[n].start < found->end - found->start))
			found = &r->item[n];
	return found && strcmp(found->name, "Reserved") ? found->name : NULL;
}
