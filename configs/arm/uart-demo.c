// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Another cell like gic-demo, on another CPU, that is not asked before it is shut down.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define ARCHITECTURE	JAILHOUSE_ARM
#define NAME		"uart-demo"
#define FLAGS		(JAILHOUSE_CELL_PASSIVE_COMMREG | JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED)
#define CPUS		0x4
#define RAM		0x7f600000
#define UART		0x09000000
#define UART_TYPE	JAILHOUSE_CON_TYPE_PL011
#include "../arm64/small.inc"
