// SPDX-License-Identifier: GPL-2.0
/*
 * config create
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "device.h"
#include "machine/create.h"
#include "machine/dt.h"
#include "machine/hardware.h"
#include "report.h"

struct arguments {
	const char *root, *dtb, *file, *name;
	struct create_options options;
};

static bool take_size(const char *text, uint64_t *out)
{
	char *end;

	*out = parse_size(text, &end);
	if (end != text && !*end && *out && !(*out & 4095))
		return true;
	report_error(0, "Give a number of bytes, or one with K, M or G, that is a multiple of 4K.", "%s: this is not a size of memory", text);
	return false;
}

/* START+SIZE */
static bool take_memory(const char *text, struct create_options *o)
{
	uint64_t start, size = 0;
	char *end;

	start = parse_size(text, &end);
	if (end != text && *end == '+')
		size = parse_size(end + 1, &end);
	if (*end || !size || start + size - 1 < start || o->num_ram == RESERVED_MAX) {
		report_error(0, "Give start and size, such as 0x80000000+2G.", "%s: this is not a range of memory", text);
		return false;
	}
	o->ram[o->num_ram++] = (struct range64){ start, start + size - 1 };
	return true;
}

static bool take_option(int option, struct arguments *a)
{
	switch (option) {
	case 'r':
		a->root = optarg;
		return true;
	case 'd':
		a->dtb = optarg;
		return true;
	case 'n':
		a->name = optarg;
		return true;
	case 'c':
		a->options.console = optarg;
		return true;
	case 'm':
		return take_memory(optarg, &a->options);
	case 'H':
		return take_size(optarg, &a->options.hv_size);
	case 'I':
		return take_size(optarg, &a->options.cells_size);
	default:
		return false;
	}
}

static bool parse_arguments(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'r' }, { "dtb", required_argument, NULL, 'd' },
		{ "console", required_argument, NULL, 'c' }, { "name", required_argument, NULL, 'n' },
		{ "memory", required_argument, NULL, 'm' },
		{ "mem-hv", required_argument, NULL, 'H' }, { "mem-inmates", required_argument, NULL, 'I' },
		{ 0 },
	};
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "r:d:c:n:", options, NULL)) >= 0) {
		if (!take_option(option, a))
			return false;
	}
	if (optind != argc - 1)
		return false;
	a->file = argv[optind];
	return true;
}

/* The tree of the machine, or that of a file */
static int fill_from_tree(const struct tree *t, const struct arguments *a, struct plan *p)
{
	size_t size;
	void *dt = a->dtb ? file_read(a->dtb, &size) : dt_read(t);
	int status;

	if (a->dtb && !dt)
		return EXIT_ERROR;
	if (!dt || (a->dtb && !dt_valid(dt, size)))
		status = report_error(dt ? 0 : errno, "Run the command as root, or give a .dtb file.", "%s: no device tree can be read", p->source);
	else
		status = create_arm(t, dt, &a->options, p);
	free(dt);
	return status;
}

static int fill(const struct tree *t, const struct arguments *a, struct plan *p)
{
	snprintf(p->source, sizeof(p->source), "%s", a->dtb ? a->dtb : tree_name(t));
	if (a->dtb)
		return fill_from_tree(NULL, a, p);
	switch (machine_arch(t)) {
	case MACHINE_X86:
		if (!cpus_read(t, "online", &p->cpus))
			return report_error(errno, NULL, "/sys/devices/system/cpu/online of %s", tree_name(t));
		return create_x86(t, &a->options, p);
	case MACHINE_ARM:
	case MACHINE_ARM64:
		return fill_from_tree(t, a, p);
	default:
		return report_error(0, NULL, "%s: the architecture is not supported", tree_name(t));
	}
}

static int write_file(const struct plan *p, const char *path)
{
	FILE *out = strcmp(path, "-") ? fopen(path, "we") : stdout;
	bool failed;
	size_t n;

	if (!out)
		return report_error(errno, "Check the path.", "%s", path);
	plan_write(p, out);
	failed = ferror(out) || fflush(out);
	if (out != stdout && fclose(out))
		failed = true;
	if (failed)
		return report_error(errno, NULL, "%s", path);
	for (n = 0; n < p->notes; n++)
		fprintf(stderr, "%s\n", p->note[n]);
	return EXIT_SUCCESS;
}

int cmd_config_create(const struct command *cmd, int argc, char **argv)
{
	struct arguments a = { .name = "RootCell" };
	struct plan p = { 0 };
	struct tree *t;
	int status;

	/* argv[-1] is the word "create", which stands where getopt expects the program's name. */
	if (!parse_arguments(argc + 1, argv - 1, &a))
		return report_usage(cmd->usage);
	t = tree_open(a.root);
	if (!t)
		return EXIT_ERROR;
	p.name = a.name;
	status = fill(t, &a, &p);
	if (!status) {
		plan_settle(&p);
		status = p.failed ? report_error(ENOMEM, NULL, "config create") : write_file(&p, a.file);
	}
	plan_free(&p);
	tree_close(t);
	return status;
}
