// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * One CPU, 1 MiB, and the second UART of the ZCU102: for gic-demo and other programs without devices.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define NAME		"gic-demo"
#define FLAGS		JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED
#define CPUS		0x8
#define RAM		0x7f700000
#define UART		0xff010000
#define UART_TYPE	JAILHOUSE_CON_TYPE_XUARTPS
#include "small.inc"
