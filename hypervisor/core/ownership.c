// SPDX-License-Identifier: GPL-2.0
/*
 * ownership - the ledger as a view: each cell's configuration is a list of claims, and a number
 * belongs to whoever claims it; to root only if nobody else does so for himself.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/ownership.h>
#include <hv/cell_ops.h>
#include <common/lib/range.h>

#define PINS_PER_CHIP	128

/* --- claims: the n-th entry of a kind; false behind the last one --------------------------- */

static bool claim_pin(const struct cell *c, u32 n, struct claim *out)
{
	const struct jailhouse_irqchip *chip = &c->view.irqchips[n / PINS_PER_CHIP];
	u32 pin = n % PINS_PER_CHIP;
	struct claim roots;

	if (n / PINS_PER_CHIP >= c->view.num_irqchips)
		return false;
	out->size = chip->pin_bitmap[pin / 32] >> (pin % 32) & 1 &&
		config_find_claim(&c->sys->root->view, CLAIM_IRQCHIP, chip->address, PAGE_SIZE, &roots);
	/* the parts of a GIC differ in pin_base; there is one */
	if (out->size)
		out->start = roots.by.index * PINS_PER_CHIP + chip->pin_base + pin;
	return true;
}

/* Who has a part of a page has the page. */
static bool claim_memory(const struct cell *c, u32 n, struct claim *out)
{
	bool found = config_claim(&c->view, CLAIM_PHYS, n, out);
	u64 end = PAGE_ALIGN(out->start + out->size);

	out->start &= PAGE_MASK;
	if (out->size)
		out->size = end - out->start;
	return found;
}

static bool read_claim(const struct cell *c, enum owned_kind kind, u32 n, struct claim *out)
{
	*out = (struct claim){ .start = n, .size = cell_owns_cpu(c, n) };
	switch (kind) {
	case OWNED_MEMORY:
		return claim_memory(c, n, out);
	case OWNED_CPU:
		return n < HV_CPU_END;
	case OWNED_PIN:
		return claim_pin(c, n, out);
	case OWNED_PORT:
		return config_claim(&c->view, CLAIM_PORT, n, out);
	default:
		return config_claim(&c->view, CLAIM_PCI, n, out);
	}
}

/* Root keeps it too: shared memory, and each peer of a link has a device of its own there. */
static bool is_shared(const struct cell *c, enum owned_kind kind, u32 n)
{
	if (kind == OWNED_MEMORY)
		return c->view.mem[n].flags & JAILHOUSE_MEM_ROOTSHARED;
	return kind == OWNED_PCI && c->view.pci_devices[n].type == JAILHOUSE_PCI_TYPE_IVSHMEM;
}

/* Root has it back for the time being. */
static bool is_lent(const struct cell *c, enum owned_kind kind, u32 n)
{
	const struct jailhouse_memory *m = kind == OWNED_MEMORY ? &c->view.mem[n] : NULL;

	return m && c->loadable && m->flags & JAILHOUSE_MEM_LOADABLE && !JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

/* --- the answer --------------------------------------------------------------------------- */

/* Shortens @e to where @claim begins or ends; true: it covers the start. */
static bool covers(const struct claim *claim, struct owned_extent *e)
{
	u64 last = range_last(claim->start, claim->size);

	if (!claim->size || last < e->start)
		return false;
	if (claim->start > e->start) {
		if (e->last >= claim->start)
			e->last = claim->start - 1;
		return false;
	}
	if (e->last > last)
		e->last = last;
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

	for (n = 0; read_claim(c, kind, n, &claim); n++) {
		if (!covers(&claim, e))
			continue;
		e->owners |= bit;
		if (cell_is_root(c) || is_shared(c, kind, n))
			continue;
		e->holders |= bit;
		holds = true;
		lends |= is_lent(c, kind, n);
	}
	return holds && !lends;
}

static void add_hypervisor(const struct system *s, struct owned_extent *e)
{
	struct claim claim = { .start = s->hv_phys.v, .size = s->hv_size };

	e->hypervisor = covers(&claim, e);
	if (e->hypervisor)
		e->owners = 0;
}

u64 ownership_last(enum owned_kind kind)
{
	static const u64 last[] = {
		[OWNED_MEMORY] = ~0ULL,
		[OWNED_CPU] = HV_CPU_END - 1,
		[OWNED_PIN] = 0xffffffff,
		[OWNED_PORT] = 0xffff,
		[OWNED_PCI] = 0xffffffff,
	};

	return last[kind];
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
