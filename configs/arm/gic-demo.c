// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * One CPU, 1 MiB, and the UART of QEMU's virt machine: for gic-demo and other programs without devices.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define ARCHITECTURE	JAILHOUSE_ARM
#define NAME		"gic-demo"
#define FLAGS		JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED
#define CPUS		0x8
#define RAM		0x7f700000
#define UART		0x09000000
#define UART_TYPE	JAILHOUSE_CON_TYPE_PL011
#include "../arm64/small.inc"
