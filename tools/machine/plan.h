/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plan - a system configuration in the making: what belongs to the root cell, less what the hypervisor handles, with the source of
 * each entry.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_PLAN_H
#define TOOLS_MACHINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "acpi.h"
#include "cpus.h"
#include "pci.h"

#define PLAN_NAME	64
#define PLAN_FROM	96

/* In the order of their weight: where two of them share a page, the heavier one has it. */
enum plan_role { PLAN_RAM, PLAN_CELLS, PLAN_ROM, PLAN_MMIO, PLAN_HOLE };

/** struct plan_region - @end: last address; @name: for people; @from: where it is known from */
struct plan_region {
	uint64_t start, end;
	enum plan_role role;
	char name[PLAN_NAME], from[PLAN_FROM];
};

struct plan_ports {
	uint32_t start, end;
	char name[PLAN_NAME];
};

/** struct plan_irqchip - @pins: from @first_pin on */
struct plan_irqchip {
	uint64_t address;
	unsigned int first_pin, pins;
	bool has_bdf;
	uint16_t bdf;
	unsigned int unit;
	char from[PLAN_FROM];
};

/** struct plan_console - @type: NULL, none; as the text format has it */
struct plan_console {
	const char *type;
	bool mmio;
	uint64_t address, size;
	unsigned int regdist, divider;
	char from[PLAN_FROM];
};

struct plan_gic {
	unsigned int version, maintenance_irq;
	uint64_t gicd, gicc, gich, gicv, gicr;
};

struct plan_iommu {
	const char *type;	/* as the text format has it */
	uint64_t base, size;
	bool amd;
	struct acpi_iommu unit;
	char from[PLAN_FROM];
};

struct plan {
	const char *arch, *name;
	char source[PLAN_FROM];
	struct cpu_numbers cpus;

	struct plan_region *region;
	size_t regions;
	struct plan_ports *ports;
	size_t num_ports;
	struct plan_irqchip irqchip[ACPI_MAX_IOAPICS];
	size_t irqchips;
	struct pci_function *pci;
	size_t functions;
	struct plan_iommu iommu[8];
	size_t iommus;
	uint8_t *pci_unit;	/* of each function */

	/* @anywhere: of this size, and of @cells_size for cells; their addresses are found later */
	bool anywhere;
	uint64_t hv_start, hv_size, cells_size;
	char hv_from[PLAN_FROM];
	struct plan_console console;

	bool has_mmconfig;
	uint64_t mmconfig;
	unsigned int end_bus, pci_domain;
	bool pci_virtual;
	uint16_t pm_timer;
	struct plan_gic gic;

	char **note;		/* what a person should know, also printed */
	size_t notes;
	bool failed;		/* memory ran out */
};

/** A range of the CPU's addresses. Whole pages are taken around it. */
__attribute__((format(printf, 6, 7)))
void plan_add(struct plan *p, enum plan_role role, uint64_t start, uint64_t end, const char *from, const char *name, ...);

/** Is all of the range in regions so far? */
bool plan_has(const struct plan *p, uint64_t start, uint64_t end);

/** What nobody may have as memory: the hypervisor handles it. */
void plan_hole(struct plan *p, uint64_t start, uint64_t end, const char *name);

/** Put @role in the place of whatever is in the range. */
void plan_replace(struct plan *p, enum plan_role role, uint64_t start, uint64_t end, const char *from, const char *name);

void plan_port(struct plan *p, uint32_t start, uint32_t end, const char *name);

__attribute__((format(printf, 2, 3)))
void plan_note(struct plan *p, const char *format, ...);

/** Sort and merge, cut out holes and the console's ports. To be called once, when all is added. */
void plan_settle(struct plan *p);

/** The configuration as text. */
void plan_write(const struct plan *p, FILE *out);

void plan_free(struct plan *p);

#endif /* TOOLS_MACHINE_PLAN_H */
