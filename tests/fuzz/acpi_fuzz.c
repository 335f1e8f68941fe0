// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/machine/acpi.c tests/fuzz/no_tree.c */
/* cflags: -D_GNU_SOURCE */
/*
 * Tables of the firmware, as "hardware check" and "config create" read them.
 *
 * Held: what is found is counted within its array, units of scopes exist, ranges end behind their start, the PM timer is a port with room behind it; nothing is read beyond
 * the table.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "fuzz.h"
#include <tools/machine/acpi.h>

static const char *const names[] = { "APIC", "MCFG", "FACP", "DMAR", "IVRS" };

static void check_iommus(const struct acpi_iommus *iommus)
{
	unsigned int n;

	FUZZ_CHECK(iommus->count <= ACPI_MAX_IOMMUS && iommus->scopes <= ACPI_MAX_SCOPES && iommus->reserveds <= ACPI_MAX_RESERVED);
	for (n = 0; n < iommus->scopes; n++) {
		FUZZ_CHECK(iommus->scope[n].unit < iommus->count);
		FUZZ_CHECK(iommus->scope[n].first <= iommus->scope[n].last && iommus->scope[n].steps <= ACPI_MAX_STEPS);
	}
	for (n = 0; n < iommus->reserveds; n++) {
		FUZZ_CHECK(iommus->reserved[n].start <= iommus->reserved[n].end);
		FUZZ_CHECK(iommus->reserved[n].who.first <= iommus->reserved[n].who.last && iommus->reserved[n].who.steps <= ACPI_MAX_STEPS);
	}
}

static void parse(const struct acpi_table *table, unsigned int kind)
{
	static struct acpi_iommus iommus;
	struct acpi_madt madt = { 0 };
	struct acpi_mcfg mcfg = { 0 };
	struct acpi_fadt fadt = { 0 };

	memset(&iommus, 0, sizeof(iommus));
	switch (kind) {
	case 0:
		acpi_parse_madt(table, &madt);
		FUZZ_CHECK(madt.count <= ACPI_MAX_IOAPICS);
		break;
	case 1:
		acpi_parse_mcfg(table, &mcfg);
		FUZZ_CHECK(mcfg.count <= ACPI_MAX_ECAMS);
		break;
	case 2:
		acpi_parse_fadt(table, &fadt);
		FUZZ_CHECK(fadt.pm_timer <= 0xfffc);
		break;
	case 3:
		acpi_parse_dmar(table, &iommus);
		break;
	default:
		acpi_parse_ivrs(table, &iommus);
	}
	check_iommus(&iommus);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct acpi_table table;
	unsigned int kind;
	void *block = fuzz_take_block(&in, size);

	for (kind = 0; kind < 5; kind++) {
		if (acpi_table_init(&table, block, size, names[kind])) {
			FUZZ_CHECK(table.size <= size && table.size >= 36);
			parse(&table, kind);
		}
	}
	free(block);
	return 0;
}
