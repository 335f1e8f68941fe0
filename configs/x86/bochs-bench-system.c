// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * System and root cell for Bochs with 2 GiB of RAM: measurements (make bench) with large cells
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define BOCHS_X86_2G
#include "bochs-x86.c"
