// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c tools/machine/groups.c tools/machine/text.c */
/* cflags: -D_GNU_SOURCE */
/*
 * PCI functions and bridges as a machine's configuration space tells of them, and the firmware's scopes over them. One byte of flags, 6 bytes a
 * function, then the scopes.
 *
 * Held: whatever the buses say of each other, an answer comes. Where they are a tree, two functions are together exactly if a second judge, who
 * follows a request upwards hop by hop, sees it turn before the host; so both ways, and in whatever order the functions are listed. With access
 * control on everywhere, nothing but a conventional bridge joins, and the groups are a partition, as those of Linux are. The sentence is whole. A
 * function's unit exists; who is behind a bridge that a scope names is covered if the bridge is.
 */
#include "fuzz.h"
#include <tools/machine/groups.h>

#define MOST	24
#define IS_TREE	1
#define HAS_LINUX	2

static struct pci_function list[MOST], turned[MOST];
static struct functions all;

/* --- the machine ----------------------------------------------------------------------------------------------------------------- */

static void take_function(struct fuzz_input *in, struct pci_function *f, unsigned int flags)
{
	const unsigned int kind = fuzz_take(in, 1);

	*f = (struct pci_function){ .domain = kind >> 7, .bridge = kind & 8, .acs = kind >> 4 & 3, .group = -1 };
	f->express_type = (kind & 7) == 7 ? -1 : (int)(kind & 7);
	f->bdf = (uint16_t)fuzz_take(in, 2);
	f->secondary = f->bridge ? fuzz_take(in, 1) : 0;
	if (flags & HAS_LINUX)
		f->group = (int)fuzz_take(in, 1) % 4 - 1;
	f->class = f->bridge ? 0x060400 : fuzz_take(in, 1) << 16;
}

/* Buses are numbered downwards, each is behind one bridge; no function is listed twice. */
static bool fits_tree(const struct pci_function *f)
{
	size_t n;

	if (f->bridge && f->secondary <= f->bdf >> 8)
		return false;
	for (n = 0; n < all.count; n++) {
		if (list[n].domain != f->domain)
			continue;
		if (list[n].bdf == f->bdf || (f->bridge && list[n].secondary == f->secondary))
			return false;
	}
	return true;
}

static void take_functions(struct fuzz_input *in, unsigned int flags)
{
	all = (struct functions){ list, 0 };
	while (in->size && all.count < MOST && *in->data != 0xff) {
		take_function(in, &list[all.count], flags);
		all.count += !(flags & IS_TREE) || fits_tree(&list[all.count]);
	}
	fuzz_take(in, 1);
}

/* --- the second judge ------------------------------------------------------------------------------------------------------------ */

static const struct pci_function *above(const struct pci_function *f)
{
	size_t n;

	for (n = 0; n < all.count; n++) {
		if (list[n].bridge && list[n].domain == f->domain && list[n].secondary == f->bdf >> 8)
			return &list[n];
	}
	return NULL;
}

static bool is_below(const struct pci_function *f, const struct pci_function *bridge)
{
	while (f && f != bridge)
		f = above(f);
	return f;
}

static bool turns_at(const struct pci_function *bridge)
{
	if (bridge->express_type == PCI_EXPRESS_UPSTREAM)
		return false;
	return bridge->acs != PCI_ACS_ON || (bridge->express_type != PCI_EXPRESS_ROOT_PORT && bridge->express_type != PCI_EXPRESS_DOWNSTREAM);
}

/* May a request of @hop, or from behind it, go to a neighbour on its bus that leads to @to? */
static bool turns_beside(const struct pci_function *hop, const struct pci_function *to)
{
	const bool one_device_on_bus = above(hop);
	const struct pci_function *n;

	for (n = list; n < list + all.count; n++) {
		if (n == hop || n->domain != hop->domain || n->bdf >> 8 != hop->bdf >> 8 || !is_below(to, n))
			continue;
		if ((one_device_on_bus || n->bdf >> 3 == hop->bdf >> 3) && (n->acs != PCI_ACS_ON || hop->acs != PCI_ACS_ON))
			return true;
	}
	return false;
}

static bool reaches(const struct pci_function *from, const struct pci_function *to)
{
	const struct pci_function *hop, *bridge;

	for (hop = from; hop; hop = bridge) {
		bridge = above(hop);
		if (turns_beside(hop, to) || (bridge && is_below(to, bridge) && turns_at(bridge)))
			return true;
	}
	return is_below(to, from) && from->bridge && turns_at(from);
}

/* --- what is held ---------------------------------------------------------------------------------------------------------------- */

static void check_sentence(const struct group_bond *bond)
{
	char why[192], way_out[512];

	FUZZ_CHECK(bond->reason <= GROUP_ACS_UNSEEN);
	FUZZ_CHECK(!bond->because == (bond->reason == GROUP_LINUX || bond->reason == GROUP_APART));
	group_bond_text(bond, why, sizeof(why), way_out, sizeof(way_out));
	FUZZ_CHECK((bond->reason == GROUP_APART) == !why[0] && strlen(why) < sizeof(why) - 1 && strlen(way_out) < sizeof(way_out) - 40);
	FUZZ_CHECK(!strchr(why, '%') && !strchr(way_out, '%'));
}

static bool are_together(const struct functions *machine, size_t a, size_t b)
{
	struct group_bond bond = group_bond(machine, &machine->list[a], &machine->list[b]);

	check_sentence(&bond);
	return bond.reason != GROUP_APART;
}

static void check_pair(size_t a, size_t b, bool is_tree)
{
	const size_t last = all.count - 1;
	const struct functions other_way = { turned, all.count };
	const bool together = are_together(&all, a, b);

	if (!is_tree)
		return;
	FUZZ_CHECK(together == are_together(&all, b, a));
	FUZZ_CHECK(together == are_together(&other_way, last - a, last - b));
	if (list[a].group >= 0 && list[b].group >= 0)
		FUZZ_CHECK(together == (list[a].group == list[b].group));
	else
		FUZZ_CHECK(together == (reaches(&list[a], &list[b]) || reaches(&list[b], &list[a])));
}

static void check_pairs(bool is_tree)
{
	size_t a, b;

	for (a = 0; a < all.count; a++)
		turned[all.count - 1 - a] = list[a];
	for (a = 0; a < all.count; a++) {
		for (b = 0; b < all.count; b++) {
			if (a != b)
				check_pair(a, b, is_tree);
		}
	}
}

static void check_triple(size_t a, size_t b)
{
	struct group_bond bond = group_bond(&all, &list[a], &list[b]);
	size_t c;

	FUZZ_CHECK(bond.reason == GROUP_APART || bond.reason == GROUP_BRIDGE);
	for (c = 0; bond.reason != GROUP_APART && c < all.count; c++) {
		if (c != a && c != b)
			FUZZ_CHECK(are_together(&all, a, c) == are_together(&all, b, c));
	}
}

static void check_partition(void)
{
	size_t a, b;

	for (a = 0; a < all.count; a++) {
		list[a].acs = PCI_ACS_ON;
		list[a].group = -1;
	}
	for (a = 0; a < all.count; a++) {
		for (b = 0; b < a; b++)
			check_triple(a, b);
	}
}

/* --- the firmware's words -------------------------------------------------------------------------------------------------------- */

static void take_scope(struct fuzz_input *in, struct acpi_scope *s, unsigned int units)
{
	const unsigned int kind = fuzz_take(in, 1);
	unsigned int n;

	*s = (struct acpi_scope){ .unit = (kind >> 4) % units, .bridge = kind & 1, .is_ioapic = (kind & 14) == 14 };
	s->first = s->last = (uint16_t)fuzz_take(in, 2);
	s->steps = kind >> 1 & 3;
	for (n = 0; n < s->steps; n++)
		s->step[n] = (uint8_t)fuzz_take(in, 1);
	if (!s->steps && kind & 8)
		s->last = (uint16_t)(s->first + fuzz_take(in, 1)) < s->first ? 0xffff : (uint16_t)(s->first + 16);
}

static void check_scope(const struct acpi_scope *s, bool is_tree)
{
	size_t n;

	for (n = 0; n < all.count; n++) {
		const struct pci_function *f = &list[n], *bridge = is_tree ? above(f) : NULL;
		const bool covered = scope_covers(&all, s, f);

		FUZZ_CHECK(!covered || !s->is_ioapic);
		if (s->first != s->last)
			FUZZ_CHECK(s->is_ioapic || covered == (f->bdf >= s->first && f->bdf <= s->last));
		else if (s->bridge && bridge && scope_covers(&all, s, bridge))
			FUZZ_CHECK(covered);
	}
}

static void check_scopes(struct fuzz_input *in, bool is_tree)
{
	static struct acpi_iommus iommus;
	const struct acpi_reserved *r;
	size_t n;

	memset(&iommus, 0, sizeof(iommus));
	iommus.count = 1 + fuzz_take(in, 1) % 4;
	iommus.unit[iommus.count - 1].all = true;
	for (n = 0; n < iommus.count; n++)
		iommus.unit[n].segment = (uint16_t)(fuzz_take(in, 1) & 1);
	while (in->size && iommus.scopes < 16) {
		take_scope(in, &iommus.scope[iommus.scopes], iommus.count);
		iommus.reserved[iommus.reserveds++].who = iommus.scope[iommus.scopes];
		check_scope(&iommus.scope[iommus.scopes++], is_tree);
	}
	for (n = 0; n < all.count; n++) {
		FUZZ_CHECK(unit_of_function(&all, &iommus, &list[n]) < iommus.count);
		r = reserved_of_function(&all, &iommus, &list[n]);
		FUZZ_CHECK(!r || (r->segment == list[n].domain && scope_covers(&all, &r->who, &list[n])));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	const unsigned int flags = fuzz_take(&in, 1);

	take_functions(&in, flags);
	check_scopes(&in, flags & IS_TREE);
	check_pairs(flags & IS_TREE);
	if (flags & IS_TREE)
		check_partition();
	return 0;
}
