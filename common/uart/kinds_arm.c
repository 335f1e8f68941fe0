// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/uart/uart.h>

const struct uart_ops *const uart_kinds[] = {
	&uart_8250_ops, &uart_pl011_ops, &uart_xuartps_ops, &uart_mvebu_ops, &uart_hscif_ops, &uart_scifa_ops, &uart_scif_ops,
	&uart_imx_ops, &uart_imx_lpuart_ops, NULL
};
