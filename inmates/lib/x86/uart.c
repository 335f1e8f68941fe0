// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * UART registers by port or memory.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define UART_NUM_REGS	8

static void port_write(unsigned long port, unsigned int width, __u32 value)
{
	outb(value, (u16)port);
}

static __u32 port_read(unsigned long port, unsigned int width)
{
	return inb((u16)port);
}

static const struct uart_io port_io = { port_read, port_write };

static void mmio_write(unsigned long address, unsigned int width, __u32 value)
{
	if (width == 4)
		mmio_write32((void *)address, value);
	else
		mmio_write8((void *)address, value);
}

static __u32 mmio_read(unsigned long address, unsigned int width)
{
	return width == 4 ? mmio_read32((void *)address) : mmio_read8((void *)address);
}

static const struct uart_io mmio_io = { mmio_read, mmio_write };

const struct uart_io *arch_uart_open(const struct jailhouse_console *con)
{
	if (!(con->flags & JAILHOUSE_CON_ACCESS_MMIO))
		return &port_io;
	map_range((void *)(unsigned long)con->address,
		  con->type == JAILHOUSE_CON_TYPE_EFIFB ? JAILHOUSE_CON_FB_SIZE(con->flags) : UART_NUM_REGS * 4, MAP_UNCACHED);
	return &mmio_io;
}
