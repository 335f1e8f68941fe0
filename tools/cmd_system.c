// SPDX-License-Identifier: GPL-2.0
/*
 * enable, disable, console
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>
#include <jailhouse/ioctl.h>
#include <common/config/config.h>

#include "command.h"
#include "config/source.h"
#include "device.h"
#include "offline.h"
#include "report.h"
#include "sysfs.h"

/*
 * The driver learns the size of the configuration from the configuration itself and cannot see where the file ends, so the
 * counts are compared with the size here, by the same rule. Everything else is left to the driver.
 */
static int check_size(const void *config, size_t size)
{
	struct jailhouse_refusal refusal;
	struct system_view view;
	int err = system_view_init(&view, config, size, &refusal);

	return err ? report_refusal("JAILHOUSE_ENABLE", -err, &refusal) : EXIT_SUCCESS;
}

static int enable(const void *config, size_t size)
{
	bool is_on = sysfs_exists(0);
	int status = is_on ? EXIT_SUCCESS : offline_for_system(config, size);

	if (status != EXIT_SUCCESS)
		return status;
	status = device_request(JAILHOUSE_ENABLE, "JAILHOUSE_ENABLE", (void *)config);
	if (status != EXIT_SUCCESS && !is_on)
		offline_give_back();
	return status;
}

int cmd_enable(const struct command *cmd, int argc, char **argv)
{
	size_t size;
	void *config;
	int status;

	if (argc != 1)
		return report_usage(cmd->usage);
	config = config_read(argv[0], &size);
	if (!config)
		return EXIT_ERROR;
	status = check_size(config, size);
	if (status == EXIT_SUCCESS)
		status = enable(config, size);
	free(config);
	return status;
}

int cmd_disable(const struct command *cmd, int argc, char **argv)
{
	int status;

	if (argc != 0)
		return report_usage(cmd->usage);
	status = device_request(JAILHOUSE_DISABLE, "JAILHOUSE_DISABLE", NULL);
	if (status == EXIT_SUCCESS)
		offline_give_back();
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
	int follow = argc == 1 && (!strcmp(argv[0], "-f") || !strcmp(argv[0], "--follow"));

	if (argc > 0 && !strcmp(argv[0], "--last"))
		return cmd_console_last(cmd, argc - 1, argv + 1);
	if (argc > 1 || (argc == 1 && !follow))
		return report_usage(cmd->usage);
	return device_console(follow);
}
