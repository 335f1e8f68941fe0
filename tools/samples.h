/* SPDX-License-Identifier: GPL-2.0 */
/*
 * samples - counters of a cell and of each of its CPUs, read twice: sums and rates.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_SAMPLES_H
#define TOOLS_SAMPLES_H

#include <stddef.h>

#include "sysfs.h"

#define ALL_CPUS	(-1)

struct reading {
	struct statistic *list;
	size_t count;
	double time;		/* seconds */
};

/** struct sampled - readings of one CPU, or of their sum (ALL_CPUS); @before.list NULL: there is one reading so far */
struct sampled {
	int cpu;
	struct reading now, before;
};

/** struct samples - the first of @item is the sum, CPUs follow in ascending order */
struct samples {
	int id;
	struct sampled *item;
	size_t count;
};

/** Read all counters of cell @id again; @seconds: the time of it. CPUs that came have no rate yet, those that went are left out. */
void samples_take(struct samples *s, double seconds);
void samples_free(struct samples *s);

/** Per second since the reading before; 0 without one, and for a counter that has begun anew. */
double sampled_rate(const struct sampled *s, size_t counter);

#endif /* TOOLS_SAMPLES_H */
