// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * 8250 by port or memory.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../uart.h"

#define UART_TX		0
#define UART_DLL	0
#define UART_DLM	1
#define UART_IER	1
#define UART_LCR	3
# define UART_LCR_8N1	0x03
# define UART_LCR_DLAB	0x80
#define UART_LSR	5
# define UART_LSR_THRE	0x20

static unsigned long base;
static unsigned int reg_distance;
static bool is_mmio;

static void uart_write(unsigned int reg, u8 v)
{
	if (is_mmio)
		mmio_write8((void *)(base + reg * reg_distance), v);
	else
		outb(v, (u16)(base + reg * reg_distance));
}

static u8 uart_read(unsigned int reg)
{
	if (is_mmio)
		return mmio_read8((void *)(base + reg * reg_distance));
	return inb((u16)(base + reg * reg_distance));
}

bool uart_open(const struct jailhouse_console *con)
{
	base = con->address;
	is_mmio = con->flags & JAILHOUSE_CON_ACCESS_MMIO;
	reg_distance = con->flags & JAILHOUSE_CON_REGDIST_4 ? 4 : 1;
	if (is_mmio)
		map_range((void *)base, 8 * reg_distance, MAP_UNCACHED);

	if (con->divider) {
		uart_write(UART_LCR, UART_LCR_DLAB);
		uart_write(UART_DLL, con->divider & 0xff);
		uart_write(UART_DLM, (con->divider >> 8) & 0xff);
	}
	uart_write(UART_LCR, UART_LCR_8N1);
	uart_write(UART_IER, 0);
	return true;
}

void uart_putc(char c)
{
	while (!(uart_read(UART_LSR) & UART_LSR_THRE))
		cpu_relax();
	uart_write(UART_TX, c);
}
