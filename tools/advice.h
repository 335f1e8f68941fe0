/* SPDX-License-Identifier: GPL-2.0 */
/*
 * advice - what a denied access met in the configurations, the lines that would allow it, and what speaks against them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_ADVICE_H
#define TOOLS_ADVICE_H

#include <stddef.h>

#include "access.h"
#include "layout.h"

struct json_object;

/**
 * One object, which the caller frees: "cell", "cpu", "access", "address", "width", "rip", "stopped"; "reason", a sentence with the
 * neighbours in the configuration, also as "region", "below" and "above" (index, start, end); "lines", a list of lines of the
 * text format that would allow it, for the configuration of "lines_of"; "warnings", a list of sentences: with the
 * first of them the lines are refused, if "refused" is true.
 */
struct json_object *advice_make(const struct access *a, const struct layout *l);

/** "CPU 3: 4-byte memory write at 0xfed00000: " and the reason, into @out. */
void advice_brief(struct json_object *advice, char *out, size_t size);

#endif /* TOOLS_ADVICE_H */
