// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdio.h>

#include "groups.h"
#include "text.h"

#define BUS(bdf)	((unsigned int)(bdf) >> 8)
/* Buses are 256: a chain of bridges that is longer bites its tail. */
#define DEEPEST		256

/* --- the tree of buses ------------------------------------------------------------------------------------------------------- */

static const struct pci_function *function_at(const struct functions *all, unsigned int domain, uint16_t bdf)
{
	size_t n;

	for (n = 0; n < all->count; n++) {
		if (all->list[n].domain == domain && all->list[n].bdf == bdf)
			return &all->list[n];
	}
	return NULL;
}

/* The bridge whose other side is the bus of @f, NULL: the bus hangs on the host */
static const struct pci_function *bridge_above(const struct functions *all, const struct pci_function *f)
{
	size_t n;

	for (n = 0; n < all->count; n++) {
		const struct pci_function *b = &all->list[n];

		if (b->bridge && b->domain == f->domain && b->secondary && b->secondary == BUS(f->bdf) && BUS(b->bdf) != BUS(f->bdf))
			return b;
	}
	return NULL;
}

/* --- groups ------------------------------------------------------------------------------------------------------------------ */

static bool is_port(const struct pci_function *bridge)
{
	return bridge->express_type == PCI_EXPRESS_ROOT_PORT || bridge->express_type == PCI_EXPRESS_DOWNSTREAM;
}

/* A port has to check who sends, and to send all upstream that is addressed to what is behind it. */
static bool bridge_isolates(const struct pci_function *bridge)
{
	return bridge->express_type == PCI_EXPRESS_UPSTREAM || (is_port(bridge) && bridge->acs == PCI_ACS_ON);
}

/* The bridge nearest to the host that does not keep what is behind it apart; @f itself if all do. */
static const struct pci_function *representative(const struct functions *all, const struct pci_function *f)
{
	const struct pci_function *found = f, *bridge = f;
	unsigned int depth;

	for (depth = 0; depth < DEEPEST && (bridge = bridge_above(all, bridge)); depth++) {
		if (!bridge_isolates(bridge))
			found = bridge;
	}
	return found;
}

/* @f or the bridge above it that is on the bus of @other; NULL: its way to the host does not lead over that bus. */
static const struct pci_function *on_bus_of(const struct functions *all, const struct pci_function *f, const struct pci_function *other)
{
	unsigned int depth;

	for (depth = 0; depth < DEEPEST && f; depth++, f = bridge_above(all, f)) {
		if (f->domain == other->domain && BUS(f->bdf) == BUS(other->bdf))
			return f;
	}
	return NULL;
}

/* What stands for @a and @b on the first bus that both have on their ways to the host. False: there is none, or one is on the way of the other. */
static bool ways_meet(const struct functions *all, const struct pci_function **a, const struct pci_function **b)
{
	const struct pci_function *met = NULL;
	unsigned int depth;

	for (depth = 0; depth < DEEPEST && *a; depth++, *a = bridge_above(all, *a)) {
		met = on_bus_of(all, *b, *a);
		if (met)
			break;
	}
	*b = met;
	return met && *a != met;
}

/*
 * Functions of one device, and downstream ports of one switch, send to each other what is addressed to them, unless all say that they do not.
 * Slots of the host are apart, as they are for Linux.
 */
static bool are_neighbours(const struct functions *all, const struct pci_function *a, const struct pci_function *b)
{
	return (a->bdf >> 3 == b->bdf >> 3 || bridge_above(all, a)) && (a->acs != PCI_ACS_ON || b->acs != PCI_ACS_ON);
}

static const enum group_reason without[] = {
	[PCI_ACS_NONE] = GROUP_ACS_NONE, [PCI_ACS_OFF] = GROUP_ACS_OFF, [PCI_ACS_ON] = GROUP_BRIDGE, [PCI_ACS_UNSEEN] = GROUP_ACS_UNSEEN
};

struct group_bond group_bond(const struct functions *all, const struct pci_function *a, const struct pci_function *b)
{
	const struct pci_function *bridge = representative(all, a);

	if (a->group >= 0 && b->group >= 0)
		return (struct group_bond){ a->group == b->group ? GROUP_LINUX : GROUP_APART, NULL };
	if (bridge == representative(all, b))
		return (struct group_bond){ is_port(bridge) || bridge->acs == PCI_ACS_UNSEEN ? without[bridge->acs] : GROUP_BRIDGE, bridge };
	if (!ways_meet(all, &a, &b) || !are_neighbours(all, a, b))
		return (struct group_bond){ GROUP_APART, NULL };
	a = a->acs != PCI_ACS_ON ? a : b;
	return (struct group_bond){ without[a->acs], a };
}

/* In the order of enum group_reason */
static const struct { const char *why, *cure; } told[] = {
	{ "", "" },
	{ "no IOMMU can keep them from each other", "" },
	{ "bridge %s sends all requests from behind it as its own, so no IOMMU can keep them from each other", "" },
	{ "%s has no access control (ACS), so no IOMMU sees what they send to each other", "" },
	{ "the access control (ACS) of %s is switched off, so no IOMMU sees what they send to each other",
	  "Switch it on with the kernel parameter pci=config_acs=111x1@pci:0:0 (Linux 6.11 or newer), or until the next boot with \"setpci -s %s "
	  "ECAP_ACS+6.w=1d:1d\"; or give" },
	{ "whether the access control (ACS) of %s is switched on cannot be told, as its configuration space was read in part only; so it counts as off",
	  "Run the command as root, and \"jailhouse config collect\", too, if this is an archive, with a kernel that reads all of that space (no "
	  "pci=nommconf); or give" },
};

void group_bond_text(const struct group_bond *bond, char *why, size_t why_size, char *way_out, size_t way_out_size)
{
	char where[16] = "", cure[320];

	if (bond->because)
		text_bdf(bond->because->domain, bond->because->bdf, where, sizeof(where));
	snprintf(why, why_size, told[bond->reason].why, where);
	snprintf(cure, sizeof(cure), told[bond->reason].cure, where);
	snprintf(way_out, way_out_size, "%s the cell both, or another device", *cure ? cure : "Give");
}

/* --- the firmware's words ---------------------------------------------------------------------------------------------------- */

/* Follows the path of a scope; false: a bridge on it is not there. */
static bool scope_target(const struct functions *all, const struct acpi_scope *s, unsigned int domain, uint16_t *bdf)
{
	const struct pci_function *bridge;
	unsigned int bus = BUS(s->first), n;

	*bdf = s->first;
	for (n = 0; n < s->steps; n++) {
		bridge = function_at(all, domain, *bdf);
		if (!bridge || !bridge->bridge || !bridge->secondary)
			return false;
		bus = bridge->secondary;
		*bdf = (uint16_t)(bus << 8 | s->step[n]);
	}
	return true;
}

static bool is_behind(const struct functions *all, const struct pci_function *f, uint16_t bridge_bdf)
{
	const struct pci_function *bridge = f;
	unsigned int depth;

	for (depth = 0; depth < DEEPEST && bridge; depth++) {
		if (bridge->bdf == bridge_bdf)
			return true;
		bridge = bridge_above(all, bridge);
	}
	return false;
}

bool scope_covers(const struct functions *all, const struct acpi_scope *s, const struct pci_function *f)
{
	uint16_t bdf;

	if (s->is_ioapic)
		return false;
	if (s->first != s->last)
		return f->bdf >= s->first && f->bdf <= s->last;
	if (!scope_target(all, s, f->domain, &bdf))
		return false;
	return s->bridge ? is_behind(all, f, bdf) : f->bdf == bdf;
}

unsigned int unit_of_function(const struct functions *all, const struct acpi_iommus *iommus, const struct pci_function *f)
{
	unsigned int n;

	for (n = 0; n < iommus->scopes; n++) {
		if (iommus->unit[iommus->scope[n].unit].segment == f->domain && scope_covers(all, &iommus->scope[n], f))
			return iommus->scope[n].unit;
	}
	for (n = 0; n < iommus->count; n++) {
		if (iommus->unit[n].all && iommus->unit[n].segment == f->domain)
			return n;
	}
	return 0;
}

const struct acpi_reserved *reserved_of_function(const struct functions *all, const struct acpi_iommus *iommus, const struct pci_function *f)
{
	unsigned int n;

	for (n = 0; n < iommus->reserveds; n++) {
		if (iommus->reserved[n].segment == f->domain && scope_covers(all, &iommus->reserved[n].who, f))
			return &iommus->reserved[n];
	}
	return NULL;
}
