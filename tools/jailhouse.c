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

#define CELL	"{ ID | [--name] NAME }"

static const struct command commands[] = {
	{ "enable", NULL, "Usage: jailhouse enable [--json] SYSCONFIG\n"
	  "Put Linux into the root cell of the system that the file SYSCONFIG describes.\n", cmd_enable },
	{ "disable", NULL, "Usage: jailhouse disable [--json]\n"
	  "Destroy all cells and give the whole machine back to Linux.\n", cmd_disable },
	{ "console", NULL, "Usage: jailhouse console [-f | --follow | --last [--raw] [SYSCONFIG]]\n"
	  "Print the hypervisor's console; with -f go on until interrupted; with --last what the run before left behind,\n"
	  "also across a reset.\n", cmd_console },
	{ "verify", NULL, "Usage: jailhouse verify [--json]\n"
	  "Let the hypervisor prove that its cells are isolated, and print a digest of who may reach what.\n", cmd_verify },
	{ "explain", NULL, "Usage: jailhouse explain [--json] [--elf ELF] FILE\n"
	  "Say in words what stopped the hypervisor: FILE is the output of \"jailhouse console\", also with --last or --raw.\n", cmd_explain },
	{ "cell", "create", "Usage: jailhouse cell create [--json] CELLCONFIG\n"
	  "Take what the file CELLCONFIG describes from the root cell and make a cell of it.\n", cmd_cell_create },
	{ "cell", "list", "Usage: jailhouse cell list [--json]\n"
	  "Show all cells.\n", cmd_cell_list },
	{ "cell", "load", "Usage: jailhouse cell load [--json] " CELL "\n"
	  "                      { IMAGE | { -s | --string } \"STRING\" } [-a | --address ADDRESS] ...\n"
	  "Stop the cell and copy files or strings to addresses of its memory (default 0).\n", cmd_cell_load },
	{ "cell", "start", "Usage: jailhouse cell start [--json] " CELL "\n"
	  "Let the CPUs of the cell run from its reset address on.\n", cmd_cell_start },
	{ "cell", "shutdown", "Usage: jailhouse cell shutdown [--json] " CELL "\n"
	  "Ask the cell to end, and stop its CPUs.\n", cmd_cell_shutdown },
	{ "cell", "destroy", "Usage: jailhouse cell destroy [--json] " CELL "\n"
	  "Ask the cell to end, and give what it had back to the root cell.\n", cmd_cell_destroy },
	{ "cell", "linux", "Usage: jailhouse cell linux [--json] [-d | --dtb DTB] [-i | --initrd INITRD] [-c | --cmdline \"CMDLINE\"]\n"
	  "                       [-w | --write-params FILE] [-a | --arch ARCH] [-k | --kernel-decomp-factor FACTOR]\n"
	  "                       CELLCONFIG KERNEL\n"
	  "Create the cell that the file CELLCONFIG describes and start the Linux KERNEL in it; with -w only write its device tree,\n"
	  "and print the commands.\n", cmd_cell_linux },
	{ "cell", "stats", "Usage: jailhouse cell stats [--json | -1 | --once] " CELL "\n"
	  "Show how often the cell called for the hypervisor: every second on a terminal (q quits, c next CPU, a all CPUs),\n"
	  "once otherwise.\n", cmd_cell_stats },
};

#define NUM_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const char general_usage[] =
	"Usage: jailhouse { COMMAND | --help | --version }\n"
	"\n"
	"Available commands:\n"
	"   enable SYSCONFIG\n"
	"   disable\n"
	"   console [-f | --follow | --last [--raw] [SYSCONFIG]]\n"
	"   verify\n"
	"   explain [--elf ELF] FILE\n"
	"   cell create CELLCONFIG\n"
	"   cell list\n"
	"   cell load " CELL " { IMAGE | { -s | --string } \"STRING\" }\n"
	"             [-a | --address ADDRESS] ...\n"
	"   cell start " CELL "\n"
	"   cell shutdown " CELL "\n"
	"   cell destroy " CELL "\n"
	"   cell stats " CELL "\n"
	"   cell linux CELLCONFIG KERNEL [-d DTB] [-i INITRD] [-c \"CMDLINE\"] [-w FILE]\n"
	"\n"
	"Every command knows --help, and tells failures as data with --json. More in jailhouse(8).\n";

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
	for (n = 0; n < NUM_COMMANDS; n++) {
		int words = command_words(&commands[n], argc - 1, argv + 1);

		if (words)
			return run_command(&commands[n], argc - 1 - words, argv + 1 + words);
	}
	extension_run(argc, argv);
	return report_usage(general_usage);
}
