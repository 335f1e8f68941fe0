// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "../report.h"
#include "files.h"

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
