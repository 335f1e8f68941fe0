// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The ACPI interrupt (SCI) on pin 9 of the IOAPIC: one per overflow of the PM timer's upper bit, and one per press of the power
 * button. The cell needs pin 9 and the ports of the PM1a registers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Parameters: pm-base=PORT: PM1a event block (default: 8 below the PM timer, as on Intel chip sets). pin=PIN: of the SCI (9).
 */
#include <inmate.h>

#define SCI_VECTOR	(IRQ_BASE_VECTOR + 9)

/* ACPI 4.8.3.1: PM1 status, enable */
#define PM1_STATUS	0
#define PM1_ENABLE	2
# define PM1_TIMER	(1 << 0)
# define PM1_POWER	(1 << 8)

static u16 pm_base;

static void handle_irq(unsigned int irq)
{
	u16 status;

	if (irq != SCI_VECTOR)
		return;
	status = inw(pm_base + PM1_STATUS);
	printk("ACPI IRQ received, status: 0x%04x\n", status);
	outw(status, pm_base + PM1_STATUS);
}

void inmate_main(void)
{
	unsigned int pin = (unsigned int)cmdline_parse_int("pin", 9);

	pm_base = (u16)cmdline_parse_int("pm-base", comm_region->pm_timer_address - 8);
	printk("Note: ACPI IRQs of Linux are broken while this demo owns the pin.\n");

	irq_init(handle_irq);
	irq_enable(SCI_VECTOR);
	ioapic_init();
	ioapic_pin_set_vector(pin, TRIGGER_EDGE, SCI_VECTOR);
	outw(inw(pm_base + PM1_STATUS), pm_base + PM1_STATUS);
	outw(PM1_TIMER | PM1_POWER, pm_base + PM1_ENABLE);
	printk("Waiting for ACPI IRQs on pin %u, status: 0x%04x\n", pin, inw(pm_base + PM1_STATUS));

	enable_irqs();
	while (1)
		halt();
}
