/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * uart - output on a serial port, for hypervisor and inmates. The drivers reach registers only through accessors that the caller
 * injects; they neither map nor lock anything.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_UART_UART_H
#define COMMON_UART_UART_H

#include <jailhouse/types.h>
#include <jailhouse/console.h>

struct uart;

/** struct uart_io - access to @width bytes, 1, 2 or 4, at an address or port; ports are bytes, whatever @width says */
struct uart_io {
	__u32 (*read)(unsigned long address, unsigned int width);
	void (*write)(unsigned long address, unsigned int width, __u32 value);
};

/**
 * struct uart_ops - one kind of UART
 * @type:	JAILHOUSE_CON_TYPE_*
 * @distance:	bytes from register to register; 0: what the console's description says
 */
struct uart_ops {
	const char *name;
	__u16 type;
	__u8 distance;
	/** Program word length, FIFO, and the divider unless it is 0. Leaves interrupts of the UART off. */
	void (*init)(const struct uart *uart);
	/** May a character be written now? */
	bool (*ready)(const struct uart *uart);
	void (*put)(const struct uart *uart, char c);
};

/**
 * struct uart - one serial port
 * @base:	I/O port number, or virtual address of the registers
 * @distance:	bytes from register to register
 * @flags:	JAILHOUSE_CON_*
 * @divider:	0: leave the baud rate
 * @stuck:	the last character was lost, kept by uart_putc()
 */
struct uart {
	const struct uart_ops *ops;
	const struct uart_io *io;
	unsigned long base;
	unsigned int distance;
	__u16 flags;
	__u32 divider;
	bool stuck;
};

extern const struct uart_ops uart_8250_ops, uart_efifb_ops, uart_hscif_ops, uart_imx_lpuart_ops, uart_imx_ops, uart_mvebu_ops,
	uart_pl011_ops, uart_scif_ops, uart_scifa_ops, uart_xuartps_ops;

/** Registers that are as wide as the distance between them, @reg counts them. */
static inline __u32 uart_read(const struct uart *uart, unsigned int reg)
{
	return uart->io->read(uart->base + reg * uart->distance, uart->distance);
}

static inline void uart_write(const struct uart *uart, unsigned int reg, __u32 value)
{
	uart->io->write(uart->base + reg * uart->distance, uart->distance, value);
}

/** Clear and set bits of such a register. */
static inline void uart_update(const struct uart *uart, unsigned int reg, __u32 clear, __u32 set)
{
	uart_write(uart, reg, (uart_read(uart, reg) & ~clear) | set);
}

/** The kinds that machines of this architecture have, NULL-terminated: kinds_x86.c, kinds_arm.c. */
extern const struct uart_ops *const uart_kinds[];

/**
 * Describe the port that @console names. @base: where its registers are for the caller (the port number for PIO, else the mapped
 * address). False, and @uart unusable, when there is no driver for its type.
 */
bool uart_from_console(struct uart *uart, const struct jailhouse_console *console, const struct uart_io *io, unsigned long base);

void uart_init(const struct uart *uart);

/**
 * Let the clock of @console's UART through, before uart_init(): one change of the word at @clock_reg, which is where the caller has
 * @console->clock_reg. Nothing happens when that is 0.
 */
void uart_open_clock_gate(const struct jailhouse_console *console, const struct uart_io *io, unsigned long clock_reg);

/**
 * Write @c once the UART takes it, "\n" as "\r\n". A UART that stays busy for UART_MAX_POLLS reads (not there, flow control) loses
 * the character, never hangs the caller; until it is ready again, each further character costs one read.
 */
#define UART_MAX_POLLS	200000
void uart_putc(struct uart *uart, char c);

#endif /* COMMON_UART_UART_H */
