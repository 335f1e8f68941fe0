/* SPDX-License-Identifier: GPL-2.0 */
/*
 * groups - PCI functions that an IOMMU cannot keep from each other: those behind a bridge that sends all requests as its own, or that may
 * reach each other before the IOMMU sees it (PCI Express base specification 5.0, 6.12, Access Control Services; PCI Express to PCI bridge
 * specification 1.0, 2.3). And which unit translates a function, when the firmware names it by a path over bridges.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_GROUPS_H
#define TOOLS_MACHINE_GROUPS_H

#include "acpi.h"
#include "pci.h"

/** struct functions - of the machine, as pci_read_all() has them */
struct functions {
	const struct pci_function *list;
	size_t count;
};

/**
 * enum group_reason - why functions may reach each other whatever the IOMMU says: they may not; Linux says so; a bridge sends their requests as
 * its own; a port or function has no Access Control Services, has not switched them on, or could not be asked
 */
enum group_reason { GROUP_APART, GROUP_LINUX, GROUP_BRIDGE, GROUP_ACS_NONE, GROUP_ACS_OFF, GROUP_ACS_UNSEEN };

/** struct group_bond - @because: of that function; NULL: Linux does not tell, or they are apart */
struct group_bond {
	enum group_reason reason;
	const struct pci_function *because;
};

/** What @a and @b, two functions, have in common. Linux's groups are believed where the machine tells them. */
struct group_bond group_bond(const struct functions *all, const struct pci_function *a, const struct pci_function *b);

/** For people: why the two are together, the rest of a sentence, and the way out, one without its end. */
void group_bond_text(const struct group_bond *bond, char *why, size_t why_size, char *way_out, size_t way_out_size);

/** Is function @f what the scope names, or behind the bridge that it names? */
bool scope_covers(const struct functions *all, const struct acpi_scope *s, const struct pci_function *f);

/** The unit that names the function, else the one that has all others; none of both: 0. */
unsigned int unit_of_function(const struct functions *all, const struct acpi_iommus *iommus, const struct pci_function *f);

/** Memory of the function's that the firmware wants to stay mapped for it; NULL: none. */
const struct acpi_reserved *reserved_of_function(const struct functions *all, const struct acpi_iommus *iommus, const struct pci_function *f);

#endif /* TOOLS_MACHINE_GROUPS_H */
