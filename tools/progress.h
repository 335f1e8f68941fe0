/* SPDX-License-Identifier: GPL-2.0 */
/*
 * progress - tells somebody at a terminal what takes so long. Elsewhere, and with --json, it says nothing.
 *
 * Shown is what is being done and for how long; and how much of it is done, where the command knows. The driver does a request in one
 * piece and says nothing before its end.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

/** From now on @what is being done. The text has to live until progress_end(). */
void progress_begin(const char *what);

/** @done parts of @total are done. */
void progress_step(unsigned long done, unsigned long total);

/** It is done; the line is taken back. */
void progress_end(void);

#endif /* TOOLS_PROGRESS_H */
