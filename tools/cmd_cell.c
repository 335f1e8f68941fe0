// SPDX-License-Identifier: GPL-2.0
/*
 * cell create, load, run, start, shutdown, destroy
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/ioctl.h>

#include "cell_id.h"
#include "command.h"
#include "config/source.h"
#include "device.h"
#include "offline.h"
#include "placing.h"
#include "report.h"

/* A cell's configuration with all its addresses. NULL: reported. */
static void *read_config(const char *path, size_t *size)
{
	void *config = config_read(path, size);

	if (config && placing_cell(&config, size) == EXIT_SUCCESS)
		return config;
	free(config);
	return NULL;
}

static int create(const void *config, size_t size)
{
	struct jailhouse_cell_create create = {
		.config_address = (uintptr_t)config,
		.config_size = size > UINT32_MAX ? UINT32_MAX : (__u32)size,
	};
	int status = offline_for_cell(config, size);

	if (status == EXIT_SUCCESS)
		status = device_request(JAILHOUSE_CELL_CREATE, "JAILHOUSE_CELL_CREATE", &create);
	return status;
}

int cmd_cell_create(const struct command *cmd, int argc, char **argv)
{
	void *config;
	size_t size;
	int status;

	if (argc != 1)
		return report_usage(cmd->usage);
	config = read_config(argv[0], &size);
	if (!config)
		return EXIT_ERROR;
	status = create(config, size);
	free(config);
	return status;
}

static int request_by_id(const struct command *cmd, int argc, char **argv, unsigned long request, const char *name)
{
	struct jailhouse_cell_id id;
	int taken = cell_id_parse(&id, argc, argv);

	if (taken < 0)
		return EXIT_ERROR;
	if (taken == 0 || taken != argc)
		return report_usage(cmd->usage);
	return device_request(request, name, &id);
}

int cmd_cell_start(const struct command *cmd, int argc, char **argv)
{
	return request_by_id(cmd, argc, argv, JAILHOUSE_CELL_START, "JAILHOUSE_CELL_START");
}

int cmd_cell_destroy(const struct command *cmd, int argc, char **argv)
{
	return request_by_id(cmd, argc, argv, JAILHOUSE_CELL_DESTROY, "JAILHOUSE_CELL_DESTROY");
}

/* Loading no image stops the cell. */
int cmd_cell_shutdown(const struct command *cmd, int argc, char **argv)
{
	struct jailhouse_cell_load load = { 0 };
	int taken = cell_id_parse(&load.cell_id, argc, argv);

	if (taken < 0)
		return EXIT_ERROR;
	if (taken == 0 || taken != argc)
		return report_usage(cmd->usage);
	return device_request(JAILHOUSE_CELL_LOAD, "JAILHOUSE_CELL_LOAD", &load);
}

/* --- load --- */

static bool is_option(const char *arg, const char *brief, const char *full)
{
	return !strcmp(arg, brief) || !strcmp(arg, full);
}

/* A string with its terminating NUL, or a file. False: reported. */
static bool take_image(struct jailhouse_preload_image *image, const char *text, bool is_string)
{
	size_t size = strlen(text) + 1;
	void *content = is_string ? strdup(text) : file_read(text, &size);

	if (!content)
		return false;
	image->source_address = (uintptr_t)content;
	image->size = size;
	return true;
}

static bool take_address(struct jailhouse_preload_image *image, const char *text)
{
	char *end;

	errno = 0;
	image->target_address = strtoull(text, &end, 0);
	if (*text && *text != '-' && !*end && !errno)
		return true;
	report_error(0, "Write it in decimal, or with 0x in hexadecimal.", "\"%s\" is not an address", text);
	return false;
}

enum parsed { PARSED, PARSE_USAGE, PARSE_REPORTED };

/* { IMAGE | -s STRING } [-a ADDRESS] ... into @load, which has room for as many images as there are arguments */
static enum parsed parse_images(struct jailhouse_cell_load *load, int argc, char **argv)
{
	int n = 0;

	while (n < argc) {
		struct jailhouse_preload_image *image = &load->image[load->num_preload_images];
		bool is_string = is_option(argv[n], "-s", "--string");

		if (is_string && ++n == argc)
			return PARSE_USAGE;
		if (!is_string && argv[n][0] == '-')
			return PARSE_USAGE;
		if (!take_image(image, argv[n++], is_string))
			return PARSE_REPORTED;
		load->num_preload_images++;
		if (n < argc && is_option(argv[n], "-a", "--address")) {
			if (n + 1 == argc)
				return PARSE_USAGE;
			if (!take_address(image, argv[n + 1]))
				return PARSE_REPORTED;
			n += 2;
		}
	}
	return load->num_preload_images ? PARSED : PARSE_USAGE;
}

static void free_load(struct jailhouse_cell_load *load)
{
	__u32 n;

	for (n = 0; n < load->num_preload_images; n++)
		free((void *)(uintptr_t)load->image[n].source_address);
	free(load);
}

/* How the command ends that could not take its images: EXIT_SUCCESS if it could */
static int take_images(const struct command *cmd, struct jailhouse_cell_load *load, int argc, char **argv)
{
	switch (parse_images(load, argc, argv)) {
	case PARSED:
		return EXIT_SUCCESS;
	case PARSE_USAGE:
		return report_usage(cmd->usage);
	default:
		return EXIT_ERROR;
	}
}

static struct jailhouse_cell_load *room_for_images(int count)
{
	struct jailhouse_cell_load *load = calloc(1, sizeof(*load) + (size_t)count * sizeof(load->image[0]));

	if (!load)
		report_error(ENOMEM, NULL, "jailhouse");
	return load;
}

int cmd_cell_load(const struct command *cmd, int argc, char **argv)
{
	struct jailhouse_cell_load *load = room_for_images(argc);
	int status = EXIT_ERROR, taken;

	if (!load)
		return EXIT_ERROR;
	taken = cell_id_parse(&load->cell_id, argc, argv);
	if (taken == 0)
		status = report_usage(cmd->usage);
	else if (taken > 0)
		status = take_images(cmd, load, argc - taken, argv + taken);
	if (taken > 0 && status == EXIT_SUCCESS)
		status = device_request(JAILHOUSE_CELL_LOAD, "JAILHOUSE_CELL_LOAD", load);
	free_load(load);
	return status;
}

/* --- run --- */

/* A configuration that is too short for a name is refused before the name matters. */
static void name_cell(struct jailhouse_cell_id *id, const void *config, size_t size)
{
	const struct jailhouse_cell_desc *desc = config;

	id->id = JAILHOUSE_CELL_ID_UNUSED;
	if (size >= sizeof(*desc))
		snprintf(id->name, sizeof(id->name), "%.*s", (int)sizeof(desc->name), desc->name);
}

static int create_load_start(const void *config, size_t size, struct jailhouse_cell_load *load)
{
	struct jailhouse_cell_id id = { 0 };
	int status = create(config, size);

	if (status)
		return status;
	name_cell(&id, config, size);
	load->cell_id = id;
	status = device_request(JAILHOUSE_CELL_LOAD, "JAILHOUSE_CELL_LOAD", load);
	if (!status)
		status = device_request(JAILHOUSE_CELL_START, "JAILHOUSE_CELL_START", &id);
	/* What was created for nothing goes; why is told already. */
	if (status)
		device_query(JAILHOUSE_CELL_DESTROY, &id);
	return status;
}

int cmd_cell_run(const struct command *cmd, int argc, char **argv)
{
	struct jailhouse_cell_load *load;
	void *config = NULL;
	int status;
	size_t size;

	if (argc < 2 || argv[0][0] == '-')
		return report_usage(cmd->usage);
	load = room_for_images(argc);
	if (!load)
		return EXIT_ERROR;
	status = take_images(cmd, load, argc - 1, argv + 1);
	if (!status) {
		config = read_config(argv[0], &size);
		status = config ? create_load_start(config, size, load) : EXIT_ERROR;
	}
	free(config);
	free_load(load);
	return status;
}
