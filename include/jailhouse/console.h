/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Console descriptor: in the system configuration (debug console), in each cell's configuration and communication region.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_CONSOLE_H
#define JAILHOUSE_CONSOLE_H

#include <jailhouse/types.h>

#define JAILHOUSE_CON_TYPE_NONE		0x0000
#define JAILHOUSE_CON_TYPE_EFIFB	0x0001
#define JAILHOUSE_CON_TYPE_8250		0x0002
#define JAILHOUSE_CON_TYPE_PL011	0x0003
#define JAILHOUSE_CON_TYPE_XUARTPS	0x0004
#define JAILHOUSE_CON_TYPE_MVEBU	0x0005
#define JAILHOUSE_CON_TYPE_HSCIF	0x0006
#define JAILHOUSE_CON_TYPE_SCIFA	0x0007
#define JAILHOUSE_CON_TYPE_IMX		0x0008
#define JAILHOUSE_CON_TYPE_IMX_LPUART	0x0009
#define JAILHOUSE_CON_TYPE_SCIF		0x000a

/* Flags, bit 0: how @address is reached */
#define JAILHOUSE_CON_ACCESS_PIO	0x0000
#define JAILHOUSE_CON_ACCESS_MMIO	0x0001
/* bit 1, UARTs: distance of the registers in bytes */
#define JAILHOUSE_CON_REGDIST_1		0x0000
#define JAILHOUSE_CON_REGDIST_4		0x0002
/* bit 2, EFIFB: mode */
#define JAILHOUSE_CON_FB_1024x768	0x0000
#define JAILHOUSE_CON_FB_1920x1080	0x0004
#define JAILHOUSE_CON_FB_WIDTH(flags)	((flags) & JAILHOUSE_CON_FB_1920x1080 ? 1920 : 1024)
#define JAILHOUSE_CON_FB_HEIGHT(flags)	((flags) & JAILHOUSE_CON_FB_1920x1080 ? 1080 : 768)
/* in bytes; a line of pixels follows the other without a gap */
#define JAILHOUSE_CON_FB_SIZE(flags)	(JAILHOUSE_CON_FB_WIDTH(flags) * JAILHOUSE_CON_FB_HEIGHT(flags) * 4)
/* bit 12: the clock is ungated by clearing @gate_nr instead of setting it */
#define JAILHOUSE_CON_INVERTED_GATE	0x1000
/* bit 13: TI 8250, the mode definition register needs a write */
#define JAILHOUSE_CON_MDR_QUIRK		0x2000

#ifndef __ASSEMBLER__

/**
 * struct jailhouse_console - where a console is and how to drive it
 * @address:	MMIO base, I/O port, or frame buffer base
 * @size:	bytes of the MMIO area
 * @divider:	baud rate divisor, 0: leave the UART as it was set up
 * @gate_nr:	bit inside the clock register
 * @clock_reg:	physical address of the clock-gating register, 0: none
 */
struct jailhouse_console {
	__u64 address;
	__u32 size;
	__u16 type;
	__u16 flags;
	__u32 divider;
	__u32 gate_nr;
	__u64 clock_reg;
} __attribute__((packed));

_Static_assert(sizeof(struct jailhouse_console) == 32, "console descriptor is ABI");

#endif /* __ASSEMBLER__ */

#endif /* JAILHOUSE_CONSOLE_H */
