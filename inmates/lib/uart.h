/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The one UART of an inmate.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_UART_H
#define INMATE_UART_H

#include <inmate.h>

/** Returns false if @con cannot be driven. */
bool uart_open(const struct jailhouse_console *con);
void uart_putc(char c);

#endif /* INMATE_UART_H */
