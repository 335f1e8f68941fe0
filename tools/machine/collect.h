/* SPDX-License-Identifier: GPL-2.0 */
/*
 * collect - the files of the running machine that "config create" and "hardware check" read, in an archive.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_COLLECT_H
#define TOOLS_MACHINE_COLLECT_H

/** Write the archive @file. Returns the exit status; a failure is reported. */
int collect(const char *file);

#endif /* TOOLS_MACHINE_COLLECT_H */
