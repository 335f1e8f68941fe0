// SPDX-License-Identifier: GPL-2.0
/*
 * config convert
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config/compile.h"
#include "config/convert.h"
#include "config/names.h"
#include "config/output.h"
#include "config/source.h"
#include "device.h"
#include "report.h"

struct arguments {
	const char *in, *out, *arch_name;
	int arch;
};

static bool parse(struct arguments *a, int argc, char **argv)
{
	__u64 arch;
	int n;

	*a = (struct arguments){ .arch = -1 };
	for (n = 0; n < argc; n++) {
		if (!strcmp(argv[n], "-o") || !strcmp(argv[n], "--output")) {
			if (++n == argc)
				return false;
			a->out = argv[n];
		} else if (!strcmp(argv[n], "-a") || !strcmp(argv[n], "--arch")) {
			if (++n == argc || !name_find(arch_names, argv[n], &arch))
				return false;
			a->arch = (int)arch;
		} else if (a->in || argv[n][0] == '-') {
			return false;
		} else {
			a->in = argv[n];
		}
	}
	return a->in;
}

/* What could not be known, as comments at the head of the text */
static char *head_of(const struct text *t, const char *path, unsigned int revision)
{
	unsigned int n, kept = t->num_complaints < TEXT_MAX_COMPLAINTS ? t->num_complaints : TEXT_MAX_COMPLAINTS;
	const char *name = strrchr(path, '/');
	char *head = NULL;
	size_t size;
	FILE *f = open_memstream(&head, &size);

	if (!f)
		abort();
	fprintf(f, "# Converted from %s, revision %u.\n", name ? name + 1 : path, revision);
	for (n = 0; n < kept; n++)
		fprintf(f, "# - %s. %s\n", t->complaints[n].what, t->complaints[n].way_out ? t->complaints[n].way_out : "");
	fputs("\n", f);
	fclose(f);
	return head;
}

static int write_converted(struct text *t, const struct arguments *a, const struct draft *d, const void *binary)
{
	char *head = head_of(t, a->in, ((const unsigned char *)binary)[6]);
	int status = text_output(a->out, config_decompile(t, d), head);

	/* on the terminal, too, when the text is elsewhere */
	if (status == EXIT_SUCCESS && a->out && t->num_complaints)
		report_complaints(t);
	free(head);
	return status;
}

int cmd_config_convert(const struct command *cmd, int argc, char **argv)
{
	int status = EXIT_ERROR;
	struct arguments a;
	struct draft d;
	struct text t;
	size_t size;
	void *binary;

	if (!parse(&a, argc, argv))
		return report_usage(cmd->usage);
	binary = file_read(a.in, &size);
	if (!binary)
		return EXIT_ERROR;
	text_init(&t, NULL);
	draft_init(&d);
	if (!convert_knows(binary, size))
		report_error(0, "For one of revision 14 there is \"jailhouse config decompile\".", "%s is no configuration of revision 10 or 12", a.in);
	else if (convert(&t, &d, binary, size, a.in, a.arch))
		status = write_converted(&t, &a, &d, binary);
	else
		report_complaints(&t);
	draft_free(&d);
	text_free(&t);
	free(binary);
	return status;
}
