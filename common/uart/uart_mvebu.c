// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * First UART of Armada 3700 (facts from Linux, drivers/tty/serial/mvebu-uart.c).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

enum {
	REG_TSH = 0x04 / 4,
	REG_CTRL = 0x08 / 4,
	REG_STAT = 0x0c / 4,
	REG_BRDV = 0x10 / 4,
};

#define CTRL_8N1	0	/* no interrupts, no loopback */
#define STAT_TX_FULL	(1 << 11)
#define BRDV_DIVIDER	0x3ff	/* what lies above selects clocks */

/* Baud rate: clock / (divider * 16) */
static void uart_mvebu_init(const struct uart *uart)
{
	if (uart->divider)
		uart_update(uart, REG_BRDV, BRDV_DIVIDER, uart->divider & BRDV_DIVIDER);
	uart_write(uart, REG_CTRL, CTRL_8N1);
}

static bool uart_mvebu_ready(const struct uart *uart)
{
	return !(uart_read(uart, REG_STAT) & STAT_TX_FULL);
}

static void uart_mvebu_put(const struct uart *uart, char c)
{
	uart_write(uart, REG_TSH, (__u8)c);
}

const struct uart_ops uart_mvebu_ops = {
	.name = "MVEBU",
	.type = JAILHOUSE_CON_TYPE_MVEBU,
	.distance = 4,
	.init = uart_mvebu_init,
	.ready = uart_mvebu_ready,
	.put = uart_mvebu_put,
};
