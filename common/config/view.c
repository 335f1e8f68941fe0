// SPDX-License-Identifier: GPL-2.0
/*
 * From bytes to views: the only place where the counts of a blob are believed, after they were compared with its size.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

/* Signatures up to revision 12 had six characters. */
#define OLD_SIGNATURE_CELL	"JHCELL"
#define OLD_SIGNATURE_SYSTEM	"JHSYST"

static bool bytes_equal(const void *a, const void *b, size_t n)
{
	const __u8 *x = a, *y = b;

	for (; n; n--)
		if (*x++ != *y++)
			return false;
	return true;
}

/* Sum of 32-bit counts times small sizes: cannot overflow 64 bits. */
static __u64 arrays_size(const struct jailhouse_cell_desc *d)
{
	return (__u64)d->cpu_set_size +
		(__u64)d->num_memory_regions * sizeof(struct jailhouse_memory) +
		(__u64)d->num_cache_regions * sizeof(struct jailhouse_cache) +
		(__u64)d->num_irqchips * sizeof(struct jailhouse_irqchip) +
		(__u64)d->num_pio_regions * sizeof(struct jailhouse_pio) +
		(__u64)d->num_pci_devices * sizeof(struct jailhouse_pci_device) +
		(__u64)d->num_pci_caps * sizeof(struct jailhouse_pci_capability) +
		(__u64)d->num_stream_ids * sizeof(union jailhouse_stream_id);
}

/* Bytes from the descriptor on, as far as the first @have of them tell. */
static __u64 cell_size(const struct jailhouse_cell_desc *d, __u64 have)
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
	return before_cell + cell_size(&s->root_cell, have - before_cell);
}

/* Walks the arrays in their order. */
static const void *take(const __u8 **pos, __u64 count, size_t element)
{
	const void *start = *pos;

	*pos += count * element;
	return start;
}

static void cell_view_fill(struct cell_view *v, const struct jailhouse_cell_desc *d, __u64 size, bool is_root)
{
	const __u8 *pos = (const __u8 *)(d + 1);

	v->desc = d;
	v->size = (__u32)size;
	v->is_root = is_root;
	v->cpu_set_size = d->cpu_set_size;
	v->num_mem = d->num_memory_regions;
	v->num_cache = d->num_cache_regions;
	v->num_irqchips = d->num_irqchips;
	v->num_pio = d->num_pio_regions;
	v->num_pci_devices = d->num_pci_devices;
	v->num_pci_caps = d->num_pci_caps;
	v->num_stream_ids = d->num_stream_ids;

	v->cpu_set = take(&pos, v->cpu_set_size, 1);
	v->mem = take(&pos, v->num_mem, sizeof(*v->mem));
	v->cache = take(&pos, v->num_cache, sizeof(*v->cache));
	v->irqchips = take(&pos, v->num_irqchips, sizeof(*v->irqchips));
	v->pio = take(&pos, v->num_pio, sizeof(*v->pio));
	v->pci_devices = take(&pos, v->num_pci_devices, sizeof(*v->pci_devices));
	v->pci_caps = take(&pos, v->num_pci_caps, sizeof(*v->pci_caps));
	v->stream_ids = take(&pos, v->num_stream_ids, sizeof(*v->stream_ids));
	v->extension = d->flags & JAILHOUSE_CELL_X_EXTENSION ? (const void *)pos : NULL;
}

static int refuse_size(struct jailhouse_refusal *r, enum jailhouse_rule rule, __u64 is, __u64 should)
{
	return REFUSE(r, rule, NULL, .object = JAILHOUSE_OBJ_HEADER, .value = { is, should });
}

static int refuse_revision(struct jailhouse_refusal *r, __u16 revision)
{
	return refuse_size(r, RULE_REVISION, revision, JAILHOUSE_CONFIG_REVISION);
}

static int check_revision_and_architecture(__u16 revision, __u8 architecture, struct jailhouse_refusal *r)
{
	if (revision != JAILHOUSE_CONFIG_REVISION)
		return refuse_revision(r, revision);
	if (architecture != CONFIG_ARCHITECTURE)
		return refuse_size(r, RULE_ARCHITECTURE, architecture, CONFIG_ARCHITECTURE);
	return 0;
}

int cell_view_init(struct cell_view *v, const void *blob, size_t size, struct jailhouse_refusal *r)
{
	const struct jailhouse_cell_desc *d = blob;
	__u64 expected;
	int err;

	if (size < sizeof(*d))
		return refuse_size(r, RULE_BLOB_SHORT, size, sizeof(*d));
	if (size > CONFIG_MAX_CELL_SIZE)
		return refuse_size(r, RULE_TOO_LARGE, size, CONFIG_MAX_CELL_SIZE);
	if (bytes_equal(blob, OLD_SIGNATURE_CELL, 6))
		return refuse_revision(r, d->revision);
	if (bytes_equal(blob, JAILHOUSE_SYSTEM_SIGNATURE, 5))
		return REFUSE(r, RULE_SIGNATURE_IS_SYSTEM, NULL, .object = JAILHOUSE_OBJ_HEADER);
	if (!bytes_equal(blob, JAILHOUSE_CELL_DESC_SIGNATURE, 5))
		return REFUSE(r, RULE_SIGNATURE_CELL, NULL, .object = JAILHOUSE_OBJ_HEADER);
	err = check_revision_and_architecture(d->revision, d->architecture, r);
	if (err)
		return err;

	expected = cell_size(d, size);
	if (expected != size)
		return refuse_size(r, RULE_COUNTS, size, expected);
	cell_view_fill(v, d, size, false);
	return 0;
}

static int check_root_descriptor(const struct jailhouse_system *s, struct jailhouse_refusal *r)
{
	const struct jailhouse_cell_desc *d = &s->root_cell;

	if (!bytes_equal(d->signature, JAILHOUSE_CELL_DESC_SIGNATURE, 5))
		return REFUSE(r, RULE_SIGNATURE_ROOT_CELL, NULL, .object = JAILHOUSE_OBJ_HEADER);
	return check_revision_and_architecture(d->revision, d->architecture, r);
}

int system_view_init(struct system_view *v, const void *blob, size_t size, struct jailhouse_refusal *r)
{
	const struct jailhouse_system *s = blob;
	__u64 expected;
	int err;

	if (size < sizeof(s->signature) + 3)
		return refuse_size(r, RULE_BLOB_SHORT, size, sizeof(*s));
	if (bytes_equal(blob, OLD_SIGNATURE_SYSTEM, 6))
		return refuse_revision(r, s->revision);
	if (bytes_equal(blob, JAILHOUSE_CELL_DESC_SIGNATURE, 5))
		return REFUSE(r, RULE_SIGNATURE_IS_CELL, NULL, .object = JAILHOUSE_OBJ_HEADER);
	if (!bytes_equal(blob, JAILHOUSE_SYSTEM_SIGNATURE, 5))
		return REFUSE(r, RULE_SIGNATURE_SYSTEM, NULL, .object = JAILHOUSE_OBJ_HEADER);
	if (size < sizeof(*s))
		return refuse_size(r, RULE_BLOB_SHORT, size, sizeof(*s));
	if (size > CONFIG_MAX_SYSTEM_SIZE)
		return refuse_size(r, RULE_TOO_LARGE, size, CONFIG_MAX_SYSTEM_SIZE);
	err = check_revision_and_architecture(s->revision, s->architecture, r);
	if (err)
		return err;
	err = check_root_descriptor(s, r);
	if (err)
		return err;

	expected = config_system_size(blob, size);
	if (expected != size)
		return refuse_size(r, RULE_COUNTS, size, expected);
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
