/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats_view - statistics of a cell on a terminal, until somebody has seen enough or the cell is gone.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_STATS_VIEW_H
#define TOOLS_STATS_VIEW_H

#include <stdbool.h>

/** False: this terminal cannot do it, nothing was shown. */
bool stats_view(int id, const char *name);

#endif /* TOOLS_STATS_VIEW_H */
