// SPDX-License-Identifier: GPL-2.0
/*
 * config collect
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "machine/collect.h"
#include "report.h"

int cmd_config_collect(const struct command *cmd, int argc, char **argv)
{
	const char *file = NULL;
	int n;

	for (n = 0; n < argc; n++) {
		if ((!strcmp(argv[n], "-o") || !strcmp(argv[n], "--output")) && n + 1 < argc && !file)
			file = argv[++n];
		else if (argv[n][0] != '-' && !file)
			file = argv[n];
		else
			return report_usage(cmd->usage);
	}
	return file ? collect(file) : report_usage(cmd->usage);
}
