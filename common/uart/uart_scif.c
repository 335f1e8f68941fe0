// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * SCIF, HSCIF and SCIFA of R-Car and RZ/G (facts from Linux, drivers/tty/serial/sh-sci.c): registers of 8 and 16 bits. Of what is used
 * here only the status and the data register lie elsewhere in SCIFA.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

#define SMR		0x00
#define BRR		0x04
#define SCR		0x08
#define FCR		0x18

#define SMR_8N1		0
#define SCR_CKE		0x03	/* clock source */
#define SCR_ENABLE	0x30	/* transmitter, receiver; without interrupts and DMA requests */
#define FCR_RESET	0x06
#define FSR_TEND	0x40
#define FSR_TDFE	0x20

/* As many reads take longer than a bit does at 9600 Baud: transmission must not start earlier after BRR was written. */
#define BIT_READS	2000

static bool is_scifa(const struct uart *uart)
{
	return uart->ops->type == JAILHOUSE_CON_TYPE_SCIFA;
}

static unsigned long status(const struct uart *uart)
{
	return uart->base + (is_scifa(uart) ? 0x14 : 0x10);
}

static unsigned long data(const struct uart *uart)
{
	return uart->base + (is_scifa(uart) ? 0x20 : 0x0c);
}

static void set_baud_rate(const struct uart *uart)
{
	unsigned int n;

	uart->io->write(uart->base + SCR, 2, 0);
	uart->io->write(uart->base + FCR, 2, FCR_RESET);
	uart->io->write(uart->base + SMR, 2, SMR_8N1);
	uart->io->write(uart->base + BRR, 1, uart->divider & 0xff);
	for (n = 0; n < BIT_READS; n++)
		uart->io->read(status(uart), 2);
	uart->io->write(uart->base + FCR, 2, 0);
}

/* The divider is what BRR takes; it counts for the internal clock. */
static void uart_scif_init(const struct uart *uart)
{
	if (uart->divider)
		set_baud_rate(uart);
	uart->io->write(uart->base + SCR, 2, (uart->io->read(uart->base + SCR, 2) & SCR_CKE) | SCR_ENABLE);
}

static bool uart_scif_ready(const struct uart *uart)
{
	return uart->io->read(status(uart), 2) & FSR_TDFE;
}

/* The flags stay until a 0 is written after a 1 was read. */
static void uart_scif_put(const struct uart *uart, char c)
{
	uart->io->write(data(uart), 1, (__u8)c);
	uart->io->write(status(uart), 2, uart->io->read(status(uart), 2) & ~(FSR_TDFE | FSR_TEND));
}

#define SCIF_OPS(kind) { \
	.name = #kind, \
	.type = JAILHOUSE_CON_TYPE_##kind, \
	.distance = 4, \
	.init = uart_scif_init, \
	.ready = uart_scif_ready, \
	.put = uart_scif_put, \
}

const struct uart_ops uart_scif_ops = SCIF_OPS(SCIF);
const struct uart_ops uart_hscif_ops = SCIF_OPS(HSCIF);
const struct uart_ops uart_scifa_ops = SCIF_OPS(SCIFA);
