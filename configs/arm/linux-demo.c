// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A Linux on two CPUs with 240 MiB and the UART of QEMU's virt machine: see jailhouse-cell-linux(8).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define CPUS		0xc
#define UART		0x09000000
#define UART_TYPE	JAILHOUSE_CON_TYPE_PL011
#define UART_IRQ	33
#define GICD		0x08000000
#define ARCHITECTURE	JAILHOUSE_ARM
#include "../arm64/linux-demo.inc"
