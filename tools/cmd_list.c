// SPDX-License-Identifier: GPL-2.0
/*
 * cell list
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>
#include <libsmartcols.h>

#include "advice.h"
#include "command.h"
#include "report.h"
#include "stopped.h"
#include "sysfs.h"

struct column {
	const char *title;
	const char *attribute;	/* NULL: the id */
	const char *json_key;
	int width;		/* without the blank that separates columns */
};

static const struct column columns[] = {
	{ "ID", NULL, "id", 7 },
	{ "Name", "name", "name", 23 },
	{ "State", "state", "state", 17 },
	{ "Assigned CPUs", "cpus_assigned_list", "cpus_assigned", 23 },
	{ "Failed CPUs", "cpus_failed_list", "cpus_failed", 23 },
};

#define NUM_COLUMNS	(sizeof(columns) / sizeof(columns[0]))

static struct json_object *cell_to_json(int id, struct stopped *stopped)
{
	struct json_object *o = json_object_new_object();
	char text[SYSFS_TEXT_SIZE];
	size_t n;

	json_object_object_add(o, "id", json_object_new_int(id));
	for (n = 1; n < NUM_COLUMNS; n++) {
		sysfs_read(id, columns[n].attribute, text, sizeof(text));
		json_object_object_add(o, columns[n].json_key, json_object_new_string(text));
	}
	sysfs_read(id, "dma", text, sizeof(text));
	json_object_object_add(o, "dma", text[0] ? json_object_new_string(text) : NULL);
	json_object_object_add(o, "stopped", stopped_of_cell(stopped, id));
	return o;
}

static int print_json(const int *ids, size_t count, struct stopped *stopped)
{
	struct json_object *top = json_object_new_object(), *cells = json_object_new_array();
	size_t n;

	for (n = 0; n < count; n++)
		json_object_array_add(cells, cell_to_json(ids[n], stopped));
	json_object_object_add(top, "cells", cells);
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
	return EXIT_SUCCESS;
}

static void fill_line(struct libscols_line *line, int id)
{
	char text[SYSFS_TEXT_SIZE];
	size_t n;

	snprintf(text, sizeof(text), "%d", id);
	scols_line_set_data(line, 0, text);
	for (n = 1; n < NUM_COLUMNS; n++) {
		sysfs_read(id, columns[n].attribute, text, sizeof(text));
		scols_line_set_data(line, n, text);
	}
}

/* Columns start at fixed places, on a terminal and in a pipe alike; only content that is wider moves what follows. */
static struct libscols_table *new_table(bool headings)
{
	struct libscols_table *table = scols_new_table();
	size_t n;

	if (!table)
		return NULL;
	scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table, 65535);
	scols_table_enable_noheadings(table, !headings);
	for (n = 0; n < NUM_COLUMNS; n++) {
		struct libscols_column *c = scols_table_new_column(table, columns[n].title, columns[n].width,
								   SCOLS_FL_STRICTWIDTH);

		if (!c) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

static int print_table(const int *ids, size_t count, bool headings)
{
	struct libscols_table *table = new_table(headings);
	size_t n;

	for (n = 0; table && n < count; n++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		if (line)
			fill_line(line, ids[n]);
	}
	if (!table || scols_print_table(table))
		return report_error(0, NULL, "The table of cells cannot be printed: out of memory");
	scols_unref_table(table);
	return EXIT_SUCCESS;
}

/* To standard error: scripts that read the table are not disturbed. */
static void print_stopped(const int *ids, size_t count, struct stopped *stopped)
{
	struct json_object *list;
	char text[2048], name[SYSFS_TEXT_SIZE];
	size_t n, i, found = 0;

	for (n = 0; n < count; n++) {
		list = stopped_of_cell(stopped, ids[n]);
		sysfs_read(ids[n], "name", name, sizeof(name));
		for (i = 0; i < json_object_array_length(list); i++, found++) {
			advice_brief(json_object_array_get_idx(list, i), text, sizeof(text));
			fprintf(stderr, "%sCell %d \"%s\", %s.\n", found ? "" : "\n", ids[n], name, text);
		}
		json_object_put(list);
	}
	if (found)
		fputs("\"jailhouse explain\" says what would allow it.\n", stderr);
}

int cmd_cell_list(const struct command *cmd, int argc, char **argv)
{
	struct stopped stopped;
	bool headings = true;
	size_t count;
	int *ids, status = EXIT_SUCCESS;

	if (argc == 1 && (!strcmp(argv[0], "-n") || !strcmp(argv[0], "--noheadings")))
		headings = false;
	else if (argc != 0)
		return report_usage(cmd->usage);
	ids = sysfs_cells(&count);
	stopped_init(&stopped);
	if (report_json)
		status = print_json(ids, count, &stopped);
	else if (count)
		status = print_table(ids, count, headings);
	if (!report_json) {
		fflush(stdout);
		print_stopped(ids, count, &stopped);
	}
	stopped_free(&stopped);
	free(ids);
	return status;
}
