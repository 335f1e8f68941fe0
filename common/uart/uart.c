// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

static const struct uart_ops *uart_find_ops(__u16 type)
{
	const struct uart_ops *const *kind = uart_kinds;

	while (*kind && (*kind)->type != type)
		kind++;
	return *kind;
}

bool uart_from_console(struct uart *uart, const struct jailhouse_console *console, const struct uart_io *io, unsigned long base)
{
	uart->ops = uart_find_ops(console->type);
	uart->io = io;
	uart->base = base;
	uart->distance = console->flags & JAILHOUSE_CON_REGDIST_4 ? 4 : 1;
	if (uart->ops && uart->ops->distance)
		uart->distance = uart->ops->distance;
	uart->flags = console->flags;
	uart->divider = console->divider;
	uart->stuck = false;
	return uart->ops != NULL;
}

void uart_init(const struct uart *uart)
{
	uart->ops->init(uart);
}

static void put_when_ready(struct uart *uart, char c)
{
	unsigned int polls = uart->stuck ? 1 : UART_MAX_POLLS;

	while (!uart->ops->ready(uart) && --polls)
		;
	uart->stuck = !polls;
	if (!uart->stuck)
		uart->ops->put(uart, c);
}

void uart_putc(struct uart *uart, char c)
{
	if (c == '\n')
		put_when_ready(uart, '\r');
	put_when_ready(uart, c);
}
