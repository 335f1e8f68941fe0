// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Memory of every kind of rights, for tests on QEMU's virt machine: one CPU, and the UART.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define NAME		"regions"
#define FLAGS		(JAILHOUSE_CELL_PASSIVE_COMMREG | JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED)
#define CPUS		0x8
#define RAM		0x7f500000
#define UART		0x09000000
#define UART_TYPE	JAILHOUSE_CON_TYPE_PL011
#define NUM_MORE	3
#define MORE_REGIONS							\
	/* to read and execute */ {					\
		.phys_start = 0x7f400000,				\
		.virt_start = 0x00400000,				\
		.size = 0x1000,						\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE,	\
	},								\
	/* to read and write */ {					\
		.phys_start = 0x7f401000,				\
		.virt_start = 0x00401000,				\
		.size = 0x1000,						\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE,	\
	},								\
	/* in small pages */ {						\
		.phys_start = 0x7f200000,				\
		.virt_start = 0x00600000,				\
		.size = 0x00200000,					\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_NO_HUGEPAGES,	\
	},
#include "small.inc"
