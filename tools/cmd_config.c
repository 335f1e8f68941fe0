// SPDX-License-Identifier: GPL-2.0
/*
 * config compile, decompile
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "config/check.h"
#include "config/compile.h"
#include "config/files.h"
#include "config/output.h"
#include "config/source.h"
#include "report.h"

/* --- options: [-o OUT] and a switch, before or behind the file --- */

struct arguments {
	const char *in, *out;
	bool no_check;
};

static bool parse(struct arguments *a, int argc, char **argv)
{
	int n;

	*a = (struct arguments){ 0 };
	for (n = 0; n < argc; n++) {
		if (!strcmp(argv[n], "-o") || !strcmp(argv[n], "--output")) {
			if (++n == argc)
				return false;
			a->out = argv[n];
		} else if (!strcmp(argv[n], "--no-check")) {
			a->no_check = true;
		} else if (a->in || (argv[n][0] == '-' && argv[n][1])) {
			return false;
		} else {
			a->in = argv[n];
		}
	}
	return a->in;
}

/* --- compile --- */

/* Addresses that are to be found are given some, for the rules. */
static bool is_sound(struct source *s)
{
	struct verdict verdict = { 0 };
	bool sound;

	if (s->draft.is_system ? !files_place(s, NULL, 0) : !files_place(NULL, s, 1))
		return false;
	check_alone(&verdict, s);
	sound = !verdict.errors;
	if (!sound)
		verdict_print(&verdict);
	verdict_free(&verdict);
	return sound;
}

static int write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");
	bool written = f && fwrite(data, 1, size, f) == size;

	if (f && fclose(f))
		written = false;
	return written ? EXIT_SUCCESS : report_error(errno, NULL, "%s", path);
}

/* NAME.cell beside NAME.yaml */
static char *default_output(const char *in)
{
	size_t length = strlen(in);
	char *out;

	if (length > 5 && !strcmp(in + length - 5, ".yaml"))
		length -= 5;
	else if (length > 4 && !strcmp(in + length - 4, ".yml"))
		length -= 4;
	if (asprintf(&out, "%.*s.cell", (int)length, in) < 0)
		abort();
	return out;
}

int cmd_config_compile(const struct command *cmd, int argc, char **argv)
{
	int status = EXIT_ERROR;
	struct arguments a;
	struct source s;
	char *out;

	if (!parse(&a, argc, argv))
		return report_usage(cmd->usage);
	out = a.out ? strdup(a.out) : default_output(a.in);
	if (source_load(&s, a.in)) {
		void *binary = s.binary;
		size_t size = s.size;

		s.binary = NULL;
		if (!s.is_text)
			report_error(0, "\"jailhouse config decompile\" makes text of it.", "%s is binary already", a.in);
		else if (a.no_check || is_sound(&s))
			status = write_file(out, binary, size);
		free(binary);
	}
	source_free(&s);
	free(out);
	return status;
}

/* --- decompile --- */

static bool would_lose_comments(const struct source *s, const char *out)
{
	struct stat in, there;

	if (!s->is_text || !out || stat(s->path, &in) || stat(out, &there) || in.st_dev != there.st_dev || in.st_ino != there.st_ino)
		return false;
	report_error(0, "Give another file with -o.", "%s is the source: its comments and includes would be lost", out);
	return true;
}

int cmd_config_decompile(const struct command *cmd, int argc, char **argv)
{
	int status = EXIT_ERROR;
	struct arguments a;
	struct source s;

	if (!parse(&a, argc, argv) || a.no_check)
		return report_usage(cmd->usage);
	if (source_load(&s, a.in) && !would_lose_comments(&s, a.out))
		status = text_output(a.out, config_decompile(&s.text, &s.draft), NULL);
	source_free(&s);
	return status;
}
