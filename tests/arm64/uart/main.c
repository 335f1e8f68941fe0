// SPDX-License-Identifier: GPL-2.0
/*
 * Prints two lines on the UART that UART_TYPE, UART_BASE and UART_DIVIDER name, on a bare machine without MMU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

void bare_main(void);

static __u32 mmio_read(unsigned long address, unsigned int width)
{
	return width == 4 ? *(volatile __u32 *)address : width == 2 ? *(volatile __u16 *)address : *(volatile __u8 *)address;
}

static void mmio_write(unsigned long address, unsigned int width, __u32 value)
{
	if (width == 4)
		*(volatile __u32 *)address = value;
	else if (width == 2)
		*(volatile __u16 *)address = value;
	else
		*(volatile __u8 *)address = value;
}

static const struct uart_io io = { mmio_read, mmio_write };

void bare_main(void)
{
	const struct jailhouse_console console = { .type = UART_TYPE, .flags = JAILHOUSE_CON_ACCESS_MMIO, .divider = UART_DIVIDER };
	const char *text = "The quick brown fox 0123456789\nlast line\n";
	struct uart uart;

	if (!uart_from_console(&uart, &console, &io, UART_BASE))
		return;
	uart_init(&uart);
	while (*text)
		uart_putc(&uart, *text++);
}
