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
#include "config/advise.h"
#include "config/check.h"
#include "config/files.h"
#include "config/live.h"
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

struct arguments {
	bool live;
	const char *root;	/* NULL with live: the running machine */
};

/* How many arguments are options; -1: they are wrong. */
static int parse(struct arguments *a, int argc, char **argv)
{
	*a = (struct arguments){ 0 };
	if (argc > 0 && !strcmp(argv[0], "--live")) {
		a->live = true;
		return 1;
	}
	if (argc > 1 && (!strcmp(argv[0], "-r") || !strcmp(argv[0], "--root"))) {
		a->live = true;
		a->root = argv[1];
		return 2;
	}
	return argc > 0 && argv[0][0] == '-' ? -1 : 0;
}

static bool compare_with_machine(struct verdict *v, const struct files *files, const char *root)
{
	struct tree *t = tree_open(root);

	if (!t)
		return false;
	check_machine(v, files, t);
	tree_close(t);
	return true;
}

int cmd_config_check(const struct command *cmd, int argc, char **argv)
{
	struct verdict verdict = { 0 };
	int status = EXIT_ERROR, options;
	struct arguments a;
	struct files files;

	options = parse(&a, argc, argv);
	if (options < 0 || options >= argc || argv[options][0] == '-')
		return report_usage(cmd->usage);
	if (!files_load(&files, argc - options, argv + options)) {
		files_free(&files);
		return EXIT_ERROR;
	}
	check_all(&verdict, &files.system, files.cells, files.count);
	advise(&verdict, &files);
	if (!a.live || compare_with_machine(&verdict, &files, a.root)) {
		verdict_print(&verdict);
		print_summary(&files, &verdict);
		status = verdict.errors ? EXIT_ERROR : EXIT_SUCCESS;
	}
	verdict_free(&verdict);
	files_free(&files);
	return status;
}
