// SPDX-License-Identifier: GPL-2.0
/*
 * From bytes to views: the only place where the counts of a blob are believed, after they were compared with its size. And what the
 * elements of a view claim.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

/* Signatures up to revision 12 had six characters. */
#define OLD_SIGNATURE_CELL	"JHCELL"
#define OLD_SIGNATURE_SYSTEM	"JHSYST"

/* The arrays in their order: X(array, number in the view, number in the descriptor) */
#define CELL_ARRAYS(X) \
	X(cpu_set, cpu_set_size, cpu_set_size) \
	X(mem, num_mem, num_memory_regions) \
	X(cache, num_cache, num_cache_regions) \
	X(irqchips, num_irqchips, num_irqchips) \
	X(pio, num_pio, num_pio_regions) \
	X(pci_devices, num_pci_devices, num_pci_devices) \
	X(pci_caps, num_pci_caps, num_pci_caps) \
	X(stream_ids, num_stream_ids, num_stream_ids)

static bool starts_with(const void *blob, const char *signature)
{
	return __builtin_memcmp(blob, signature, __builtin_strlen(signature)) == 0;
}

/* Sum of 32-bit counts times small sizes: cannot overflow 64 bits. */
static __u64 arrays_size(const struct jailhouse_cell_desc *d)
{
#define ADD_SIZE(array, number, count)	+ (__u64)d->count * sizeof(*((struct cell_view *)NULL)->array)
	return 0 CELL_ARRAYS(ADD_SIZE);
}

__u64 config_cell_size(const struct jailhouse_cell_desc *d, __u64 have)
{
	__u64 size = sizeof(*d) + arrays_size(d);
	const struct jailhouse_ext_block *ext;

	if (!(d->flags & JAILHOUSE_CELL_X_EXTENSION))
		return size;
	if (have < size + sizeof(*ext))
		return size + sizeof(*ext);
	ext = (const void *)((const __u8 *)d + size);
	return size + (ext->size > sizeof(*ext) ? ext->size : sizeof(*ext));
}

__u64 config_system_size(const void *blob, __u64 have)
{
	const struct jailhouse_system *s = blob;
	const __u64 before_cell = offsetof(struct jailhouse_system, root_cell);

	if (have < sizeof(*s))
		return sizeof(*s);
	return before_cell + config_cell_size(&s->root_cell, have - before_cell);
}

static void cell_view_fill(struct cell_view *v, const struct jailhouse_cell_desc *d, __u64 size, bool is_root)
{
	const __u8 *pos = (const __u8 *)(d + 1);

	v->desc = d;
	v->size = (__u32)size;
	v->is_root = is_root;
#define TAKE(array, number, count)		\
	v->number = d->count;			\
	v->array = (const void *)pos;		\
	pos += (__u64)d->count * sizeof(*v->array);
	CELL_ARRAYS(TAKE)
	v->extension = d->flags & JAILHOUSE_CELL_X_EXTENSION ? (const void *)pos : NULL;
}

#define WHOLE_BLOB	AT(NULL, HEADER, 0)

static int check_revision_and_architecture(__u16 revision, __u8 architecture, struct jailhouse_refusal *r)
{
	if (revision != JAILHOUSE_CONFIG_REVISION)
		return REFUSE(r, RULE_REVISION, WHOLE_BLOB, revision, JAILHOUSE_CONFIG_REVISION);
	if (architecture != CONFIG_ARCHITECTURE)
		return REFUSE(r, RULE_ARCHITECTURE, WHOLE_BLOB, architecture, CONFIG_ARCHITECTURE);
	return 0;
}

int cell_view_init(struct cell_view *v, const void *blob, size_t size, struct jailhouse_refusal *r)
{
	const struct jailhouse_cell_desc *d = blob;
	__u64 expected;
	int err;

	if (size < sizeof(*d))
		return REFUSE(r, RULE_BLOB_SHORT, WHOLE_BLOB, size, sizeof(*d));
	if (size > CONFIG_MAX_CELL_SIZE)
		return REFUSE(r, RULE_TOO_LARGE, WHOLE_BLOB, size, CONFIG_MAX_CELL_SIZE);
	if (starts_with(blob, OLD_SIGNATURE_CELL))
		return REFUSE(r, RULE_REVISION, WHOLE_BLOB, d->revision, JAILHOUSE_CONFIG_REVISION);
	if (starts_with(blob, JAILHOUSE_SYSTEM_SIGNATURE))
		return REFUSE(r, RULE_SIGNATURE_IS_SYSTEM, WHOLE_BLOB);
	if (!starts_with(blob, JAILHOUSE_CELL_DESC_SIGNATURE))
		return REFUSE(r, RULE_SIGNATURE_CELL, WHOLE_BLOB);
	err = check_revision_and_architecture(d->revision, d->architecture, r);
	if (err)
		return err;

	expected = config_cell_size(d, size);
	if (expected != size)
		return REFUSE(r, RULE_COUNTS, WHOLE_BLOB, size, expected);
	cell_view_fill(v, d, size, false);
	return 0;
}

static int check_root_descriptor(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	const struct jailhouse_cell_desc *d = &s->root_cell;

	if (!starts_with(d->signature, JAILHOUSE_CELL_DESC_SIGNATURE))
		return REFUSE(r, RULE_SIGNATURE_ROOT_CELL, WHOLE_BLOB);
	return check_revision_and_architecture(d->revision, d->architecture, r);
}

int system_view_init(struct system_view *v, const void *blob, size_t size, struct jailhouse_refusal *r)
{
	const struct jailhouse_system *s = blob;
	__u64 expected;
	int err;

	if (size < sizeof(s->signature) + 3)
		return REFUSE(r, RULE_BLOB_SHORT, WHOLE_BLOB, size, sizeof(*s));
	if (starts_with(blob, OLD_SIGNATURE_SYSTEM))
		return REFUSE(r, RULE_REVISION, WHOLE_BLOB, s->revision, JAILHOUSE_CONFIG_REVISION);
	if (starts_with(blob, JAILHOUSE_CELL_DESC_SIGNATURE))
		return REFUSE(r, RULE_SIGNATURE_IS_CELL, WHOLE_BLOB);
	if (!starts_with(blob, JAILHOUSE_SYSTEM_SIGNATURE))
		return REFUSE(r, RULE_SIGNATURE_SYSTEM, WHOLE_BLOB);
	if (size < sizeof(*s))
		return REFUSE(r, RULE_BLOB_SHORT, WHOLE_BLOB, size, sizeof(*s));
	if (size > CONFIG_MAX_SYSTEM_SIZE)
		return REFUSE(r, RULE_TOO_LARGE, WHOLE_BLOB, size, CONFIG_MAX_SYSTEM_SIZE);
	err = check_revision_and_architecture(s->revision, s->architecture, r) ?: check_root_descriptor(s, r);
	if (err)
		return err;

	expected = config_system_size(blob, size);
	if (expected != size)
		return REFUSE(r, RULE_COUNTS, WHOLE_BLOB, size, expected);
	v->system = s;
	v->size = (__u32)size;
	cell_view_fill(&v->root, &s->root_cell, size - offsetof(struct jailhouse_system, root_cell), true);
	return 0;
}

int cell_view_comm_region(const struct cell_view *v)
{
	__u32 n;

	for (n = 0; n < v->num_mem; n++)
		if (region_is_comm(&v->mem[n]))
			return (int)n;
	return -1;
}

bool config_region_in_link(const struct jailhouse_pci_device *dev, __u32 index)
{
	return pci_is_ivshmem(dev) && index >= dev->shmem_regions_start &&
		index - dev->shmem_regions_start < 2u + dev->shmem_peers;
}

bool config_names_equal(const struct cell_view *a, const struct cell_view *b)
{
	const char *x = a->desc->name, *y = b->desc->name;
	unsigned int n;

	for (n = 0; n < sizeof(a->desc->name); n++) {
		if (x[n] != y[n])
			return false;
		if (!x[n])
			break;
	}
	return true;
}

/* --- claims --- */

static bool claim(struct claim *c, struct item by, __u64 start, __u64 size)
{
	*c = (struct claim){ by, start, size };
	return true;
}

bool config_claim(const struct cell_view *cell, enum claim_kind kind, __u32 n, struct claim *c)
{
	/* behind the last one, and where there are none at all, not even an address is made of them */
	switch (kind) {
	case CLAIM_PHYS:
		return n < cell->num_mem && claim(c, AT(cell, MEMORY, n), cell->mem[n].phys_start,
						  region_has_phys(&cell->mem[n]) ? cell->mem[n].size : 0);
	case CLAIM_VIRT:
		return n < cell->num_mem && claim(c, AT(cell, MEMORY, n), cell->mem[n].virt_start, cell->mem[n].size);
	case CLAIM_IRQCHIP:
		return n < cell->num_irqchips && claim(c, AT(cell, IRQCHIP, n), cell->irqchips[n].address + cell->irqchips[n].pin_base,
						       IRQCHIP_BITS);
	case CLAIM_PORT:
		return n < cell->num_pio && claim(c, AT(cell, PIO, n), cell->pio[n].base, cell->pio[n].length);
	case CLAIM_PCI:
		return n < cell->num_pci_devices && claim(c, AT(cell, PCI_DEVICE, n), pci_address(&cell->pci_devices[n]), 1);
	default:
		return n < cell->num_pci_devices &&
			claim(c, AT(cell, PCI_DEVICE, n), cell->pci_devices[n].msix_address,
			      pci_has_msix_table(&cell->pci_devices[n]) ? cell->pci_devices[n].msix_region_size : 0);
	}
}

bool config_find_claim(const struct cell_view *cell, enum claim_kind kind, __u64 start, __u64 size, struct claim *c)
{
	__u32 n;

	for (n = 0; config_claim(cell, kind, n, c); n++)
		if (range_overlap(c->start, c->size, start, size))
			return true;
	return false;
}

static int check_overlap(const struct cell_view *cell, const struct cell_view *other, const struct overlap_rule *rule,
			 struct jailhouse_refusal *r)
{
	__u64 first, low = ~0ULL, high = 0;
	struct claim a, b;
	__u32 n, m;

	for (n = 0; config_claim(cell, rule->kind, n, &a); n++) {
		/* what lies outside of all before it needs no look at each: elements mostly stand in order */
		bool apart = cell == other && (a.start > high || range_last(a.start, a.size) < low);

		for (m = 0; a.size && !apart && (cell != other || m < n) && config_claim(other, rule->kind, m, &b); m++) {
			first = range_first_common(a.start, b.start);
			if (range_overlap(a.start, a.size, b.start, b.size) && (!rule->clash || rule->clash(&a, &b, &first)))
				return REFUSE_WITH(r, rule->rule, a.by, b.by, first);
		}
		low = a.size && a.start < low ? a.start : low;
		high = a.size && range_last(a.start, a.size) > high ? range_last(a.start, a.size) : high;
	}
	return 0;
}

int config_check_overlaps(const struct cell_view *cell, const struct cell_view *other, const struct overlap_rule *rules,
			  unsigned int count, struct jailhouse_refusal *r)
{
	int err = 0;

	for (; !err && count; count--, rules++)
		err = check_overlap(cell, other, rules, r);
	return err;
}
