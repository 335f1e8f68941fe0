// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * PL011 (ARM DDI 0183, chapter 3).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

enum {
	REG_DR = 0x00 / 4,
	REG_FR = 0x18 / 4,
	REG_IBRD = 0x24 / 4,
	REG_FBRD = 0x28 / 4,
	REG_LCR_H = 0x2c / 4,
	REG_CR = 0x30 / 4,
	REG_IMSC = 0x38 / 4,
};

#define FR_TXFF		0x20
#define LCR_H_FIFO_8N1	0x70
#define CR_ENABLE	0x301	/* receiver, transmitter, UART */

/* A divider is in 64ths, as IBRD and FBRD together; latched by the write to LCR_H (3.3.7). */
static void uart_pl011_init(const struct uart *uart)
{
	if (uart->divider) {
		uart_write(uart, REG_CR, 0);
		uart_write(uart, REG_IBRD, uart->divider >> 6 & 0xffff);
		uart_write(uart, REG_FBRD, uart->divider & 0x3f);
		uart_write(uart, REG_LCR_H, LCR_H_FIFO_8N1);
	}
	uart_write(uart, REG_IMSC, 0);
	uart_write(uart, REG_CR, CR_ENABLE);
}

static bool uart_pl011_ready(const struct uart *uart)
{
	return !(uart_read(uart, REG_FR) & FR_TXFF);
}

static void uart_pl011_put(const struct uart *uart, char c)
{
	uart_write(uart, REG_DR, (__u8)c);
}

const struct uart_ops uart_pl011_ops = {
	.name = "PL011",
	.type = JAILHOUSE_CON_TYPE_PL011,
	.distance = 4,
	.init = uart_pl011_init,
	.ready = uart_pl011_ready,
	.put = uart_pl011_put,
};
