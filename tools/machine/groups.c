// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "groups.h"

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

/* A port that checks who sends, and sends all upstream that is addressed to a neighbour */
static bool port_isolates(const struct pci_function *bridge)
{
	return (bridge->express_type == PCI_EXPRESS_ROOT_PORT || bridge->express_type == PCI_EXPRESS_DOWNSTREAM) && bridge->acs;
}

static bool bridge_isolates(const struct pci_function *bridge)
{
	return bridge->express_type == PCI_EXPRESS_UPSTREAM || port_isolates(bridge);
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

/* Functions of one device reach each other unless they all say that they do not. */
static bool same_device(const struct pci_function *a, const struct pci_function *b)
{
	return a->domain == b->domain && a->bdf >> 3 == b->bdf >> 3 && (!a->acs || !b->acs);
}

bool group_shared(const struct functions *all, const struct pci_function *a, const struct pci_function *b)
{
	const struct pci_function *x, *y;

	if (a->group >= 0 && b->group >= 0)
		return a->group == b->group;
	x = representative(all, a);
	y = representative(all, b);
	return x == y || same_device(x, y);
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
