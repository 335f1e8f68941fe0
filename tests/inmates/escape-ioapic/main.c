// SPDX-License-Identifier: GPL-2.0
/*
 * escape-ioapic: a cell reaches for interrupt pins that are not its own, and for CPUs by its own pin
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell has the pins of its configuration, pin 3 here. It may route them to its own CPUs, with
 * vectors from 16 on, fixed or lowest priority. All other pins, and the chip as a whole, are not its own.
 *
 * Expected. The entry of a foreign pin reads as zero and what is written to it is ignored; so are
 * identification, arbitration, and whatever else the index can name. The index keeps 8 bits. Registers
 * beside index (0x00), data (0x10) and EOI (0x40) read as ones. An own entry that is masked may hold
 * anything; unmasked it must be permitted, or the CPU is stopped and the pin stays as it was. Other widths
 * than 32 bits stop the CPU.
 *
 * Source. vdev/x86/vioapic.c, vdev/x86/irq_route.c. Intel 82093AA data sheet, chapter 3; AMD APM vol. 2, 16.5.
 */
#include <tests/inmates/lib/escape.h>

#define INDEX		((u8 *)IOAPIC)
#define DATA		((u8 *)IOAPIC + 0x10)
#define EOI		((u8 *)IOAPIC + 0x40)
#define LOW(pin)	(0x10 + 2 * (pin))
#define HIGH(pin)	(0x11 + 2 * (pin))
#define MASKED		(1UL << 16)
#define LEVEL		(1UL << 15)
#define LOGICAL		(1UL << 11)
#define MODE(m)		((m) << 8)
#define TO(cpu)		((u64)(cpu) << 56)
#define OWN_CPU		3
#define VECTOR		0x31

static u32 get(unsigned int reg)
{
	mmio_write32(INDEX, reg);
	return mmio_read32(DATA);
}

static void set(unsigned int reg, u32 v)
{
	mmio_write32(INDEX, reg);
	mmio_write32(DATA, v);
}

static void set_entry(unsigned int pin, u64 entry)
{
	set(HIGH(pin), entry >> 32);
	set(LOW(pin), (u32)entry);
}

static const char *foreign_pins(const struct attack *a)
{
	unsigned int reg;

	reach(IOAPIC);
	for (reg = 0x10; reg < 0x100; reg++) {
		if (reg == LOW(OWN_PIN) || reg == HIGH(OWN_PIN))
			continue;
		set(reg, (u32)a->value);
		if (get(reg))
			return answer("register 0x%x reads 0x%x", reg, get(reg));
	}
	return "reads zeroes";
}

static const char *wide_index(const struct attack *a)
{
	reach(IOAPIC);
	mmio_write32(INDEX, 0xffffff00 | LOW(4));
	mmio_write32(DATA, VECTOR);
	return mmio_read32(INDEX) == LOW(4) && !mmio_read32(DATA) ? "ignored" :
								    answer("reads 0x%x", mmio_read32(DATA));
}

static const char *chip(const struct attack *a)
{
	u32 before[3], reg;

	reach(IOAPIC);
	for (reg = 0; reg < 3; reg++) {
		before[reg] = get(reg);
		set(reg, ~before[reg]);
	}
	for (reg = 0; reg < 3; reg++)
		if (get(reg) != before[reg])
			return answer("register %u reads 0x%x", reg, get(reg));
	return "ignored";
}

static const char *end_all(const struct attack *a)
{
	unsigned int vector;

	reach(IOAPIC);
	for (vector = 0; vector < 256; vector++)
		mmio_write32(EOI, vector);
	return "ignored";
}

static const char *beside(const struct attack *a)
{
	unsigned int offset;

	reach(IOAPIC);
	for (offset = 4; offset < 0x1000; offset += 4) {
		if (offset == 0x10 || offset == 0x40)
			continue;
		mmio_write32(INDEX + offset, ~0U);
		if (mmio_read32(INDEX + offset) != ~0U)
			return answer("0x%x reads 0x%x", offset, mmio_read32(INDEX + offset));
	}
	return "reads ones";
}

static const char *unaligned(const struct attack *a)
{
	reach(IOAPIC);
	mmio_write32(DATA + 1, ~0U);
	return mmio_read32(INDEX + 2) == ~0U && mmio_read32(DATA - 1) == ~0U ? "reads ones" : "answers";
}

/* Everything that is forbidden may be written as long as the pin is masked. */
static const char *masked(const struct attack *a)
{
	unsigned int mode;

	reach(IOAPIC);
	for (mode = 0; mode < 8; mode++) {
		set_entry(OWN_PIN, TO(0xff) | MASKED | MODE(mode) | LOGICAL);
		if (get(HIGH(OWN_PIN)) != 0xff000000)
			return answer("destination reads 0x%x", get(HIGH(OWN_PIN)));
	}
	return "own only";
}

static const char *permitted(const struct attack *a)
{
	reach(IOAPIC);
	set_entry(OWN_PIN, TO(OWN_CPU) | LEVEL | MODE(1) | VECTOR);
	set(LOW(OWN_PIN), MASKED);
	set_entry(OWN_PIN, TO(1 << OWN_CPU) | LOGICAL | VECTOR);
	set(LOW(OWN_PIN), MASKED);
	return "own only";
}

static const char *route(const struct attack *a)
{
	reach(IOAPIC);
	set_entry(OWN_PIN, a->address | MASKED);
	set_entry(OWN_PIN, a->address);
	return answer("entry 0x%x%08x", get(HIGH(OWN_PIN)), get(LOW(OWN_PIN)));
}

/* First as it may be, then the other half. */
static const char *redirect(const struct attack *a)
{
	reach(IOAPIC);
	set_entry(OWN_PIN, TO(OWN_CPU) | VECTOR);
	set(HIGH(OWN_PIN), a->address);
	return answer("entry 0x%x%08x", get(HIGH(OWN_PIN)), get(LOW(OWN_PIN)));
}

static const char *write_wide(const struct attack *a)
{
	u8 *p = reach(a->address);

	if (a->width == 1)
		mmio_write8(p, LOW(4));
	else if (a->width == 2)
		mmio_write16(p, LOW(4));
	else
		mmio_write64(p, LOW(4));
	return "written";
}

#define ROUTE(name, target, entry) \
	{ name, target, "stopped: memory write at 0xfec00010, 4 bytes", route, .address = entry }
#define WIDE(name, where, bytes) \
	{ name, "the chip's registers", "stopped: memory write at " #where ", " #bytes " bytes", \
	  write_wide, .address = where, .width = bytes }

static const struct attack attacks[] = {
	{ "foreign-zero", "the pins of the others, unmasked to CPU 0", "reads zeroes", foreign_pins,
	  .value = 0 },
	{ "foreign-nmi", "the pins of the others, as NMI", "reads zeroes", foreign_pins, .value = MODE(4) },
	{ "foreign-smi", "the pins of the others, as SMI", "reads zeroes", foreign_pins, .value = MODE(2) },
	{ "foreign-vector", "the pins of the others, with a vector", "reads zeroes", foreign_pins,
	  .value = VECTOR },
	{ "foreign-masked", "the pins of the others, masked", "reads zeroes", foreign_pins,
	  .value = MASKED },
	{ "wide-index", "a pin by an index beyond 8 bits", "ignored", wide_index },
	{ "chip", "identification, version, arbitration", "ignored", chip },
	{ "eoi", "the end of everybody's interrupts", "ignored", end_all },
	{ "beside", "the page beside the registers", "reads ones", beside },
	{ "unaligned", "the registers, unaligned", "reads ones", unaligned },
	{ "masked", "its own pin, masked, with everything forbidden", "own only", masked },
	{ "permitted", "its own pin to its own CPU", "own only", permitted },

	ROUTE("to-root", "root's CPU by its pin", TO(ROOT_CPU) | VECTOR),
	ROUTE("to-victim", "the other cell's CPU by its pin", TO(VICTIM_CPU) | VECTOR),
	ROUTE("to-all", "all CPUs by its pin", TO(0xff) | VECTOR),
	ROUTE("to-nobody", "a CPU that does not exist", TO(9) | VECTOR),
	ROUTE("logical-root", "root's CPU by its pin, logically", TO(1) | LOGICAL | VECTOR),
	ROUTE("logical-mixed", "its own CPU and the other cell's", TO(0xc) | LOGICAL | VECTOR),
	ROUTE("logical-all", "all CPUs, logically", TO(0xff) | LOGICAL | VECTOR),
	ROUTE("logical-none", "no CPU, logically", LOGICAL | VECTOR),
	ROUTE("lowest-all", "the least busy of all CPUs", TO(0xff) | LOGICAL | MODE(1) | VECTOR),
	ROUTE("smi", "system management by its pin", TO(OWN_CPU) | MODE(2)),
	ROUTE("mode-3", "a reserved delivery mode", TO(OWN_CPU) | MODE(3) | VECTOR),
	ROUTE("nmi", "an NMI of its own CPU", TO(OWN_CPU) | MODE(4)),
	ROUTE("nmi-victim", "an NMI of the other cell's CPU", TO(VICTIM_CPU) | MODE(4)),
	ROUTE("init", "a reset of its own CPU", TO(OWN_CPU) | MODE(5)),
	ROUTE("init-root", "a reset of root's CPU", TO(ROOT_CPU) | MODE(5)),
	ROUTE("mode-6", "a reserved delivery mode", TO(OWN_CPU) | MODE(6) | VECTOR),
	ROUTE("extint", "the interrupt controller of the PC", TO(OWN_CPU) | MODE(7)),
	ROUTE("vector-0", "a vector of exceptions", TO(OWN_CPU)),
	ROUTE("vector-15", "a vector of exceptions", TO(OWN_CPU) | 15),
	{ "redirect-root", "root's CPU, by the other half", "stopped: memory write at 0xfec00010, 4 bytes",
	  redirect, .address = ROOT_CPU },
	{ "redirect-victim", "the other cell's CPU, by the other half",
	  "stopped: memory write at 0xfec00010, 4 bytes", redirect, .address = VICTIM_CPU << 24 },
	WIDE("index-8", 0xfec00000, 1), WIDE("index-16", 0xfec00000, 2), WIDE("index-64", 0xfec00000, 8),
	WIDE("data-8", 0xfec00010, 1), WIDE("data-64", 0xfec00010, 8), WIDE("both", 0xfec0000c, 8),
};

void inmate_main(void)
{
	escape_main("escape-ioapic", attacks, ARRAY_SIZE(attacks));
}
