// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The first IOAPIC.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define IOAPIC_BASE		((u8 *)0xfec00000UL)
#define IOAPIC_INDEX		0x00
#define IOAPIC_DATA		0x10
#define IOAPIC_REDIR_LOW(pin)	(0x10 + (pin) * 2)
#define IOAPIC_REDIR_HIGH(pin)	(0x11 + (pin) * 2)

static void ioapic_write(unsigned int reg, u32 v)
{
	mmio_write32(IOAPIC_BASE + IOAPIC_INDEX, reg);
	mmio_write32(IOAPIC_BASE + IOAPIC_DATA, v);
}

void ioapic_init(void)
{
	map_range(IOAPIC_BASE, PAGE_SIZE, MAP_UNCACHED);
}

void ioapic_pin_set_vector(unsigned int pin, enum ioapic_trigger_mode trigger_mode, unsigned int vector)
{
	ioapic_write(IOAPIC_REDIR_HIGH(pin), cpu_id() << 24);
	ioapic_write(IOAPIC_REDIR_LOW(pin), trigger_mode | vector);
}
