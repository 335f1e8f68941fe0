// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A frame buffer in place of a UART. One for an image, because it remembers a screen full of text.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/efifb/efifb.h>
#include <common/uart/uart.h>

static struct efifb screen;

static void uart_efifb_init(const struct uart *uart)
{
	efifb_init(&screen, (volatile __u32 *)uart->base, uart->flags);
}

static bool uart_efifb_ready(const struct uart *uart)
{
	return true;
}

static void uart_efifb_put(const struct uart *uart, char c)
{
	efifb_putc(&screen, c);
}

const struct uart_ops uart_efifb_ops = {
	.name = "EFIFB",
	.type = JAILHOUSE_CON_TYPE_EFIFB,
	.init = uart_efifb_init,
	.ready = uart_efifb_ready,
	.put = uart_efifb_put,
};
