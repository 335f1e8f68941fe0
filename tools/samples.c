// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "samples.h"

/* Hands the reading that was the last one over; an empty one if that CPU is new. */
static struct reading take_before(struct samples *s, int cpu)
{
	struct reading before = { NULL, 0, 0 };
	size_t n;

	for (n = 0; n < s->count; n++)
		if (s->item[n].cpu == cpu) {
			before = s->item[n].now;
			s->item[n].now.list = NULL;
		}
	return before;
}

static void sample(struct sampled *one, struct samples *old, int cpu, double seconds)
{
	one->cpu = cpu;
	one->before = take_before(old, cpu);
	one->now.list = sysfs_statistics(old->id, cpu, &one->now.count);
	one->now.time = seconds;
}

void samples_take(struct samples *s, double seconds)
{
	size_t cpus, n;
	int *numbers = sysfs_statistics_cpus(s->id, &cpus);
	struct sampled *item = calloc(cpus + 1, sizeof(*item));

	if (item) {
		sample(&item[0], s, ALL_CPUS, seconds);
		for (n = 0; n < cpus; n++)
			sample(&item[n + 1], s, numbers[n], seconds);
		samples_free(s);
		s->item = item;
		s->count = cpus + 1;
	}
	free(numbers);
}

void samples_free(struct samples *s)
{
	size_t n;

	for (n = 0; n < s->count; n++) {
		free(s->item[n].now.list);
		free(s->item[n].before.list);
	}
	free(s->item);
	s->item = NULL;
	s->count = 0;
}

double sampled_rate(const struct sampled *s, size_t counter)
{
	const struct statistic *now = &s->now.list[counter];
	double seconds = s->now.time - s->before.time;
	size_t n;

	for (n = 0; s->before.list && n < s->before.count; n++)
		if (!strcmp(s->before.list[n].name, now->name) && now->value >= s->before.list[n].value && seconds > 0)
			return (double)(now->value - s->before.list[n].value) / seconds;
	return 0;
}
