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
#include "config/check.h"
#include "config/files.h"
#include "config/output.h"
#include "config/source.h"
#include "device.h"
#include "machine/carve.h"
#include "machine/create.h"
#include "machine/dt.h"
#include "machine/hardware.h"
#include "report.h"

struct arguments {
	const char *root, *dtb, *file, *name;
	struct create_options options;
	/* with --cell */
	const char *system, *beside[CARVE_MAX];
	unsigned int besides;
	struct carve_options cell;
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

static bool take_cpus(const char *text, struct cpu_numbers *out)
{
	if (cpus_parse(text, out) && out->count)
		return true;
	report_error(0, "Give numbers in ascending order, such as 2-3 or 1,3.", "%s: this is not a set of CPUs", text);
	return false;
}

static bool take_one(const char *text, const char **list, unsigned int *count)
{
	if (*count == CARVE_MAX)
		return false;
	list[(*count)++] = text;
	return true;
}

static bool take_cell_option(int option, struct arguments *a)
{
	switch (option) {
	case 'N':
		a->cell.name = optarg;
		return true;
	case 'S':
		a->system = optarg;
		return true;
	case 'C':
		return take_cpus(optarg, &a->cell.cpus);
	case 'R':
		return take_size(optarg, &a->cell.ram);
	case 'U':
		return take_one(optarg, a->cell.uart, &a->cell.uarts);
	case 'P':
		return take_one(optarg, a->cell.pci, &a->cell.pcis);
	case 'B':
		return take_one(optarg, a->beside, &a->besides);
	case 'D':
		a->cell.unsafe_dma = true;
		return true;
	case 'L':
		a->cell.for_linux = true;
		return true;
	default:
		return false;
	}
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
		return take_cell_option(option, a);
	}
}

static bool parse_arguments(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'r' }, { "dtb", required_argument, NULL, 'd' },
		{ "console", required_argument, NULL, 'c' }, { "name", required_argument, NULL, 'n' },
		{ "memory", required_argument, NULL, 'm' },
		{ "mem-hv", required_argument, NULL, 'H' }, { "mem-inmates", required_argument, NULL, 'I' },
		{ "cell", required_argument, NULL, 'N' }, { "system", required_argument, NULL, 'S' },
		{ "cpus", required_argument, NULL, 'C' }, { "ram", required_argument, NULL, 'R' },
		{ "uart", required_argument, NULL, 'U' }, { "pci", required_argument, NULL, 'P' },
		{ "beside", required_argument, NULL, 'B' }, { "unsafe-dma", no_argument, NULL, 'D' },
		{ "linux", no_argument, NULL, 'L' },
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
	/* A cell needs all of these, a system has none. */
	return a->cell.name ? a->system && a->cell.cpus.count && a->cell.ram :
	       !(a->system || a->cell.cpus.count || a->cell.ram || a->cell.uarts || a->cell.pcis || a->besides || a->cell.unsafe_dma ||
		 a->cell.for_linux);
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

static int write_text(const char *text, size_t size, const char *path)
{
	FILE *out = strcmp(path, "-") ? fopen(path, "we") : stdout;
	bool failed;

	if (!out)
		return report_error(errno, "Check the path.", "%s", path);
	failed = fwrite(text, 1, size, out) != size || fflush(out);
	if (out != stdout && fclose(out))
		failed = true;
	return failed ? report_error(errno, NULL, "%s", path) : EXIT_SUCCESS;
}

static int create_system(const struct tree *t, const struct arguments *a, FILE *out)
{
	struct plan p = { .name = a->name };
	int status = fill(t, a, &p);
	size_t n;

	if (!status) {
		plan_settle(&p);
		plan_write(&p, out);
		status = p.failed ? report_error(ENOMEM, NULL, "config create") : EXIT_SUCCESS;
	}
	for (n = 0; !status && n < p.notes; n++)
		fprintf(stderr, "%s\n", p.note[n]);
	plan_free(&p);
	return status;
}

/* --- a cell ------------------------------------------------------------------------------------------------------------------ */

/* What was made has to keep the rules on the system and beside the other cells. The text is taken. */
static int check_cell(char *text, size_t size, const struct arguments *a, struct source *system, struct source *cells)
{
	struct verdict verdict = { 0 };
	int status = EXIT_ERROR;

	if (!system->judge) {
		free(text);
		return EXIT_SUCCESS;
	}
	if (source_take(&cells[a->besides], a->cell.name, text, size) && files_place(system, cells, a->besides + 1)) {
		check_all(&verdict, system, cells, a->besides + 1);
		status = verdict.errors ? EXIT_ERROR : EXIT_SUCCESS;
		if (verdict.errors)
			verdict_print(&verdict);
	}
	verdict_free(&verdict);
	return status;
}

static int carve_and_check(const struct tree *t, const void *dt, const struct arguments *a, struct source *system, struct source *cells,
			   FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *copy = open_memstream(&text, &size);
	int status;

	if (!copy)
		return report_error(errno, NULL, "config create");
	status = carve(t, dt, &a->cell, system, cells, a->besides, copy);
	fclose(copy);
	if (!status)
		fwrite(text, 1, size, out);
	if (status) {
		free(text);
		return status;
	}
	return check_cell(text, size, a, system, cells);
}

static int create_cell(const struct tree *t, const struct arguments *a, FILE *out)
{
	struct source system = { 0 }, cells[CARVE_MAX + 1] = { 0 };
	size_t size;
	void *dt = a->dtb ? file_read(a->dtb, &size) : dt_read(t);
	int status = a->dtb && !(dt && dt_valid(dt, size)) ? report_error(0, NULL, "%s: this is not a device tree", a->dtb) : EXIT_SUCCESS;
	unsigned int n;

	if (!status && !source_load(&system, a->system))
		status = EXIT_ERROR;
	if (!status && !system.draft.is_system)
		status = report_error(0, "Give the configuration of a system.", "%s is the configuration of a cell", a->system);
	for (n = 0; !status && n < a->besides; n++) {
		if (!source_load(&cells[n], a->beside[n]))
			status = EXIT_ERROR;
	}
	if (!status)
		status = carve_and_check(a->dtb ? NULL : t, dt, a, &system, cells, out);
	for (n = 0; n <= a->besides; n++)
		source_free(&cells[n]);
	source_free(&system);
	free(dt);
	return status;
}

int cmd_config_create(const struct command *cmd, int argc, char **argv)
{
	struct arguments a = { .name = "RootCell" };
	char *text = NULL;
	struct tree *t;
	size_t size;
	FILE *out;
	int status;

	/* argv[-1] is the word "create", which stands where getopt expects the program's name. */
	if (!parse_arguments(argc + 1, argv - 1, &a))
		return report_usage(cmd->usage);
	t = tree_open(a.root);
	out = open_memstream(&text, &size);
	if (!t || !out)
		return EXIT_ERROR;
	status = a.cell.name ? create_cell(t, &a, out) : create_system(t, &a, out);
	fclose(out);
	if (!status)
		status = write_text(text, size, a.file);
	free(text);
	tree_close(t);
	return status;
}
