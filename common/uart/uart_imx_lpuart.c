// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Low-power UART of i.MX 7ULP and 8 (names as in the reference manuals, chapter LPUART).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

enum {
	REG_BAUD = 0x10 / 4,
	REG_STAT = 0x14 / 4,
	REG_CTRL = 0x18 / 4,
	REG_DATA = 0x1c / 4,
	REG_FIFO = 0x28 / 4,
};

#define BAUD_OVERSAMPLE_16	(15 << 24)
#define BAUD_SBR		0x1fff
#define BAUD_REQUESTS		0x00a0c000	/* TDMAE, RDMAE, LBKDIE, RXEDGIE */
#define STAT_TDRE		0x00800000
#define CTRL_ENABLE		0x000c0000	/* transmitter, receiver */
#define CTRL_INTERRUPTS		0x0ff0c000
#define FIFO_ENABLE		0x00000088
#define FIFO_FLUSH		0x0000c000

/* Baud rate: clock / (divider * 16). Format and FIFOs are set while transmitter and receiver are off. */
static void uart_imx_lpuart_init(const struct uart *uart)
{
	if (uart->divider) {
		uart_write(uart, REG_CTRL, 0);
		uart_write(uart, REG_BAUD, BAUD_OVERSAMPLE_16 | (uart->divider & BAUD_SBR));
		uart_write(uart, REG_FIFO, FIFO_ENABLE | FIFO_FLUSH);
	}
	uart_update(uart, REG_BAUD, BAUD_REQUESTS, 0);
	uart_update(uart, REG_CTRL, CTRL_INTERRUPTS, CTRL_ENABLE);
}

static bool uart_imx_lpuart_ready(const struct uart *uart)
{
	return uart_read(uart, REG_STAT) & STAT_TDRE;
}

static void uart_imx_lpuart_put(const struct uart *uart, char c)
{
	uart_write(uart, REG_DATA, (__u8)c);
}

const struct uart_ops uart_imx_lpuart_ops = {
	.name = "IMX-LPUART",
	.type = JAILHOUSE_CON_TYPE_IMX_LPUART,
	.distance = 4,
	.init = uart_imx_lpuart_init,
	.ready = uart_imx_lpuart_ready,
	.put = uart_imx_lpuart_put,
};
