/* SPDX-License-Identifier: GPL-2.0 */
/*
 * narrate - the hypervisor's console for people: behind each line about a denied access stands what the configurations have there, and
 * beside it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_NARRATE_H
#define TOOLS_NARRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "layout.h"

/**
 * struct narrator - @line: what came since the last newline, @used of its characters; @lost: it has more than that
 * @layout: the configurations, if @loaded; read anew for each piece of the console, for cells come and go
 */
struct narrator {
	char line[512];
	size_t used;
	bool lost, loaded;
	struct layout layout;
};

/** Print @size bytes of the console, and what is to be said of the lines that end there. Returns the exit status. */
int narrate(void *narrator, const char *text, size_t size);

#endif /* TOOLS_NARRATE_H */
