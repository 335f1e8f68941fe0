/* SPDX-License-Identifier: GPL-2.0 */
/*
 * output - of the config commands: texts, verdict.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_OUTPUT_H
#define TOOLS_CONFIG_OUTPUT_H

#include "check.h"
#include "node.h"

/** Write the text to the file @path, NULL: standard output, with @head, lines of comments, before it (NULL: none). Returns the exit status. */
int text_output(const char *path, const struct node *root, const char *head);

/** Print the findings: on standard error for people, with --json as one object on standard output. */
void verdict_print(const struct verdict *f);

#endif /* TOOLS_CONFIG_OUTPUT_H */
