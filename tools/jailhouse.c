// SPDX-License-Identifier: GPL-2.0
/*
 * jailhouse - the command of the administrator: finds the handler of a command, nothing else.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "report.h"

#ifndef JAILHOUSE_VERSION
#define JAILHOUSE_VERSION	"unknown"
#endif

/* commands[], groups[] and general_usage[], made of the texts in tools/commands */
#include "commands.inc"

#define ARRAY_LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* How many arguments name @cmd at the start of @argv; 0: it is another one */
static int command_words(const struct command *cmd, int argc, char **argv)
{
	if (argc < 1 || strcmp(argv[0], cmd->name))
		return 0;
	if (!cmd->sub)
		return 1;
	return argc >= 2 && !strcmp(argv[1], cmd->sub) ? 2 : 0;
}

static bool is_help(const char *arg)
{
	return !strcmp(arg, "-h") || !strcmp(arg, "--help");
}

static int run_command(const struct command *cmd, int argc, char **argv)
{
	if (argc > 0 && is_help(argv[0])) {
		fputs(cmd->usage, stdout);
		return EXIT_SUCCESS;
	}
	/* The option stands first or last: what stands in between may be names and strings of any kind. */
	if (argc > 0 && !strcmp(argv[0], "--json")) {
		report_json = true;
		argc--;
		argv++;
	} else if (argc > 1 && !strcmp(argv[argc - 1], "--json")) {
		report_json = true;
		argc--;
	}
	return cmd->run(cmd, argc, argv);
}

/* "jailhouse cell --help" */
static bool help_of_group(int argc, char **argv)
{
	size_t n;

	for (n = 0; n < ARRAY_LENGTH(groups); n++) {
		if (argc != 2 || !is_help(argv[1]) || !command_words(&groups[n], argc, argv))
			continue;
		fputs(groups[n].usage, stdout);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	size_t n;

	if (argc >= 2 && is_help(argv[1])) {
		fputs(general_usage, stdout);
		return EXIT_SUCCESS;
	}
	if (argc >= 2 && !strcmp(argv[1], "--version")) {
		puts("Jailhouse management tool " JAILHOUSE_VERSION);
		return EXIT_SUCCESS;
	}
	for (n = 0; n < ARRAY_LENGTH(commands); n++) {
		int words = command_words(&commands[n], argc - 1, argv + 1);

		if (words)
			return run_command(&commands[n], argc - 1 - words, argv + 1 + words);
	}
	extension_run(argc, argv);
	return help_of_group(argc - 1, argv + 1) ? EXIT_SUCCESS : report_usage(general_usage);
}
