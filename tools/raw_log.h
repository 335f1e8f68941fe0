/* SPDX-License-Identifier: GPL-2.0 */
/*
 * raw_log - the log of a run of the hypervisor that is over (jailhouse/crash_log.h), as lines of text.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_RAW_LOG_H
#define TOOLS_RAW_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Is this a raw log, or text? */
bool raw_log_is(const void *data, size_t size);

/** What is wrong with a raw log, as a sentence; NULL: it can be printed. Nothing in it is trusted. */
const char *raw_log_check(const void *data, size_t size);

/**
 * Print a checked log: "LOG: key=value …" about each part, the console's text without control characters, the lines "PANIC: …", and
 * "EXIT: …" for the last exits of each CPU. A part whose checksum is wrong is printed too, and marked sum=wrong.
 */
void raw_log_print(FILE *out, const void *data);

#endif /* TOOLS_RAW_LOG_H */
