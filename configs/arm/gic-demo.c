// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * One CPU, 1 MiB, and the UART of QEMU's virt machine: for gic-demo and other programs without devices.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define ARCHITECTURE	JAILHOUSE_ARM
#include "../arm64/gic-demo.c"
