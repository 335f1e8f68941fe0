// SPDX-License-Identifier: GPL-2.0
/*
 * ioapic: a cell's own pin of the IOAPIC, and nobody else's
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * The cell owns pin 3 of the first IOAPIC, which is the interrupt of the second serial port, and that port (configs/x86/test.c).
 * Register numbers: Intel 82093AA data sheet, 3.2.
 *
 *  - A pin that it does not own reads as zero, and what is written there is dropped: the register still reads zero, and the owner
 *    does not notice (that is for the owner to say).
 *  - At start its own pin is masked.
 *  - The version register shows the pins of the machine; the index register keeps its value.
 *  - Routed to a vector of the program, each "transmitter empty" of the serial port arrives as one interrupt; masked, none does.
 *
 * Parameters: port=PORT of the UART (0x2f8), pin=PIN (3).
 */
#include <tests/inmates/lib/check.h>

#define IOAPIC		((u8 *)0xfec00000UL)
#define INDEX		0x00
#define DATA		0x10
#define REG_VERSION	0x01
#define REDIR_LOW(pin)	(0x10 + 2 * (pin))
#define REDIR_HIGH(pin)	(0x11 + 2 * (pin))
#define REDIR_MASKED	(1 << 16)

#define UART_IER	1
#define UART_IIR	2
#define UART_MCR	4
#define IER_THRE	0x02
#define MCR_OUT2	0x08	/* lets the interrupt out to the pin on a PC */

#define VECTOR		(IRQ_BASE_VECTOR + 7)
#define FOREIGN_PIN	4
#define SETTLE_US	20000

static volatile unsigned int interrupts;
static u16 port;

static u32 ioapic_read(unsigned int reg)
{
	mmio_write32(IOAPIC + INDEX, reg);
	return mmio_read32(IOAPIC + DATA);
}

static void ioapic_write(unsigned int reg, u32 v)
{
	mmio_write32(IOAPIC + INDEX, reg);
	mmio_write32(IOAPIC + DATA, v);
}

static void handle_irq(unsigned int irq)
{
	if (irq != VECTOR)
		return;
	interrupts++;
	inb(port + UART_IIR);	/* takes "transmitter empty" back */
}

/* Enabling this interrupt while the transmitter is empty raises it at once (PC16550D data sheet, 8.4). */
static unsigned int raise_interrupt(void)
{
	unsigned int before = interrupts;

	outb(0, port + UART_IER);
	outb(IER_THRE, port + UART_IER);
	delay_us(SETTLE_US);
	outb(0, port + UART_IER);
	inb(port + UART_IIR);
	return interrupts - before;
}

static void check_foreign_pin(void)
{
	check(!ioapic_read(REDIR_LOW(FOREIGN_PIN)) && !ioapic_read(REDIR_HIGH(FOREIGN_PIN)), "pin %u of somebody else reads as zero",
	      FOREIGN_PIN);
	ioapic_write(REDIR_HIGH(FOREIGN_PIN), 0xff000000);
	ioapic_write(REDIR_LOW(FOREIGN_PIN), VECTOR);
	check(!ioapic_read(REDIR_LOW(FOREIGN_PIN)) && !ioapic_read(REDIR_HIGH(FOREIGN_PIN)), "what is written to it is dropped");
}

static void check_registers(void)
{
	u32 version = ioapic_read(REG_VERSION);

	check(((version >> 16) & 0xff) >= 15, "the version register shows at least 16 pins (0x%x)", version);
	mmio_write32(IOAPIC + INDEX, REDIR_LOW(2));
	check(mmio_read32(IOAPIC + INDEX) == REDIR_LOW(2), "the index register keeps its value");
}

static void check_own_pin(unsigned int pin)
{
	unsigned int n, seen = 0;

	check(ioapic_read(REDIR_LOW(pin)) & REDIR_MASKED, "own pin %u is masked at start (0x%x)", pin, ioapic_read(REDIR_LOW(pin)));
	check(!raise_interrupt(), "a masked pin raises no interrupt");

	ioapic_pin_set_vector(pin, TRIGGER_EDGE, VECTOR);
	check((ioapic_read(REDIR_LOW(pin)) & 0x1ffff) == VECTOR, "own pin reads back as written (0x%x)", ioapic_read(REDIR_LOW(pin)));
	check(ioapic_read(REDIR_HIGH(pin)) >> 24 == cpu_id(), "its destination too");
	for (n = 0; n < 10; n++)
		seen += raise_interrupt();
	check(seen == 10, "each of 10 interrupts of the serial port arrives once (%u)", seen);

	ioapic_write(REDIR_LOW(pin), REDIR_MASKED | VECTOR);
	check(!raise_interrupt(), "masked again, none arrives");
}

void inmate_main(void)
{
	test_begin("ioapic");
	tsc_init();
	port = (u16)cmdline_parse_int("port", 0x2f8);
	irq_init(handle_irq);
	irq_enable(VECTOR);
	enable_irqs();
	ioapic_init();
	outb(MCR_OUT2 | 3, port + UART_MCR);

	check_registers();
	check_foreign_pin();
	check_own_pin((unsigned int)cmdline_parse_int("pin", 3));
	test_end();
}
