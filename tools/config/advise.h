/* SPDX-License-Identifier: GPL-2.0 */
/*
 * advise - what no rule forbids and is hardly meant: warnings about configurations that are sound.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_CONFIG_ADVISE_H
#define TOOLS_CONFIG_ADVISE_H

#include "check.h"
#include "files.h"

void advise(struct verdict *v, const struct files *files);

#endif /* TOOLS_CONFIG_ADVISE_H */
