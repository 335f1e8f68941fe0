/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stopped - why CPUs of running cells have failed: what the console says of them, looked up in the cells' configurations.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_STOPPED_H
#define TOOLS_STOPPED_H

#include "access.h"
#include "layout.h"

struct json_object;

/** struct stopped - console and configurations, read when the first failed CPU is met */
struct stopped {
	bool loaded;
	struct access *accesses;
	size_t count;
	struct layout layout;
};

void stopped_init(struct stopped *s);
void stopped_free(struct stopped *s);

/** An advice (advice.h) for each failed CPU of cell @id of which the console still tells; the caller frees the list. */
struct json_object *stopped_of_cell(struct stopped *s, int id);

#endif /* TOOLS_STOPPED_H */
