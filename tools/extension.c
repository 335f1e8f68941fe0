// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts that add commands.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

#ifndef LIBEXECDIR
#define LIBEXECDIR	"/usr/local/libexec"
#endif

/* A command is a word: nothing that leads to another folder. */
static bool is_word(const char *text)
{
	return *text && *text != '-' && *text != '.' && !strchr(text, '/');
}

static void try_folder(const char *folder, const char *name, char **argv)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path))
		execv(path, argv);
}

/* The folder of argv[0], if it was given as a path: the shell found it otherwise in PATH, which is tried too. */
static void try_own_folder(const char *argv0, const char *name, char **argv)
{
	const char *slash = strrchr(argv0, '/');
	char folder[PATH_MAX];

	if (slash && snprintf(folder, sizeof(folder), "%.*s", (int)(slash - argv0), argv0) < (int)sizeof(folder))
		try_folder(slash == argv0 ? "/" : folder, name, argv);
}

static void try_everywhere(const char *argv0, const char *name, char **argv)
{
	try_own_folder(argv0, name, argv);
	try_folder(LIBEXECDIR "/jailhouse", name, argv);
	execvp(name, argv);
}

void extension_run(int argc, char **argv)
{
	char name[NAME_MAX];

	if (argc >= 3 && is_word(argv[1]) && is_word(argv[2])) {
		snprintf(name, sizeof(name), "jailhouse-%s-%s", argv[1], argv[2]);
		try_everywhere(argv[0], name, argv + 2);
	}
	if (argc >= 2 && is_word(argv[1])) {
		snprintf(name, sizeof(name), "jailhouse-%s", argv[1]);
		try_everywhere(argv[0], name, argv + 1);
	}
}
