// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

const struct uart_ops *const uart_kinds[] = { &uart_8250_ops, &uart_efifb_ops, NULL };
