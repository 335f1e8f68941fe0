// SPDX-License-Identifier: GPL-2.0
/*
 * ownership - the ledger as a view: each cell's configuration is a list of claims, and a number
 * belongs to whoever claims it; to root only if nobody else does so for himself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/ownership.h>
#include <hv/cell.h>
#include <common/lib/range.h>

#define PINS_PER_CHIP	128

/** struct claim - what one entry of a configuration says about [start, last] */
struct claim {
	u64 start, last;
	bool shared;		/* root keeps it too */
	bool lent;		/* root has it back for the time being */
	bool hypervisor;
};

/* --- claims: the n-th entry of a kind; false: it says nothing ----------------------------- */

static bool claim_memory(const struct cell *c, u32 n, struct claim *out)
{
	const struct jailhouse_memory *m = &c->view.mem[n];

	if (!m->size || m->flags & JAILHOUSE_MEM_COMM_REGION)
		return false;
	/* who has a part of a page has the page */
	out->start = m->phys_start & PAGE_MASK;
	out->last = range_last(m->phys_start, m->size) | ~PAGE_MASK;
	out->shared = m->flags & JAILHOUSE_MEM_ROOTSHARED;
	out->lent = c->loadable && m->flags & JAILHOUSE_MEM_LOADABLE &&
		    !JAILHOUSE_MEMORY_IS_SUBPAGE(m);
	return true;
}

static bool claim_cpu(const struct cell *c, u32 n, struct claim *out)
{
	out->start = out->last = n;
	return cell_owns_cpu(c, n);
}

static bool find_chip(const struct cell_view *root, u64 address, u32 *index)
{
	for (*index = 0; *index < root->num_irqchips; ++*index)
		if (root->irqchips[*index].address == address)
			return true;
	return false;
}

static bool claim_pin(const struct cell *c, u32 n, struct claim *out)
{
	const struct jailhouse_irqchip *chip = &c->view.irqchips[n / PINS_PER_CHIP];
	u32 pin = n % PINS_PER_CHIP, index;

	if (!(chip->pin_bitmap[pin / 32] >> (pin % 32) & 1) ||
	    !find_chip(&c->sys->root->view, chip->address, &index))
		return false;
	/* the parts of a GIC differ in pin_base; there is one */
	out->start = out->last = index * PINS_PER_CHIP + chip->pin_base + pin;
	return true;
}

static bool claim_port(const struct cell *c, u32 n, struct claim *out)
{
	const struct jailhouse_pio *p = &c->view.pio[n];

	out->start = p->base;
	out->last = range_last(p->base, p->length);
	return p->length;
}

static bool claim_pci(const struct cell *c, u32 n, struct claim *out)
{
	const struct jailhouse_pci_device *d = &c->view.pci_devices[n];

	out->start = out->last = (u32)d->domain << 16 | d->bdf;
	/* each peer of a link has a device of its own there */
	out->shared = d->type == JAILHOUSE_PCI_TYPE_IVSHMEM;
	return true;
}

static u32 claims_of(const struct cell *c, enum owned_kind kind)
{
	switch (kind) {
	case OWNED_MEMORY:
		return c->view.num_mem;
	case OWNED_CPU:
		return 256;
	case OWNED_PIN:
		return c->view.num_irqchips * PINS_PER_CHIP;
	case OWNED_PORT:
		return c->view.num_pio;
	default:
		return c->view.num_pci_devices;
	}
}

static bool read_claim(const struct cell *c, enum owned_kind kind, u32 n, struct claim *out)
{
	*out = (struct claim){ .shared = false };
	switch (kind) {
	case OWNED_MEMORY:
		return claim_memory(c, n, out);
	case OWNED_CPU:
		return claim_cpu(c, n, out);
	case OWNED_PIN:
		return claim_pin(c, n, out);
	case OWNED_PORT:
		return claim_port(c, n, out);
	default:
		return claim_pci(c, n, out);
	}
}

/* --- the answer --------------------------------------------------------------------------- */

/* Shortens @e to where @claim begins or ends; true: it covers the start. */
static bool covers(const struct claim *claim, struct owned_extent *e)
{
	if (claim->last < e->start)
		return false;
	if (claim->start > e->start) {
		if (e->last >= claim->start)
			e->last = claim->start - 1;
		return false;
	}
	if (e->last > claim->last)
		e->last = claim->last;
	return true;
}

/*
 * Root has what a holder has lent, under whatever other name the holder has it too, and all that
 * has no holder. True: @c keeps it from root.
 */
static bool add_claims(const struct cell *c, u32 place, enum owned_kind kind,
		       struct owned_extent *e)
{
	u32 n, bit = 1U << place;
	bool holds = false, lends = false;
	struct claim claim;

	for (n = 0; n < claims_of(c, kind); n++) {
		if (!read_claim(c, kind, n, &claim) || !covers(&claim, e))
			continue;
		e->owners |= bit;
		if (claim.shared || cell_is_root(c))
			continue;
		e->holders |= bit;
		holds = true;
		lends |= claim.lent;
	}
	return holds && !lends;
}

static void add_hypervisor(const struct system *s, struct owned_extent *e)
{
	struct claim claim = { .start = s->hv_phys.v, .last = s->hv_phys.v + s->hv_size - 1 };

	e->hypervisor = covers(&claim, e);
	if (e->hypervisor)
		e->owners = 0;
}

u64 ownership_last(enum owned_kind kind)
{
	switch (kind) {
	case OWNED_MEMORY:
		return ~0ULL;
	case OWNED_CPU:
		return 255;
	case OWNED_PORT:
		return 0xffff;
	default:
		return 0xffffffff;
	}
}

struct owned_extent ownership_at(struct system *s, enum owned_kind kind, u64 at)
{
	struct owned_extent e = { .start = at, .last = ownership_last(kind) };
	bool withheld = false;
	const struct cell *c;
	u32 place = 0;

	for (c = s->cells; c; c = c->next, place++)
		withheld |= add_claims(c, place, kind, &e);
	if (withheld)
		e.owners &= ~1U;
	if (kind == OWNED_MEMORY)
		add_hypervisor(s, &e);
	return e;
}

const struct cell *ownership_cell(struct system *s, u32 n)
{
	const struct cell *c;

	for (c = s->cells; c && n; c = c->next)
		n--;
	return c;
}

const char *ownership_name(struct system *s, enum owned_kind kind, u64 at)
{
	struct owned_extent e = ownership_at(s, kind, at);

	if (e.hypervisor)
		return "the hypervisor";
	return e.holders ? ownership_cell(s, __builtin_ctz(e.holders))->config->name : "nobody";
}
