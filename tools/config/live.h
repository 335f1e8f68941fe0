/* SPDX-License-Identifier: GPL-2.0 */
/*
 * live - how a machine, running or collected, differs from the configurations for it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_LIVE_H
#define TOOLS_CONFIG_LIVE_H

#include "../machine/tree.h"
#include "check.h"
#include "files.h"

void check_machine(struct verdict *v, const struct files *files, const struct tree *t);

#endif /* TOOLS_CONFIG_LIVE_H */
