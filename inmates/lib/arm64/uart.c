// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * UART registers, in words where they lie four bytes apart.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define REGISTERS_SIZE	0x1000

static void mmio_write(const struct uart *uart, unsigned int reg, __u32 value)
{
	void *address = (void *)(uart->base + reg * uart->distance);

	if (uart->distance == 4)
		mmio_write32(address, value);
	else
		mmio_write8(address, (u8)value);
}

static __u32 mmio_read(const struct uart *uart, unsigned int reg)
{
	void *address = (void *)(uart->base + reg * uart->distance);

	return uart->distance == 4 ? mmio_read32(address) : mmio_read8(address);
}

static const struct uart_io mmio_io = { mmio_read, mmio_write };

const struct uart_io *arch_uart_open(const struct jailhouse_console *con)
{
	map_range((void *)(unsigned long)con->address, REGISTERS_SIZE, MAP_UNCACHED);
	return &mmio_io;
}
