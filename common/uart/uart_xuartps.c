// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cadence UART of Zynq and Zynq UltraScale+ (UG1085, UART controllers; names as in UG1087).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

enum {
	REG_CR = 0x00 / 4,
	REG_MR = 0x04 / 4,
	REG_IDR = 0x0c / 4,
	REG_BAUDGEN = 0x18 / 4,
	REG_SR = 0x2c / 4,
	REG_FIFO = 0x30 / 4,
	REG_BAUDDIV = 0x34 / 4,
};

#define CR_RESET	0x03	/* transmitter and receiver; clears itself */
#define CR_ENABLE	0x14
#define CR_DISABLE	0x28
#define MR_8N1		0x20
#define IDR_ALL		0x3fff
#define SR_TXFULL	0x10
#define BAUDDIV_16	15

/* Baud rate: clock / (divider * 16) */
static void uart_xuartps_init(const struct uart *uart)
{
	uart_write(uart, REG_IDR, IDR_ALL);
	if (uart->divider) {
		uart_write(uart, REG_CR, CR_DISABLE);
		uart_write(uart, REG_MR, MR_8N1);
		uart_write(uart, REG_BAUDGEN, uart->divider & 0xffff);
		uart_write(uart, REG_BAUDDIV, BAUDDIV_16);
		uart_write(uart, REG_CR, CR_DISABLE | CR_RESET);
	}
	uart_write(uart, REG_CR, CR_ENABLE);
}

static bool uart_xuartps_ready(const struct uart *uart)
{
	return !(uart_read(uart, REG_SR) & SR_TXFULL);
}

static void uart_xuartps_put(const struct uart *uart, char c)
{
	uart_write(uart, REG_FIFO, (__u8)c);
}

const struct uart_ops uart_xuartps_ops = {
	.name = "XUARTPS",
	.type = JAILHOUSE_CON_TYPE_XUARTPS,
	.distance = 4,
	.init = uart_xuartps_init,
	.ready = uart_xuartps_ready,
	.put = uart_xuartps_put,
};
