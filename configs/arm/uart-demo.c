// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Another cell like gic-demo, on another CPU, that is not asked before it is shut down.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define ARCHITECTURE	JAILHOUSE_ARM
#include "../arm64/uart-demo.c"
