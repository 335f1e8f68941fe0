/* SPDX-License-Identifier: GPL-2.0 */
/*
 * progress - tells somebody at a terminal what takes so long. Elsewhere, and with --json, it says nothing.
 *
 * The driver does a request in one piece and says nothing before its end, so what is shown is what is being done and for how long.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

/** From now on @what is being done. The text has to live until progress_end(). */
void progress_begin(const char *what);

/** It is done; the line is taken back. */
void progress_end(void);

#endif /* TOOLS_PROGRESS_H */
