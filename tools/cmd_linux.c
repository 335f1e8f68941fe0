// SPDX-License-Identifier: GPL-2.0
/*
 * cell linux: a Linux in a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <libfdt.h>
#include <zlib.h>
#include <jailhouse/ioctl.h>

#include <common/config/rules.h>
#include "command.h"
#include "config/source.h"
#include "device.h"
#include "linux_fdt.h"
#include "linux_layout.h"
#include "machine/dt.h"
#include "offline.h"
#include "placing.h"
#include "report.h"

#ifndef LIBEXECDIR
#define LIBEXECDIR	"/usr/local/libexec"
#endif

#define LOADER		"linux-loader.bin"
#define PIECE		0x1000000UL	/* progress is shown after so many bytes */
#define MAX_KERNEL	0x40000000UL

/* struct blob - content of a file, from malloc */
struct blob {
	void *data;
	size_t size;
};

struct options {
	const char *dtb, *initrd, *cmdline, *params, *arch, *config, *kernel;
	long factor;
};

/* struct guest - everything that goes into the cell */
struct guest {
	struct blob config, loader, kernel, initrd, tree;
	struct cell_view cell;
	struct linux_layout at;
	char params[64];
};

/* --- the command line --- */

static bool parse_factor(const char *text, long *factor)
{
	char *end;

	errno = 0;
	*factor = strtol(text, &end, 0);
	return *text && !*end && !errno && *factor >= 0 && *factor < 1000;
}

static bool parse_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "dtb", required_argument, NULL, 'd' },
		{ "initrd", required_argument, NULL, 'i' },
		{ "cmdline", required_argument, NULL, 'c' },
		{ "write-params", required_argument, NULL, 'w' },
		{ "arch", required_argument, NULL, 'a' },
		{ "kernel-decomp-factor", required_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	/* getopt takes the first argument for the program's name. */
	int c, count = argc + 1;
	char **arguments = argv - 1;

	*o = (struct options){ .cmdline = "", .factor = 1 };
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(count, arguments, "d:i:c:w:a:k:", names, NULL)) != -1) {
		switch (c) {
		case 'd':
			o->dtb = optarg;
			break;
		case 'i':
			o->initrd = optarg;
			break;
		case 'c':
			o->cmdline = optarg;
			break;
		case 'w':
			o->params = optarg;
			break;
		case 'a':
			o->arch = optarg;
			break;
		case 'k':
			if (parse_factor(optarg, &o->factor))
				break;
			return false;
		default:
			return false;
		}
	}
	if (count - optind != 2)
		return false;
	o->config = arguments[optind];
	o->kernel = arguments[optind + 1];
	return true;
}

static bool check_arch(const struct options *o)
{
	struct utsname running;
	const char *arch = o->arch;

	if (!arch && !uname(&running))
		arch = !strcmp(running.machine, "aarch64") ? "arm64" : !strncmp(running.machine, "armv7", 5) ? "arm" : NULL;
	if (arch && (!strcmp(arch, "arm64") || !strcmp(arch, "arm")))
		return true;
	report_error(0, "It can start a Linux in cells of arm64 and arm so far (-a arm64).", "the architecture %s is not supported",
		     o->arch ? o->arch : running.machine);
	return false;
}

/* --- files --- */

static bool read_blob(struct blob *b, const char *path)
{
	b->data = file_read(path, &b->size);
	return b->data;
}

static bool grow(struct blob *b, size_t *room)
{
	void *more;

	if (b->size < *room)
		return true;
	*room = *room ? 2 * *room : PIECE;
	more = *room <= MAX_KERNEL ? realloc(b->data, *room) : NULL;
	if (!more)
		return false;
	b->data = more;
	return true;
}

/* An Image, or one that gzip has compressed */
static bool read_kernel(struct blob *b, const char *path)
{
	gzFile file = gzopen(path, "rb");
	size_t room = 0;
	int n = 1;

	if (!file) {
		report_error(errno, NULL, "%s", path);
		return false;
	}
	while (n > 0 && grow(b, &room)) {
		n = gzread(file, (char *)b->data + b->size, (unsigned int)(room - b->size < PIECE ? room - b->size : PIECE));
		b->size += n > 0 ? (size_t)n : 0;
	}
	gzclose(file);
	if (n == 0)
		return true;
	report_error(n < 0 ? 0 : EFBIG, NULL, "%s cannot be read or unpacked", path);
	return false;
}

/* The folder of the command itself, where it lies in a tree that was not installed; then where it is installed. */
static bool read_loader(struct blob *b)
{
	char path[PATH_MAX], own[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *slash;

	own[length > 0 ? length : 0] = 0;
	slash = strrchr(own, '/');
	if (slash)
		*slash = 0;
	if (snprintf(path, sizeof(path), "%s/" LOADER, own) >= (int)sizeof(path) || access(path, R_OK))
		snprintf(path, sizeof(path), "%s", LIBEXECDIR "/jailhouse/" LOADER);
	return read_blob(b, path);
}

static bool refused(const char *file, const struct jailhouse_refusal *r)
{
	char text[1024];

	refusal_format(text, sizeof(text), r);
	report_error(0, NULL, "%s: %s", file, text);
	return false;
}

/* @only_looked_at: addresses that are to be found are, but not on this machine. */
static bool read_config(struct guest *g, const char *path, bool only_looked_at)
{
	struct placing_guess guess = { 0 };
	struct jailhouse_refusal r;

	g->config.data = only_looked_at ? placing_read(&guess, path, &g->config.size) : config_read(path, &g->config.size);
	placing_guess_free(&guess);
	if (!g->config.data || (!only_looked_at && placing_cell(&g->config.data, &g->config.size)))
		return false;
	if (cell_view_init(&g->cell, g->config.data, g->config.size, &r) || config_check_cell(&g->cell, &r))
		return refused(path, &r);
	return true;
}

/* --- the device tree --- */

static void *read_tree(const char *path)
{
	struct blob b;

	if (!read_blob(&b, path))
		return NULL;
	if (dt_valid(b.data, b.size))
		return b.data;
	report_error(0, "Compile it with \"dtc\".", "%s is not a device tree of version 17 or newer, or it is damaged", path);
	free(b.data);
	return NULL;
}

static void *first_tree(const struct guest *g, const struct options *o)
{
	void *machine, *tree;

	if (o->dtb)
		return read_tree(o->dtb);
	machine = read_tree(getenv("JAILHOUSE_FDT") ?: "/sys/firmware/fdt");
	tree = machine ? linux_fdt_make(&g->cell, machine) : NULL;
	free(machine);
	return tree;
}

/* The tree holds where the initrd is, and how large the tree is decides where everything goes: it is made twice. */
static bool place_and_complete(struct guest *g, const void *tree, const struct options *o)
{
	struct linux_boot boot = { .cmdline = o->cmdline, .initrd_start = 0, .initrd_end = g->initrd.size };
	struct linux_kernel kernel;
	__u64 needed;

	if (!linux_kernel_parse(&kernel, g->kernel.data, g->kernel.size)) {
		report_error(0, "Use the file arch/arm64/boot/Image or arch/arm/boot/zImage of a kernel build, or /boot/vmlinuz of a distribution.",
			     "%s is not a kernel of arm64 or arm", o->kernel);
		return false;
	}
	g->tree.data = linux_fdt_complete(tree, &g->cell, &boot);
	if (!g->tree.data)
		return false;
	g->tree.size = fdt_totalsize(g->tree.data);
	if (!linux_layout(&g->at, &g->cell, &kernel, g->tree.size, g->initrd.size, (unsigned int)o->factor, &needed)) {
		report_error(0, "Give it a region with READ, WRITE, EXECUTE and LOADABLE of that size.",
			     "cell \"%s\" has no region of RAM for %" PRIu64 " MiB", g->cell.desc->name, (uint64_t)(needed >> 20) + 1);
		return false;
	}
	free(g->tree.data);
	boot.initrd_start = g->at.initrd;
	boot.initrd_end = g->initrd.size ? g->at.initrd + g->initrd.size : 0;
	g->tree.data = linux_fdt_complete(tree, &g->cell, &boot);
	snprintf(g->params, sizeof(g->params), "kernel=0x%llx dtb=0x%llx", g->at.kernel, g->at.dtb);
	return g->tree.data;
}

static bool prepare(struct guest *g, const struct options *o)
{
	void *tree;
	bool good;

	if (!read_config(g, o->config, o->params) || !read_loader(&g->loader) || !read_kernel(&g->kernel, o->kernel))
		return false;
	if (o->initrd && !read_blob(&g->initrd, o->initrd))
		return false;
	tree = first_tree(g, o);
	good = tree && place_and_complete(g, tree, o);
	free(tree);
	return good;
}

/* --- into the cell --- */

static int load_piece(const struct jailhouse_cell_id *id, const void *data, size_t size, __u64 target)
{
	struct jailhouse_cell_load *load = calloc(1, sizeof(*load) + sizeof(load->image[0]));
	int status;

	if (!load)
		return report_error(ENOMEM, NULL, "jailhouse");
	load->cell_id = *id;
	load->num_preload_images = 1;
	load->image[0].source_address = (uintptr_t)data;
	load->image[0].size = size;
	load->image[0].target_address = target;
	status = device_request(JAILHOUSE_CELL_LOAD, "JAILHOUSE_CELL_LOAD", load);
	free(load);
	return status;
}

static void show_progress(const char *what, size_t done, size_t size)
{
	bool terminal = isatty(STDOUT_FILENO);

	if (report_json || (!terminal && done < size))
		return;
	printf("%sLoading %s: %zu of %zu KiB", terminal ? "\r" : "", what, (done + 1023) >> 10, (size + 1023) >> 10);
	if (terminal)
		printf(", %llu %%", 100ULL * done / size);
	fputs(done < size ? "" : "\n", stdout);
	fflush(stdout);
}

static int load(const struct jailhouse_cell_id *id, const char *what, const void *data, size_t size, __u64 target)
{
	size_t done, n;
	int status = 0;

	for (done = 0; done < size && !status; done += n) {
		n = size - done < PIECE ? size - done : PIECE;
		status = load_piece(id, (const char *)data + done, n, target + done);
		if (!status)
			show_progress(what, done + n < size ? done + n : size, size);
	}
	return status;
}

static int load_all(const struct guest *g, const struct jailhouse_cell_id *id)
{
	int status = load(id, "loader", g->loader.data, g->loader.size, g->at.loader);

	if (!status)
		status = load(id, "kernel", g->kernel.data, g->kernel.size, g->at.kernel);
	if (!status)
		status = load(id, "device tree", g->tree.data, g->tree.size, g->at.dtb);
	if (!status && g->initrd.size)
		status = load(id, "initrd", g->initrd.data, g->initrd.size, g->at.initrd);
	if (!status)
		status = load(id, "parameters", g->params, strlen(g->params) + 1, g->at.params);
	return status;
}

static int create_and_start(const struct guest *g)
{
	struct jailhouse_cell_create create = {
		.config_address = (uintptr_t)g->config.data,
		.config_size = (__u32)g->config.size,
	};
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };
	int status = offline_for_cell(g->config.data, g->config.size);

	if (!status)
		status = device_request(JAILHOUSE_CELL_CREATE, "JAILHOUSE_CELL_CREATE", &create);
	if (status)
		return status;
	snprintf(id.name, sizeof(id.name), "%s", g->cell.desc->name);
	status = load_all(g, &id);
	if (!status)
		status = device_request(JAILHOUSE_CELL_START, "JAILHOUSE_CELL_START", &id);
	/* What was created for nothing goes; why is told already. */
	if (status)
		device_query(JAILHOUSE_CELL_DESTROY, &id);
	return status;
}

/* -w: the tree to a file, and the commands that do the same on a machine with Jailhouse */
static int write_params(const struct guest *g, const struct options *o)
{
	const char *name = g->cell.desc->name;
	FILE *file = fopen(o->params, "wb");
	bool written = file && fwrite(g->tree.data, 1, g->tree.size, file) == g->tree.size;

	if (file && fclose(file))
		written = false;
	if (!written)
		return report_error(errno, NULL, "%s", o->params);
	printf("jailhouse cell create %s\n", o->config);
	printf("jailhouse cell load %s " LIBEXECDIR "/jailhouse/" LOADER " -a 0x%llx %s -a 0x%llx %s -a 0x%llx", name, g->at.loader,
	       o->kernel, g->at.kernel, o->params, g->at.dtb);
	if (o->initrd)
		printf(" %s -a 0x%llx", o->initrd, g->at.initrd);
	printf(" -s \"%s\" -a 0x%llx\njailhouse cell start %s\n", g->params, g->at.params, name);
	return EXIT_SUCCESS;
}

int cmd_cell_linux(const struct command *cmd, int argc, char **argv)
{
	struct guest g = { 0 };
	struct options o;
	int status = EXIT_ERROR;

	if (!parse_options(&o, argc, argv))
		return report_usage(cmd->usage);
	if (check_arch(&o) && prepare(&g, &o))
		status = o.params ? write_params(&g, &o) : create_and_start(&g);
	free(g.config.data);
	free(g.loader.data);
	free(g.kernel.data);
	free(g.initrd.data);
	free(g.tree.data);
	return status;
}
