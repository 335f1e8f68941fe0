/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report - how the command tells that something failed: what, why, and the way out. With --json as one object on standard output.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stdbool.h>
#include <jailhouse/status.h>

/* Every error ends the command with this status, as it always has. */
#define EXIT_ERROR	1

/** Set when --json was given. */
extern bool report_json;

/** "what: reason of @error" and @way_out on a line of its own. @error 0: no reason. @way_out may be NULL. Returns EXIT_ERROR. */
__attribute__((format(printf, 3, 4)))
int report_error(int error, const char *way_out, const char *what, ...);

/** The driver refused @request ("JAILHOUSE_CELL_CREATE") with @error because of @r. Returns EXIT_ERROR. */
int report_refusal(const char *request, int error, const struct jailhouse_refusal *r);

/** The command line is wrong: @usage to standard output. Returns EXIT_ERROR. */
int report_usage(const char *usage);

#endif /* TOOLS_REPORT_H */
