// SPDX-License-Identifier: GPL-2.0
/*
 * cell stats: once, or every second on a terminal
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json.h>

#include "advice.h"
#include "cell_id.h"
#include "command.h"
#include "report.h"
#include "samples.h"
#include "stats_view.h"
#include "stopped.h"
#include "sysfs.h"

/* --- once --- */

static struct json_object *counters_to_json(int id, int cpu)
{
	struct json_object *o = json_object_new_object();
	struct statistic *list;
	size_t count, n;

	list = sysfs_statistics(id, cpu, &count);
	for (n = 0; n < count; n++)
		json_object_object_add(o, list[n].name, json_object_new_uint64(list[n].value));
	free(list);
	return o;
}

static struct json_object *stopped_cpus(int id)
{
	struct json_object *list;
	struct stopped s;

	stopped_init(&s);
	list = stopped_of_cell(&s, id);
	stopped_free(&s);
	return list;
}

static int print_json(int id, const char *name)
{
	struct json_object *top = json_object_new_object(), *cpus = json_object_new_object();
	size_t count, n;
	int *numbers;
	char key[16];

	json_object_object_add(top, "id", json_object_new_int(id));
	json_object_object_add(top, "name", json_object_new_string(name));
	json_object_object_add(top, "statistics", counters_to_json(id, ALL_CPUS));
	numbers = sysfs_statistics_cpus(id, &count);
	for (n = 0; n < count; n++) {
		snprintf(key, sizeof(key), "%d", numbers[n]);
		json_object_object_add(cpus, key, counters_to_json(id, numbers[n]));
	}
	free(numbers);
	json_object_object_add(top, "cpus", cpus);
	json_object_object_add(top, "stopped", stopped_cpus(id));
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
	return EXIT_SUCCESS;
}

/* To standard error, as "cell list" does */
static void print_stopped(int id)
{
	struct json_object *list = stopped_cpus(id);
	char text[2048];
	size_t n;

	for (n = 0; n < json_object_array_length(list); n++) {
		advice_brief(json_object_array_get_idx(list, n), text, sizeof(text));
		fprintf(stderr, "Stopped: %s\n", text);
	}
	json_object_put(list);
}

static int print_once(int id, const char *name)
{
	struct statistic *list;
	size_t count, n;

	list = sysfs_statistics(id, ALL_CPUS, &count);
	printf("Statistics for %s cell %d\n", name, id);
	for (n = 0; n < count; n++)
		printf("%-24s %12llu\n", list[n].name, list[n].value);
	free(list);
	fflush(stdout);
	print_stopped(id);
	return EXIT_SUCCESS;
}

static int find_cell(const struct jailhouse_cell_id *wanted)
{
	if (wanted->id == JAILHOUSE_CELL_ID_UNUSED)
		return sysfs_find(wanted->name);
	return sysfs_exists(wanted->id) ? wanted->id : -1;
}

int cmd_cell_stats(const struct command *cmd, int argc, char **argv)
{
	bool once = argc > 0 && (!strcmp(argv[0], "-1") || !strcmp(argv[0], "--once"));
	char name[SYSFS_TEXT_SIZE];
	struct jailhouse_cell_id wanted;
	int taken, id;

	argc -= once;
	argv += once;
	taken = cell_id_parse(&wanted, argc, argv);
	if (taken < 0)
		return EXIT_ERROR;
	if (taken == 0 || taken != argc)
		return report_usage(cmd->usage);
	id = find_cell(&wanted);
	if (id < 0)
		return report_error(0, "See \"jailhouse cell list\".", "There is no such cell: %s", argv[argc - 1]);
	sysfs_read(id, "name", name, sizeof(name));
	if (report_json)
		return print_json(id, name);
	if (!once && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && stats_view(id, name))
		return EXIT_SUCCESS;
	return print_once(id, name);
}
