# SPDX-License-Identifier: GPL-2.0
# Sources of common/, by what links them. Compile with -Iinclude -I. (headers are named <common/…>).
COMMON_CONFIG_SRCS := $(addprefix common/config/, view.c check_cell.c check_pci.c check_system.c check_pair.c rules.c)
COMMON_LIB_SRCS := common/lib/format.c common/lib/string.c
COMMON_UART_SRCS_x86 := kinds_x86.c uart_8250.c
COMMON_UART_SRCS_arm64 := kinds_arm.c clock_gate.c $(addprefix uart_, 8250.c imx.c imx_lpuart.c mvebu.c pl011.c scif.c xuartps.c)
COMMON_UART_SRCS_arm := $(COMMON_UART_SRCS_arm64)
COMMON_UART_SRCS := $(addprefix common/uart/, uart.c $(COMMON_UART_SRCS_$(ARCH)))
