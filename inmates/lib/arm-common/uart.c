// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * UART registers and the clock gate before them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define REGISTERS_SIZE	0x1000

static void mmio_write(unsigned long address, unsigned int width, __u32 value)
{
	void *p = (void *)address;

	if (width == 4)
		mmio_write32(p, value);
	else if (width == 2)
		mmio_write16(p, (u16)value);
	else
		mmio_write8(p, (u8)value);
}

static __u32 mmio_read(unsigned long address, unsigned int width)
{
	void *p = (void *)address;

	return width == 4 ? mmio_read32(p) : width == 2 ? mmio_read16(p) : mmio_read8(p);
}

static const struct uart_io mmio_io = { mmio_read, mmio_write };

const struct uart_io *arch_uart_open(const struct jailhouse_console *con)
{
	map_range((void *)(unsigned long)con->address, REGISTERS_SIZE, MAP_UNCACHED);
	if (con->clock_reg)
		map_range((void *)(unsigned long)con->clock_reg, sizeof(u32), MAP_UNCACHED);
	uart_open_clock_gate(con, &mmio_io, (unsigned long)con->clock_reg);
	return &mmio_io;
}
