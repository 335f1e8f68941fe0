/* SPDX-License-Identifier: GPL-2.0 */
/*
 * acpi - what a configuration needs of the firmware's tables (ACPI specification 6.5, chapter 5; PCI firmware specification 3.3,
 * 4.1.2; Intel VT-d specification 4.1, chapter 8; AMD IOMMU specification 3.09, 5.2.2). Tables are bytes from nowhere: nothing is
 * read beyond their end.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_ACPI_H
#define TOOLS_MACHINE_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

#define ACPI_MAX_IOAPICS	16
#define ACPI_MAX_ECAMS		16
#define ACPI_MAX_IOMMUS		64
#define ACPI_MAX_SCOPES		256
#define ACPI_MAX_RESERVED	64
#define ACPI_MAX_STEPS		8

/** struct acpi_table - a table and its header's signature; @data ends where header and file agree */
struct acpi_table {
	const uint8_t *data;
	size_t size;
};

/** Take @size bytes of @data for a table with this signature; false: they are none. */
bool acpi_table_init(struct acpi_table *table, const void *data, size_t size, const char *signature);

struct acpi_ioapic {
	uint8_t id;
	uint64_t address;
	uint32_t gsi_base;
};

/** struct acpi_madt - multiple APIC description table */
struct acpi_madt {
	unsigned int count;
	struct acpi_ioapic ioapic[ACPI_MAX_IOAPICS];
};

struct acpi_ecam {
	uint64_t base;
	uint16_t segment;
	uint8_t start_bus, end_bus;
};

/** struct acpi_mcfg - PCI configuration space in memory */
struct acpi_mcfg {
	unsigned int count;
	struct acpi_ecam ecam[ACPI_MAX_ECAMS];
};

/** struct acpi_fadt - @pm_timer: I/O port, 0: none */
struct acpi_fadt {
	uint16_t pm_timer;
};

/** struct acpi_iommu - one remapping unit. @segment: PCI domain; @all: all devices that no other unit names */
struct acpi_iommu {
	uint64_t base;
	uint32_t size;
	uint16_t segment;
	bool amd, all;
	uint16_t bdf, cap;		/* AMD: the unit's own function, and its capability */
	uint32_t features;
};

/**
 * struct acpi_scope - devices @first to @last (bus 15:8, device 7:3, function 2:0) are behind unit @unit; @ioapic: it is an IOAPIC's
 * @steps:	@first is a bridge, and so are all but the last of the devices @step (device 7:3, function 2:0) that follow behind it
 */
struct acpi_scope {
	unsigned int unit;
	uint16_t first, last;
	unsigned int steps;
	uint8_t step[ACPI_MAX_STEPS];
	bool bridge;			/* and all that is behind it */
	bool is_ioapic;
	uint8_t ioapic;
};

/** struct acpi_reserved - memory that devices @who use by DMA on the firmware's behalf: it has to stay mapped for them; @end: last address */
struct acpi_reserved {
	uint64_t start, end;
	uint16_t segment;
	struct acpi_scope who;
};

struct acpi_iommus {
	unsigned int count, scopes, reserveds;
	struct acpi_iommu unit[ACPI_MAX_IOMMUS];
	struct acpi_scope scope[ACPI_MAX_SCOPES];
	struct acpi_reserved reserved[ACPI_MAX_RESERVED];
};

/** The parsers. False: the table is damaged; what stood before the damage is there. */
bool acpi_parse_madt(const struct acpi_table *table, struct acpi_madt *out);
bool acpi_parse_mcfg(const struct acpi_table *table, struct acpi_mcfg *out);
bool acpi_parse_fadt(const struct acpi_table *table, struct acpi_fadt *out);
bool acpi_parse_dmar(const struct acpi_table *table, struct acpi_iommus *out);
bool acpi_parse_ivrs(const struct acpi_table *table, struct acpi_iommus *out);

/** Table NAME of the machine ("APIC", "MCFG", …), which the caller frees. NULL: errno says why. */
void *acpi_read(const struct tree *t, const char *name, struct acpi_table *table);

/** All IOMMUs of the machine. False: the tables could not be read (which is not: there are none). */
bool acpi_iommus(const struct tree *t, struct acpi_iommus *out);

#endif /* TOOLS_MACHINE_ACPI_H */
