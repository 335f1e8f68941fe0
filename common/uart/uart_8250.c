// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * 8250, 16450, 16550 (PC16550D data sheet, section 8).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

enum {
	REG_THR = 0,		/* DLAB=1: divisor, low byte */
	REG_IER = 1,		/* DLAB=1: divisor, high byte */
	REG_FCR = 2,
	REG_LCR = 3,
	REG_MCR = 4,
	REG_LSR = 5,
	REG_MDR1 = 8,		/* TI only: after reset the UART is disabled */
};

#define FCR_ENABLE_AND_CLEAR	0x07
#define LCR_8N1			0x03
#define LCR_DLAB		0x80
#define MCR_DTR_RTS		0x03
#define LSR_THRE		0x20
#define MDR1_UART_16X		0x00

static void uart_8250_init(const struct uart *uart)
{
	if (uart->divider) {
		uart_write(uart, REG_LCR, LCR_8N1 | LCR_DLAB);
		uart_write(uart, REG_THR, uart->divider & 0xff);
		uart_write(uart, REG_IER, uart->divider >> 8 & 0xff);
	}
	/* Some emulations honour the word length: it is set even when the divider stays. */
	uart_write(uart, REG_LCR, LCR_8N1);
	uart_write(uart, REG_IER, 0);
	uart_write(uart, REG_FCR, FCR_ENABLE_AND_CLEAR);
	uart_write(uart, REG_MCR, MCR_DTR_RTS);
	if (uart->flags & JAILHOUSE_CON_MDR_QUIRK)
		uart_write(uart, REG_MDR1, MDR1_UART_16X);
}

static bool uart_8250_ready(const struct uart *uart)
{
	return uart_read(uart, REG_LSR) & LSR_THRE;
}

static void uart_8250_put(const struct uart *uart, char c)
{
	uart_write(uart, REG_THR, (__u8)c);
}

const struct uart_ops uart_8250_ops = {
	.name = "8250",
	.type = JAILHOUSE_CON_TYPE_8250,
	.init = uart_8250_init,
	.ready = uart_8250_ready,
	.put = uart_8250_put,
};
