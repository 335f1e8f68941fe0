// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Memory of every kind of rights, as on ARM64.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define ARCHITECTURE	JAILHOUSE_ARM
#include "../arm64/regions.c"
