// SPDX-License-Identifier: GPL-2.0
/*
 * config show
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config/partition.h"
#include "report.h"

static int draw_to(const char *path, const struct partition *p)
{
	FILE *f = fopen(path, "w");
	bool failed;

	if (!f)
		return report_error(errno, NULL, "%s", path);
	partition_draw(f, p);
	failed = ferror(f);
	if (fclose(f))
		failed = true;
	return failed ? report_error(errno, NULL, "%s", path) : EXIT_SUCCESS;
}

static int show(const struct files *files, const char *svg)
{
	struct partition p;
	int status = EXIT_SUCCESS;

	if (files->count > PARTITION_MAX_CELLS)
		return report_error(0, NULL, "more than %u cells", PARTITION_MAX_CELLS);
	partition_make(&p, files);
	if (svg)
		status = draw_to(svg, &p);
	if (report_json)
		partition_print_json(&p);
	else if (!svg)
		partition_print(stdout, &p);
	partition_free(&p);
	return status;
}

int cmd_config_show(const struct command *cmd, int argc, char **argv)
{
	int status = EXIT_ERROR;
	const char *svg = NULL;
	struct files files;

	if (argc > 2 && !strcmp(argv[0], "--svg")) {
		svg = argv[1];
		argc -= 2;
		argv += 2;
	}
	if (argc < 1 || argv[0][0] == '-')
		return report_usage(cmd->usage);
	if (files_load(&files, argc, argv))
		status = show(&files, svg);
	files_free(&files);
	return status;
}
