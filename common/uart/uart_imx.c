// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * UART of i.MX21 and later (i.MX 6 and 8M reference manuals, chapter UART).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

enum {
	REG_UTXD = 0x40 / 4,
	REG_UCR1 = 0x80 / 4,
	REG_UCR2 = 0x84 / 4,
	REG_UCR3 = 0x88 / 4,
	REG_UCR4 = 0x8c / 4,
	REG_UFCR = 0x90 / 4,
	REG_UBIR = 0xa4 / 4,
	REG_UBMR = 0xa8 / 4,
	REG_UTS = 0xb4 / 4,
};

#define UCR1_UARTEN	0x0001
#define UCR2_INTERRUPTS	0x8018	/* ESCI, RTSEN, ATEN */
#define UCR2_8N1	0x4021	/* RTS ignored, 8 bits, not in reset */
#define UCR2_ENABLE	0x0006
#define UCR3_INTERRUPTS	0x3870	/* DTREN, PARERREN, FRAERREN, RXDSEN, AIRINTEN, AWAKEN */
#define UCR4_INTERRUPTS	0x01cf	/* ENIRI, WKEN, IDDMAEN, TCEN, BKEN, OREN, DREN */
#define UFCR_RFDIV	0x0380
#define UFCR_RFDIV_1	0x0280
#define UBIR_16		15
#define UTS_TXFULL	0x0010

/* Baud rate: clock / divider. UBIR has to be written before UBMR. */
static void uart_imx_init(const struct uart *uart)
{
	uart_write(uart, REG_UCR1, uart->divider ? 0 : UCR1_UARTEN);
	uart_update(uart, REG_UCR2, UCR2_INTERRUPTS, UCR2_ENABLE);
	uart_update(uart, REG_UCR3, UCR3_INTERRUPTS, 0);
	uart_update(uart, REG_UCR4, UCR4_INTERRUPTS, 0);
	if (!uart->divider)
		return;
	uart_write(uart, REG_UCR2, UCR2_8N1 | UCR2_ENABLE);
	uart_update(uart, REG_UFCR, UFCR_RFDIV, UFCR_RFDIV_1);
	uart_write(uart, REG_UCR1, UCR1_UARTEN);
	uart_write(uart, REG_UBIR, UBIR_16);
	uart_write(uart, REG_UBMR, (uart->divider - 1) & 0xffff);
}

static bool uart_imx_ready(const struct uart *uart)
{
	return !(uart_read(uart, REG_UTS) & UTS_TXFULL);
}

static void uart_imx_put(const struct uart *uart, char c)
{
	uart_write(uart, REG_UTXD, (__u8)c);
}

const struct uart_ops uart_imx_ops = {
	.name = "IMX",
	.type = JAILHOUSE_CON_TYPE_IMX,
	.distance = 4,
	.init = uart_imx_init,
	.ready = uart_imx_ready,
	.put = uart_imx_put,
};
