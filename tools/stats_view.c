// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ncurses.h>
#include <stdlib.h>
#include <time.h>
#include <json.h>

#include "advice.h"
#include "samples.h"
#include "stats_view.h"
#include "stopped.h"

#define SECONDS_PER_READING	1.0

/** struct view - @cpu: whose counters are shown; @stopped: sentences about failed CPUs, as of the last reading */
struct view {
	int id;
	const char *name;
	int cpu;
	struct samples samples;
	double next;			/* when to read again */
	char state[SYSFS_TEXT_SIZE];
	struct json_object *stopped;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_stopped(struct view *v)
{
	struct stopped s;

	json_object_put(v->stopped);
	stopped_init(&s);
	v->stopped = stopped_of_cell(&s, v->id);
	stopped_free(&s);
}

static void take_reading(struct view *v)
{
	double time = now();

	samples_take(&v->samples, time);
	sysfs_read(v->id, "state", v->state, sizeof(v->state));
	read_stopped(v);
	v->next = time + SECONDS_PER_READING;
}

/* The CPU may be the cell's no longer: then the sum. */
static const struct sampled *shown(struct view *v)
{
	size_t n;

	for (n = 0; n < v->samples.count; n++)
		if (v->samples.item[n].cpu == v->cpu)
			return &v->samples.item[n];
	v->cpu = ALL_CPUS;
	return v->samples.count ? v->samples.item : NULL;
}

static void print_head(const char *what)
{
	attron(A_REVERSE);
	printw("%-24s %12s %12s\n", what, "SUM", "PER SEC");
	attroff(A_REVERSE);
}

static void print_row(const char *name, const struct sampled *s, size_t counter)
{
	printw("%-24s %12llu %12.0f\n", name, s->now.list[counter].value, sampled_rate(s, counter));
}

/* The first counter is that of all exits. */
static void print_cpus(const struct view *v)
{
	char name[16];
	size_t n;

	addch('\n');
	print_head("CPU");
	for (n = 1; n < v->samples.count; n++) {
		snprintf(name, sizeof(name), "%d", v->samples.item[n].cpu);
		if (v->samples.item[n].now.count)
			print_row(name, &v->samples.item[n], 0);
	}
}

static void print_stopped(const struct view *v)
{
	char text[2048];
	size_t n;

	for (n = 0; n < json_object_array_length(v->stopped); n++) {
		advice_brief(json_object_array_get_idx(v->stopped, n), text, sizeof(text));
		printw("\nStopped: %s\n", text);
	}
}

static void show(struct view *v)
{
	const struct sampled *s = shown(v);
	size_t n;

	erase();
	if (v->cpu == ALL_CPUS)
		printw("Statistics for %s cell (%s), all CPUs\n\n", v->name, v->state);
	else
		printw("Statistics for %s cell (%s), CPU %d\n\n", v->name, v->state, v->cpu);
	print_head("COUNTER");
	for (n = 0; s && n < s->now.count; n++)
		print_row(s->now.list[n].name, s, n);
	if (v->cpu == ALL_CPUS && v->samples.count > 1)
		print_cpus(v);
	print_stopped(v);
	printw("\nq: quit   c: next CPU   a: all CPUs\n");
	refresh();
}

/* The next larger number, after the last one the first again */
static void choose_next_cpu(struct view *v)
{
	size_t n;

	for (n = 1; n < v->samples.count && v->samples.item[n].cpu <= v->cpu; n++)
		;
	if (v->samples.count > 1)
		v->cpu = v->samples.item[n < v->samples.count ? n : 1].cpu;
}

static bool handle_key(struct view *v, int key)
{
	if (key == 'c')
		choose_next_cpu(v);
	else if (key == 'a')
		v->cpu = ALL_CPUS;
	return key != 'q';
}

/* A key does not delay the next reading, and none comes early for it: rates stay rates of a second. */
static int wait_for_key(const struct view *v)
{
	double left = v->next - now();

	timeout(left > 0 ? (int)(left * 1000) + 1 : 0);
	return getch();
}

static void run(struct view *v)
{
	do {
		if (now() >= v->next)
			take_reading(v);
		show(v);
	} while (handle_key(v, wait_for_key(v)) && sysfs_exists(v->id));
}

bool stats_view(int id, const char *name)
{
	struct view v = { .id = id, .name = name, .cpu = ALL_CPUS, .samples = { .id = id } };
	SCREEN *terminal = newterm(NULL, stdout, stdin);

	if (!terminal)
		return false;
	cbreak();
	noecho();
	curs_set(0);
	run(&v);
	endwin();
	delscreen(terminal);
	samples_free(&v.samples);
	json_object_put(v.stopped);
	if (!sysfs_exists(id))
		printf("Cell %d \"%s\" is gone.\n", id, name);
	return true;
}
