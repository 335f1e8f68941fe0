// SPDX-License-Identifier: GPL-2.0
/*
 * cell stats: once, or every second on a terminal
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json.h>

#include "cell_id.h"
#include "command.h"
#include "report.h"
#include "sysfs.h"

#define ALL_CPUS	(-1)

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
	puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(top);
	return EXIT_SUCCESS;
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
	return EXIT_SUCCESS;
}

/* --- every second --- */

struct screen {
	int id;
	const char *name;
	int cpu;			/* ALL_CPUS: their sum */
	struct statistic *last;		/* the reading before, NULL: none */
	size_t last_count;
};

static void show_rate(const struct screen *s, const struct statistic *now)
{
	size_t n;

	for (n = 0; n < s->last_count; n++)
		if (!strcmp(s->last[n].name, now->name)) {
			/* The counters start again when a CPU changes its cell. */
			printw(" %12llu", now->value >= s->last[n].value ? now->value - s->last[n].value : 0);
			return;
		}
}

static void show(struct screen *s)
{
	struct statistic *now;
	size_t count, n;

	now = sysfs_statistics(s->id, s->cpu, &count);
	erase();
	if (s->cpu == ALL_CPUS)
		printw("Statistics for %s cell, all CPUs\n\n", s->name);
	else
		printw("Statistics for %s cell, CPU %d\n\n", s->name, s->cpu);
	attron(A_REVERSE);
	printw("%-24s %12s %12s\n", "COUNTER", "SUM", "PER SEC");
	attroff(A_REVERSE);
	for (n = 0; n < count; n++) {
		printw("%-24s %12llu", now[n].name, now[n].value);
		show_rate(s, &now[n]);
		addch('\n');
	}
	printw("\nq: quit   c: next CPU   a: all CPUs\n");
	refresh();
	free(s->last);
	s->last = now;
	s->last_count = count;
}

static void choose_cpu(struct screen *s, int cpu)
{
	s->cpu = cpu;
	free(s->last);
	s->last = NULL;
	s->last_count = 0;
}

/* The next larger number, after the last one the first again */
static void choose_next_cpu(struct screen *s)
{
	size_t count, n;
	int *numbers = sysfs_statistics_cpus(s->id, &count);

	for (n = 0; n < count && numbers[n] <= s->cpu; n++)
		;
	if (count)
		choose_cpu(s, numbers[n < count ? n : 0]);
	free(numbers);
}

static bool handle_key(struct screen *s, int key)
{
	switch (key) {
	case 'q':
		return false;
	case 'c':
		choose_next_cpu(s);
		break;
	case 'a':
		choose_cpu(s, ALL_CPUS);
		break;
	}
	return true;
}

/* False: this terminal cannot do it. */
static bool show_every_second(int id, const char *name)
{
	struct screen s = { .id = id, .name = name, .cpu = ALL_CPUS };
	SCREEN *terminal = newterm(NULL, stdout, stdin);

	if (!terminal)
		return false;
	halfdelay(10);
	noecho();
	curs_set(0);
	do
		show(&s);
	while (sysfs_exists(id) && handle_key(&s, getch()));
	free(s.last);
	endwin();
	delscreen(terminal);
	return true;
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
	if (!once && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && show_every_second(id, name))
		return EXIT_SUCCESS;
	return print_once(id, name);
}
