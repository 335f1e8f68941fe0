// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "../report.h"
#include "files.h"
#include "place.h"

static bool load_cell(struct files *files, const char *path)
{
	struct source *s = &files->cells[files->count++];

	if (!source_load(s, path))
		return false;
	if (s->draft.is_system) {
		report_error(0, "Give the system first, and cells behind it.", "%s describes a system, not a cell", path);
		return false;
	}
	if (s->draft.system.root_cell.architecture != files->system.draft.system.architecture) {
		report_error(0, NULL, "%s is for another architecture than %s", path, files->system.path);
		return false;
	}
	return true;
}

bool files_load(struct files *files, int argc, char **argv)
{
	bool fine;
	int n;

	memset(files, 0, sizeof(*files));
	files->cells = calloc((size_t)argc, sizeof(*files->cells));
	if (!files->cells)
		abort();
	fine = source_load(&files->system, argv[0]);
	if (fine && !files->system.draft.is_system) {
		report_error(0, "Give the file for \"jailhouse enable\" first.", "%s describes a cell, not a system", argv[0]);
		fine = false;
	}
	for (n = 1; fine && n < argc; n++)
		fine = load_cell(files, argv[n]);
	return fine && files_place(&files->system, files->cells, files->count);
}

/* --- addresses that are found later ------------------------------------------------------------------------------------------ */

static void update(struct source *s, __u64 size)
{
	s->placed = size;
	free(s->binary);
	s->binary = draft_binary(&s->draft, &s->size);
}

static bool place_in_root(struct source *system)
{
	const __u64 size = place_system_size(&system->draft);

	if (!place_wanted(&system->draft))
		return true;
	if (!place_system_somewhere(&system->draft)) {
		report_error(0, "Ask for less.", "%s: the root cell has no RAM with room for %llu MiB together", system->path,
			     (unsigned long long)(size + 0xfffff) >> 20);
		return false;
	}
	update(system, size);
	return true;
}

static bool place_in_pool(struct source *cell, const struct spans *pool, const struct spans *taken)
{
	__u64 missing;

	if (!place_wanted(&cell->draft))
		return true;
	if (!place_cell(&cell->draft, pool, taken, &missing)) {
		report_error(0, "Ask for less, or for more \"RAM for cells\" in the system.", "%s: no %llu KiB together are free in the system's RAM for cells",
			     cell->path, (unsigned long long)missing >> 10);
		return false;
	}
	update(cell, missing);
	return true;
}

bool files_place(struct source *system, struct source *cells, unsigned int count)
{
	struct spans pool = { NULL, 0 }, taken = { NULL, 0 };
	unsigned int n;
	bool fine = !system || place_in_root(system);

	place_pool_guess(system ? &system->draft : NULL, &pool);
	for (n = 0; n < count; n++)
		place_taken(&cells[n].draft, &taken);
	for (n = 0; fine && n < count; n++) {
		fine = place_in_pool(&cells[n], &pool, &taken);
		place_taken(&cells[n].draft, &taken);
	}
	spans_free(&pool);
	spans_free(&taken);
	return fine;
}

void files_free(struct files *files)
{
	unsigned int n;

	for (n = 0; n < files->count; n++)
		source_free(&files->cells[n]);
	free(files->cells);
	source_free(&files->system);
}
