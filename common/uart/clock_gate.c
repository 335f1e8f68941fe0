// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The bit of a clock controller that lets the clock of a UART through; where firmware or Linux leave it closed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

void uart_open_clock_gate(const struct jailhouse_console *console, const struct uart_io *io, unsigned long clock_reg)
{
	__u32 gate = 1U << console->gate_nr % 32, value;

	if (!console->clock_reg)
		return;
	value = io->read(clock_reg, 4);
	io->write(clock_reg, 4, console->flags & JAILHOUSE_CON_INVERTED_GATE ? value & ~gate : value | gate);
}
