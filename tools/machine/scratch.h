/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scratch - a folder for the time being, and programs of others.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_SCRATCH_H
#define TOOLS_MACHINE_SCRATCH_H

/** A new folder below TMPDIR or /tmp, for its owner only. NULL: reported. */
char *scratch_create(void);

/** Remove it with all that is in it, and free the name. NULL is none. */
void scratch_remove(char *folder);

/** Run a program silently and wait for it. 0: it succeeded. */
int scratch_run(char *const argv[]);

#endif /* TOOLS_MACHINE_SCRATCH_H */
