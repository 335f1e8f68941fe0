/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the parts of the library know of each other.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_INTERNAL_H
#define INMATE_INTERNAL_H

#include <inmate.h>
#include <common/uart/uart.h>

/** Choose the console from the communication region and the con-… parameters. */
void console_init(void);
/** Returns false if there is nowhere to print to. */
bool console_available(void);
void console_putc(char c);

/** Make the registers of @con reachable, and let its clock through. */
const struct uart_io *arch_uart_open(const struct jailhouse_console *con);

/** Serialize output of several CPUs: interrupts off and lock taken. unlock needs what lock returned. */
unsigned long arch_lock_output(void);
void arch_unlock_output(unsigned long flags);

/** Configuration space access of the architecture; @size is 1, 2 or 4 and @addr a multiple of it. */
u32 arch_pci_read(u16 bdf, unsigned int addr, unsigned int size);
void arch_pci_write(u16 bdf, unsigned int addr, u32 value, unsigned int size);
/** Message that raises @vector on this CPU. */
u64 arch_msi_address(void);
u32 arch_msi_data(unsigned int vector);

#endif /* INMATE_INTERNAL_H */
