// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A Linux on two CPUs with 240 MiB and the second UART of the ZCU102: see jailhouse-cell-linux(8).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define CPUS		0xc
#define UART		0xff010000
#define UART_TYPE	JAILHOUSE_CON_TYPE_XUARTPS
#define UART_IRQ	54
#define GICD		0xf9010000
#include "linux-demo.inc"
