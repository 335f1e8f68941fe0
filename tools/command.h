/* SPDX-License-Identifier: GPL-2.0 */
/*
 * command - the handlers behind "jailhouse COMMAND [SUBCOMMAND]". Each gets what stands behind its name and returns the exit status.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#include <stdbool.h>

struct command {
	const char *name;
	const char *sub;	/* NULL: none */
	const char *usage;	/* shown for --help and wrong arguments */
	int (*run)(const struct command *cmd, int argc, char **argv);
};

int cmd_enable(const struct command *cmd, int argc, char **argv);
int cmd_disable(const struct command *cmd, int argc, char **argv);
int cmd_console(const struct command *cmd, int argc, char **argv);
int cmd_explain(const struct command *cmd, int argc, char **argv);
int cmd_verify(const struct command *cmd, int argc, char **argv);
int cmd_cell_create(const struct command *cmd, int argc, char **argv);
int cmd_cell_list(const struct command *cmd, int argc, char **argv);
int cmd_cell_load(const struct command *cmd, int argc, char **argv);
int cmd_cell_run(const struct command *cmd, int argc, char **argv);
int cmd_cell_start(const struct command *cmd, int argc, char **argv);
int cmd_cell_shutdown(const struct command *cmd, int argc, char **argv);
int cmd_cell_destroy(const struct command *cmd, int argc, char **argv);
int cmd_cell_linux(const struct command *cmd, int argc, char **argv);
int cmd_cell_stats(const struct command *cmd, int argc, char **argv);
int cmd_config_create(const struct command *cmd, int argc, char **argv);
int cmd_config_collect(const struct command *cmd, int argc, char **argv);
int cmd_hardware_check(const struct command *cmd, int argc, char **argv);
int cmd_config_check(const struct command *cmd, int argc, char **argv);
int cmd_config_compile(const struct command *cmd, int argc, char **argv);
int cmd_config_show(const struct command *cmd, int argc, char **argv);
int cmd_config_convert(const struct command *cmd, int argc, char **argv);
int cmd_config_decompile(const struct command *cmd, int argc, char **argv);

/** console --last: the log of the run before, in the hypervisor's memory as @config (NULL: the kernel's command line) has it. */
int console_last(const char *config, bool raw);

/**
 * Replace this process by the script "jailhouse-CMD-SUB" (or "jailhouse-CMD"), looked for in the folder of argv[0], in
 * LIBEXECDIR/jailhouse and in PATH. Returns only when there is none.
 */
void extension_run(int argc, char **argv);

#endif /* TOOLS_COMMAND_H */
