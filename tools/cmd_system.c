// SPDX-License-Identifier: GPL-2.0
/*
 * enable, disable, console
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>
#include <jailhouse/ioctl.h>

#include "command.h"
#include "device.h"
#include "narrate.h"
#include "offline.h"
#include "placing.h"
#include "report.h"
#include "sysfs.h"

int cmd_enable(const struct command *cmd, int argc, char **argv)
{
	const bool is_on = sysfs_exists(0);
	struct placing p;
	int status;

	if (argc != 1)
		return report_usage(cmd->usage);
	status = placing_system(&p, argv[0], is_on);
	if (status == EXIT_SUCCESS) {
		status = device_request(JAILHOUSE_ENABLE, "JAILHOUSE_ENABLE", p.config);
		if (status == EXIT_SUCCESS)
			placing_done(&p);
		else if (!is_on)
			offline_give_back();
	}
	placing_free(&p);
	return status;
}

int cmd_disable(const struct command *cmd, int argc, char **argv)
{
	int status;

	if (argc != 0)
		return report_usage(cmd->usage);
	status = device_request(JAILHOUSE_DISABLE, "JAILHOUSE_DISABLE", NULL);
	if (status == EXIT_SUCCESS) {
		offline_give_back();
		placing_forget();
	}
	return status;
}

static int cmd_console_last(const struct command *cmd, int argc, char **argv)
{
	bool raw = argc > 0 && !strcmp(argv[0], "--raw");

	argc -= raw;
	argv += raw;
	if (argc > 1 || (argc == 1 && argv[0][0] == '-'))
		return report_usage(cmd->usage);
	return console_last(argc ? argv[0] : NULL, raw);
}

int cmd_console(const struct command *cmd, int argc, char **argv)
{
	struct narrator narrator = { .used = 0 };
	int follow = argc == 1 && (!strcmp(argv[0], "-f") || !strcmp(argv[0], "--follow"));

	if (argc > 0 && !strcmp(argv[0], "--last"))
		return cmd_console_last(cmd, argc - 1, argv + 1);
	if (argc > 1 || (argc == 1 && !follow))
		return report_usage(cmd->usage);
	return device_console(follow, narrate, &narrator);
}
