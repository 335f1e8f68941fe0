// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * System and root cell for QEMU with 2 GiB of RAM: measurements (make bench) with large cells
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define QEMU_X86_2G
#include "qemu-x86.c"
