// SPDX-License-Identifier: GPL-2.0
/*
 * config check
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config/check.h"
#include "config/files.h"
#include "config/output.h"
#include "report.h"

static void print_name(const struct source *s)
{
	char name[JAILHOUSE_CELL_NAME_MAXLEN + 2];

	draft_name(&s->draft, name);
	printf("%s: %s\n", s->path, name);
}

static void print_summary(const struct files *files, const struct verdict *f)
{
	unsigned int n, warnings = f->count - f->errors;

	if (report_json)
		return;
	print_name(&files->system);
	for (n = 0; n < files->count; n++)
		print_name(&files->cells[n]);
	printf("%u error%s, %u warning%s\n", f->errors, f->errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

int cmd_config_check(const struct command *cmd, int argc, char **argv)
{
	struct verdict verdict = { 0 };
	struct files files;
	int status = EXIT_ERROR;

	if (argc < 1 || argv[0][0] == '-')
		return report_usage(cmd->usage);
	if (files_load(&files, argc, argv) && files_have_rules(&files)) {
		check_all(&verdict, &files.system, files.cells, files.count);
		verdict_print(&verdict);
		print_summary(&files, &verdict);
		status = verdict.errors ? EXIT_ERROR : EXIT_SUCCESS;
	}
	verdict_free(&verdict);
	files_free(&files);
	return status;
}
