// SPDX-License-Identifier: GPL-2.0
/*
 * From the binary to the text. Each element is written as people would, then compiled again; what came out differently is added as "raw".
 * So the way back is exact whatever the binary contains.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "names.h"
#include "place.h"

/* struct state - @again: what the text so far compiles to; @places: how many requests for addresses are written as "anywhere" */
struct state {
	struct text *t;
	const struct draft *d;
	struct draft again;
	struct node *root;
	unsigned int places;
};

/* --- values --- */

static struct node *hex(struct text *t, __u64 value)
{
	return node_scalar(t, "0x%llx", value);
}

static struct node *decimal(struct text *t, __u64 value)
{
	return node_scalar(t, "%llu", value);
}

static struct node *size_node(struct text *t, __u64 size)
{
	static const char suffixes[] = "TGMK";
	unsigned int n;

	for (n = 0; size && n < 4; n++)
		if (!(size & ((1ULL << 10 * (4 - n)) - 1)))
			return node_scalar(t, "%llu%c", size >> 10 * (4 - n), suffixes[n]);
	return size < 4096 ? decimal(t, size) : hex(t, size);
}

static struct node *bdf_node(struct text *t, __u64 address)
{
	unsigned int bus = address >> 8 & 0xff, device = address >> 3 & 0x1f, function = address & 7;

	if (address >> 16)
		return node_string(t, text_format(t, "%04x:%02x:%02x.%x", (unsigned int)(address >> 16), bus, device, function));
	return node_string(t, text_format(t, "%02x:%02x.%x", bus, device, function));
}

/* A word that no reader of YAML takes for a number or a truth value */
static struct node *word(struct text *t, const char *s)
{
	static const char *const others[] = { "true", "false", "yes", "no", "on", "off", "null", "y", "n", NULL };
	unsigned int n;

	for (n = 0; others[n]; n++)
		if (!strcasecmp(s, others[n]))
			return node_string(t, s);
	return isalpha((unsigned char)s[0]) ? node_scalar(t, "%s", s) : node_string(t, s);
}

static struct node *true_node(struct text *t)
{
	return node_scalar(t, "true");
}

/* The names of those bits that have one */
static struct node *names_node(struct text *t, const struct name *table, __u64 bits)
{
	struct node *list = node_new(t, NODE_LIST);

	for (; table->name; table++)
		if (bits & table->value)
			node_add(t, list, node_scalar(t, "%s", table->name));
	return list;
}

static __u64 known_bits(const struct name *table)
{
	__u64 bits = 0;

	for (; table->name; table++)
		bits |= table->value;
	return bits;
}

static void put_nonzero(struct text *t, struct node *map, const char *key, __u64 value, struct node *(*make)(struct text *, __u64))
{
	if (value)
		node_put(t, map, key, make(t, value));
}

static void put_name_of(struct text *t, struct node *map, const char *key, const struct name *table, __u64 value)
{
	const char *name = name_of(table, value);

	if (name)
		node_put(t, map, key, isdigit((unsigned char)name[0]) ? node_scalar(t, "%s", name) : word(t, name));
}

static struct node *digits_node(struct text *t, const __u8 *data, size_t size)
{
	char *s = text_alloc(t, 2 * size + 1);
	size_t n;

	for (n = 0; n < size; n++)
		sprintf(s + 2 * n, "%02x", data[n]);
	return node_string(t, s);
}

/* --- sets --- */

#define LONGEST_RUN	0x8000

struct set_text {
	FILE *f;
	bool any;
};

static void put_run(struct set_text *s, __u64 first, __u64 last)
{
	for (; last - first >= LONGEST_RUN; first += LONGEST_RUN) {
		fprintf(s->f, "%s%llu-%llu", s->any ? "," : "", first, first + LONGEST_RUN - 1);
		s->any = true;
	}
	fprintf(s->f, first == last ? "%s%llu" : "%s%llu-%llu", s->any ? "," : "", first, last);
	s->any = true;
}

/* Numbers of the bits, counted from @base */
static struct node *set_node(struct text *t, const __u8 *bits, __u64 count, __u64 base)
{
	struct set_text s = { NULL, false };
	char *buf = NULL;
	struct node *n;
	size_t size;
	__u64 i, first;

	s.f = open_memstream(&buf, &size);
	if (!s.f)
		abort();
	for (i = 0; i < count; i++) {
		if (!(bits[i / 8] >> i % 8 & 1))
			continue;
		for (first = i; i + 1 < count && bits[(i + 1) / 8] >> (i + 1) % 8 & 1; i++)
			;
		put_run(&s, base + first, base + i);
	}
	fclose(s.f);
	n = s.any ? node_scalar(t, "%s", buf) : NULL;
	free(buf);
	return n;
}

/* --- raw --- */

static struct node *field_node(struct text *t, const struct field *f, const __u8 *at)
{
	__u64 value = 0;

	if (f->digits)
		return digits_node(t, at, f->bytes);
	memcpy(&value, at, f->bytes);
	return hex(t, value);
}

/* Adds "raw" to @map for the members in which @is, what the map compiles to, differs from @wanted. */
static void put_raw(struct text *t, struct node *map, const struct field *f, const void *is, const void *wanted)
{
	struct node *raw = NULL;
	unsigned int n, offset;

	for (; f->name; f++)
		for (n = 0; n < f->count; n++) {
			offset = f->offset + n * f->bytes;
			if (!memcmp((const __u8 *)is + offset, (const __u8 *)wanted + offset, f->bytes))
				continue;
			raw = raw ? raw : node_new(t, NODE_MAP);
			node_put(t, raw, f->count > 1 ? text_format(t, "%s.%u", f->name, n) : f->name,
				 field_node(t, f, (const __u8 *)wanted + offset));
		}
	if (raw)
		node_put(t, map, "raw", raw);
}

/* --- memory --- */

/* What a role is there for; without it the role would mislead. */
static bool role_fits(enum role role, __u64 flags)
{
	if (flags & JAILHOUSE_MEM_COMM_REGION)
		return role == ROLE_COMM;
	switch (role) {
	case ROLE_RAM:
		return flags & (JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA) && !(flags & JAILHOUSE_MEM_IO);
	case ROLE_LOADABLE:
		return flags & JAILHOUSE_MEM_LOADABLE;
	case ROLE_ROM:
		return flags & JAILHOUSE_MEM_EXECUTE && !(flags & JAILHOUSE_MEM_WRITE);
	case ROLE_MMIO:
		return flags & JAILHOUSE_MEM_IO;
	case ROLE_SHARED:
		return flags & JAILHOUSE_MEM_ROOTSHARED;
	default:
		return false;
	}
}

#define MOST_CHANGES	2

static enum role best_role(__u64 flags)
{
	enum role best = ROLE_NONE;
	int changes, least = MOST_CHANGES + 1;
	const struct name *r;

	for (r = role_names; r->name; r++) {
		changes = __builtin_popcountll(flags ^ role_flags((enum role)r->value));
		if (role_fits((enum role)r->value, flags) && changes < least) {
			best = (enum role)r->value;
			least = changes;
		}
	}
	return best;
}

static void put_memory_flags(struct text *t, struct node *map, __u64 flags)
{
	enum role role = best_role(flags);
	__u64 of_role = role_flags(role);

	if (role == ROLE_NONE) {
		node_put(t, map, "flags", names_node(t, memory_flag_names, flags));
		return;
	}
	put_name_of(t, map, "role", role_names, role);
	if (flags & ~of_role)
		node_put(t, map, "with", names_node(t, memory_flag_names, flags & ~of_role));
	if (of_role & ~flags)
		node_put(t, map, "without", names_node(t, memory_flag_names, of_role & ~flags));
}

static void put_label(struct text *t, struct node *map, const struct origin *origin)
{
	if (origin->label)
		node_put(t, map, "name", word(t, origin->label));
}

/* --- addresses that are found later --- */

/* The text asks in the order of its elements, the hypervisor's memory first, and the root cell sees memory where it is. */
static unsigned int count_places(const struct draft *d)
{
	const struct jailhouse_ext_place *p;
	const struct jailhouse_memory *m;
	__u64 next = 0;
	unsigned int n;

	for (n = 0; (p = place_request(d, n)); n++) {
		if (p->region == JAILHOUSE_EXT_HYPERVISOR && !n)
			continue;
		if (p->region == JAILHOUSE_EXT_HYPERVISOR || p->region < next)
			break;
		m = draft_at(d, DRAFT_MEMORY, p->region);
		if (d->is_system && m->virt_start)
			break;
		next = p->region + 1ULL;
	}
	return n;
}

static const struct jailhouse_ext_place *place_of(const struct state *s, __u32 region)
{
	const struct jailhouse_ext_place *p;
	unsigned int n;

	for (n = 0; n < s->places; n++) {
		p = place_request(s->d, n);
		if (p->region == region)
			return p;
	}
	return NULL;
}

static void put_anywhere(struct text *t, struct node *map, const struct jailhouse_ext_place *p)
{
	node_put(t, map, "phys", node_scalar(t, "anywhere"));
	if (p->align)
		node_put(t, map, "align", size_node(t, p->align));
}

static struct node *memory_node(struct state *s, unsigned int index)
{
	const struct jailhouse_memory *m = draft_at(s->d, DRAFT_MEMORY, index);
	bool is_comm = m->flags & JAILHOUSE_MEM_COMM_REGION;
	const struct jailhouse_ext_place *place = place_of(s, index);
	struct node *map = node_new(s->t, NODE_MAP);
	struct draft scratch;

	put_label(s->t, map, &s->d->array[DRAFT_MEMORY].origin[index]);
	put_memory_flags(s->t, map, m->flags & known_bits(memory_flag_names));
	is_comm = is_comm && map_get(map, "role");	/* which is "comm" then: see role_fits() */
	if (place)
		put_anywhere(s->t, map, place);
	else if (!is_comm || m->phys_start)
		node_put(s->t, map, "phys", hex(s->t, m->phys_start));
	if (is_comm || m->virt_start != m->phys_start || (place && !s->d->is_system))
		node_put(s->t, map, "virt", hex(s->t, m->virt_start));
	if (!is_comm || m->size != 0x1000)
		node_put(s->t, map, "size", size_node(s->t, m->size));
	draft_init(&scratch);
	scratch.is_system = s->d->is_system;
	compile_memory(s->t, map, &scratch);
	put_raw(s->t, map, memory_fields, draft_at(&scratch, DRAFT_MEMORY, 0), m);
	draft_free(&scratch);
	return map;
}

/* The sections of a link that starts with region @index as one entry, or NULL */
static struct node *link_node(struct state *s, const struct jailhouse_pci_device *dev, unsigned int index, unsigned int *count)
{
	const struct jailhouse_memory *m = draft_at(s->d, DRAFT_MEMORY, index);
	struct node *map = node_new(s->t, NODE_MAP);
	struct draft scratch;
	bool same;

	*count = 2u + dev->shmem_peers;
	if (!dev->shmem_peers || dev->shmem_dev_id >= dev->shmem_peers || index + *count > s->d->array[DRAFT_MEMORY].count)
		return NULL;
	node_put(s->t, map, "name", node_scalar(s->t, "link%u", index));
	node_put(s->t, map, "role", node_scalar(s->t, "ivshmem"));
	node_put(s->t, map, "phys", hex(s->t, m[0].phys_start));
	if (m[0].virt_start != m[0].phys_start)
		node_put(s->t, map, "virt", hex(s->t, m[0].virt_start));
	node_put(s->t, map, "state", size_node(s->t, m[0].size));
	node_put(s->t, map, "rw", size_node(s->t, m[1].size));
	node_put(s->t, map, "output", size_node(s->t, m[2].size));
	node_put(s->t, map, "peers", decimal(s->t, dev->shmem_peers));
	node_put(s->t, map, "peer", decimal(s->t, dev->shmem_dev_id));
	draft_init(&scratch);
	compile_memory(s->t, map, &scratch);
	same = scratch.array[DRAFT_MEMORY].count == *count &&
		!memcmp(draft_at(&scratch, DRAFT_MEMORY, 0), m, *count * sizeof(*m));
	draft_free(&scratch);
	return same ? map : NULL;
}

static struct node *link_at(struct state *s, unsigned int index, unsigned int *count)
{
	const struct array *devices = &s->d->array[DRAFT_PCI];
	const struct jailhouse_pci_device *dev = devices->data;
	struct node *map;
	unsigned int n;

	for (n = 0; n < devices->count; n++) {
		if (dev[n].type != JAILHOUSE_PCI_TYPE_IVSHMEM || dev[n].shmem_regions_start != index)
			continue;
		map = link_node(s, &dev[n], index, count);
		if (map)
			return map;
	}
	return NULL;
}

static bool any_place(const struct state *s, unsigned int first, unsigned int count)
{
	while (count-- > 0) {
		if (place_of(s, first + count))
			return true;
	}
	return false;
}

static struct node *memory_list(struct state *s)
{
	struct node *list = node_new(s->t, NODE_LIST), *map;
	unsigned int n, count;

	for (n = 0; n < s->d->array[DRAFT_MEMORY].count; n += count) {
		count = 1;
		map = link_at(s, n, &count);
		if (!map || any_place(s, n, count)) {
			count = 1;
			map = memory_node(s, n);
		}
		map->at.line = n + 1;
		node_add(s->t, list, map);
	}
	s->again.is_system = s->d->is_system;
	compile_list(s->t, list, &s->again, compile_memory);
	return list;
}

/* --- interrupt controllers --- */

static struct node *irqchip_map(struct state *s, unsigned int index, unsigned int count, bool with_base)
{
	const struct jailhouse_irqchip *chip = draft_at(s->d, DRAFT_IRQCHIPS, index);
	struct node *map = node_new(s->t, NODE_MAP), *set;
	__u8 *bits = text_alloc(s->t, count * sizeof(chip->pin_bitmap));
	unsigned int n;

	for (n = 0; n < count; n++)
		memcpy(bits + n * sizeof(chip->pin_bitmap), chip[n].pin_bitmap, sizeof(chip->pin_bitmap));
	put_label(s->t, map, &s->d->array[DRAFT_IRQCHIPS].origin[index]);
	node_put(s->t, map, "address", hex(s->t, chip->address));
	if (with_base)
		node_put(s->t, map, "base", decimal(s->t, chip->pin_base));
	set = set_node(s->t, bits, 8ULL * count * sizeof(chip->pin_bitmap), chip->pin_base);
	if (set)
		node_put(s->t, map, "pins", set);
	if (chip->id & 0xffff)
		node_put(s->t, map, "bdf", bdf_node(s->t, chip->id & 0xffff));
	put_nonzero(s->t, map, "iommu", chip->id >> 16, decimal);
	return map;
}

/* Does the map make @count entries from @index on? */
static bool makes_irqchips(struct state *s, const struct node *map, unsigned int index, unsigned int count)
{
	struct draft scratch;
	bool same;

	draft_init(&scratch);
	scratch.system.root_cell.architecture = s->d->system.root_cell.architecture;
	compile_irqchip(s->t, map, &scratch);
	same = scratch.array[DRAFT_IRQCHIPS].count == count &&
		!memcmp(draft_at(&scratch, DRAFT_IRQCHIPS, 0), draft_at(s->d, DRAFT_IRQCHIPS, index),
			count * sizeof(struct jailhouse_irqchip));
	draft_free(&scratch);
	return same;
}

#define MOST_PARTS	8

/* Parts of a GIC that follow each other in the usual places */
static unsigned int parts_of_one(const struct state *s, unsigned int index)
{
	const struct jailhouse_irqchip *chip = draft_at(s->d, DRAFT_IRQCHIPS, index);
	unsigned int n;

	for (n = 1; n < MOST_PARTS && index + n < s->d->array[DRAFT_IRQCHIPS].count; n++)
		if (chip[n].address != chip->address || chip[n].id != chip->id || chip[n].pin_base != chip->pin_base + n * 128)
			break;
	return n;
}

/* Trials that fail leave complaints, which nobody is to see. */
static struct node *irqchip_node(struct state *s, unsigned int index, unsigned int *count)
{
	unsigned int complaints = s->t->num_complaints;
	struct node *map = NULL;

	for (*count = parts_of_one(s, index); !map && *count; --*count) {
		map = irqchip_map(s, index, *count, false);
		if (makes_irqchips(s, map, index, *count) && s->t->num_complaints == complaints)
			return map;
		map = NULL;
		text_forget(s->t, complaints);
	}
	*count = 1;
	return irqchip_map(s, index, 1, true);
}

static struct node *irqchip_list(struct state *s)
{
	struct node *list = node_new(s->t, NODE_LIST);
	unsigned int n, count;

	for (n = 0; n < s->d->array[DRAFT_IRQCHIPS].count; n += count)
		node_add(s->t, list, irqchip_node(s, n, &count));
	return list;
}

/* --- cache, ports, streams --- */

static struct node *cache_node(struct state *s, unsigned int index)
{
	const struct jailhouse_cache *c = draft_at(s->d, DRAFT_CACHE, index);
	struct node *map = node_new(s->t, NODE_MAP);
	__u64 last = (__u64)c->start + c->size - 1;
	struct draft scratch;

	if (c->size && last < 0xffffffffULL)
		node_put(s->t, map, "ways", node_scalar(s->t, c->size == 1 ? "%u" : "%u-%llu", c->start, last));
	put_name_of(s->t, map, "type", cache_type_names, c->type);
	if (c->flags & JAILHOUSE_CACHE_ROOTSHARED)
		node_put(s->t, map, "flags", names_node(s->t, cache_flag_names, c->flags));
	draft_init(&scratch);
	compile_cache(s->t, map, &scratch);
	put_raw(s->t, map, cache_fields, draft_at(&scratch, DRAFT_CACHE, 0), c);
	draft_free(&scratch);
	return map;
}

static struct node *pio_node(struct state *s, unsigned int index)
{
	const struct jailhouse_pio *p = draft_at(s->d, DRAFT_PIO, index);
	const struct origin *origin = &s->d->array[DRAFT_PIO].origin[index];
	__u32 last = (__u32)p->base + p->length - 1;
	struct node *range, *map;
	struct jailhouse_pio one = { p->base, 1 };

	if (p->length == 8 && name_of(port_names, p->base))
		range = node_scalar(s->t, "%s", name_of(port_names, p->base));
	else if (p->length > 1 && last <= 0xffff)
		range = node_scalar(s->t, "0x%x-0x%x", p->base, last);
	else
		range = hex(s->t, p->base);
	if (p->length && last <= 0xffff && !origin->label)
		return range;
	map = node_new(s->t, NODE_MAP);
	put_label(s->t, map, origin);
	node_put(s->t, map, "range", range);
	if (!p->length || last > 0xffff)
		put_raw(s->t, map, pio_fields, &one, p);
	return map;
}

static struct node *stream_node(struct state *s, unsigned int index)
{
	const union jailhouse_stream_id *stream = draft_at(s->d, DRAFT_STREAMS, index);

	return hex(s->t, stream->id);
}

static void put_list(struct state *s, const char *key, enum draft_array which, struct node *(*make)(struct state *, unsigned int))
{
	struct node *list = node_new(s->t, NODE_LIST);
	unsigned int n;

	for (n = 0; n < s->d->array[which].count; n++)
		node_add(s->t, list, make(s, n));
	if (list->count)
		node_put(s->t, s->root, key, list);
}

/* --- PCI --- */

static struct node *cap_node(struct state *s, unsigned int index)
{
	const struct jailhouse_pci_capability *cap = draft_at(s->d, DRAFT_CAPS, index);
	bool extended = cap->id & JAILHOUSE_PCI_EXT_CAP;
	__u16 id = cap->id & (__u16)~JAILHOUSE_PCI_EXT_CAP;
	const char *name = name_of(extended ? ext_cap_names : cap_names, id);
	struct node *map = node_new(s->t, NODE_MAP);
	struct jailhouse_pci_capability again;

	if (name)
		node_put(s->t, map, "id", node_scalar(s->t, "%s%s", extended ? "ext_" : "", name));
	else
		node_put(s->t, map, "id", node_scalar(s->t, "%s0x%x", extended ? "ext_" : "", id));
	node_put(s->t, map, "at", hex(s->t, cap->start));
	node_put(s->t, map, "size", decimal(s->t, cap->len));
	if (cap->flags & JAILHOUSE_PCICAPS_WRITE)
		node_put(s->t, map, "write", true_node(s->t));
	compile_capability(s->t, map, &again);
	put_raw(s->t, map, cap_fields, &again, cap);
	return map;
}

static bool is_power_of_two(__u64 n)
{
	return n && !(n & (n - 1));
}

/* A BAR and whether it takes the next number, too; NULL: it is no size */
static struct node *bar_node(struct state *s, const struct jailhouse_pci_device *dev, unsigned int n, bool *is_64bit)
{
	__u64 low = dev->bar_mask[n], high = n < 5 ? dev->bar_mask[n + 1] : 0, size;

	*is_64bit = n < 5 && (low ? high == 0xffffffff : high && is_power_of_two((__u32)(~high + 1)));
	size = *is_64bit ? ~(high << 32 | low) + 1 : (__u32)(~low + 1);
	if (!low && !*is_64bit)
		return NULL;
	if (!is_power_of_two(size)) {
		*is_64bit = false;
		size = (__u32)(~low + 1);
	}
	if (!is_power_of_two(size))
		return NULL;
	return *is_64bit ? node_scalar(s->t, "%s 64bit", size_node(s->t, size)->text) : size_node(s->t, size);
}

static struct node *bars_map(struct state *s, const struct jailhouse_pci_device *dev)
{
	struct node *map = node_new(s->t, NODE_MAP), *bar;
	bool is_64bit;
	unsigned int n;

	for (n = 0; n < 6; n++) {
		bar = bar_node(s, dev, n, &is_64bit);
		if (!bar)
			continue;
		node_put(s->t, map, text_format(s->t, "%u", n), bar);
		n += is_64bit;
	}
	return map;
}

static void put_bars(struct state *s, struct node *map, const struct jailhouse_pci_device *dev)
{
	static const __u32 usual[2][6] = { JAILHOUSE_IVSHMEM_BAR_MASK_INTX, JAILHOUSE_IVSHMEM_BAR_MASK_MSIX };
	struct node *bars = bars_map(s, dev);

	if (dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM) {
		if (memcmp(dev->bar_mask, usual[dev->num_msix_vectors != 0], sizeof(usual[0])))
			node_put(s->t, map, "bars", bars);
	} else if (bars->count) {
		node_put(s->t, map, "bars", bars);
	}
}

static void put_interrupts(struct state *s, struct node *map, const struct jailhouse_pci_device *dev)
{
	struct node *msi = node_new(s->t, NODE_MAP), *msix = node_new(s->t, NODE_MAP);
	unsigned int usual = dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM ? 0 : (dev->num_msix_vectors * 16u + 0xfff) & 0xf000;

	put_nonzero(s->t, msi, "vectors", dev->num_msi_vectors, decimal);
	if (dev->msi_64bits)
		node_put(s->t, msi, "64bit", true_node(s->t));
	if (dev->msi_maskable)
		node_put(s->t, msi, "maskable", true_node(s->t));
	if (msi->count)
		node_put(s->t, map, "msi", msi);
	put_nonzero(s->t, msix, "vectors", dev->num_msix_vectors, decimal);
	put_nonzero(s->t, msix, "table", dev->msix_address, hex);
	if (dev->msix_region_size != usual)
		node_put(s->t, msix, "size", size_node(s->t, dev->msix_region_size));
	if (msix->count)
		node_put(s->t, map, "msix", msix);
}

static struct node *protocol_node(struct text *t, __u16 protocol)
{
	const char *virtio = name_of(virtio_names, protocol & 0x3fff);

	if (protocol == JAILHOUSE_SHMEM_PROTO_VETH)
		return node_scalar(t, "veth");
	if (protocol & 0x8000 && virtio)
		return node_scalar(t, "virtio_%s %s", protocol & 0x4000 ? "back" : "front", virtio);
	return hex(t, protocol);
}

static void put_link(struct state *s, struct node *map, const struct jailhouse_pci_device *dev)
{
	unsigned int first = dev->shmem_regions_start;
	const struct array *memory = &s->again.array[DRAFT_MEMORY];
	struct jailhouse_pci_device again;

	if (first < memory->count && memory->origin[first].label && !strcmp(memory->origin[first].label, text_format(s->t, "link%u", first)))
		node_put(s->t, map, "ivshmem", node_scalar(s->t, "link%u", first));
	else
		node_put(s->t, map, "ivshmem", decimal(s->t, first));
	if (dev->shmem_protocol)
		node_put(s->t, map, "protocol", protocol_node(s->t, dev->shmem_protocol));
	compile_device(s->t, map, &s->again, &again);
	if (again.shmem_peers != dev->shmem_peers)
		node_put(s->t, map, "peers", decimal(s->t, dev->shmem_peers));
	if (again.shmem_dev_id != dev->shmem_dev_id)
		node_put(s->t, map, "peer", decimal(s->t, dev->shmem_dev_id));
}

/* struct caps - how the array of capabilities is written */
struct caps {
	bool in_order, only_raw;
	bool *taken;
};

static bool caps_inside(const struct state *s, const struct jailhouse_pci_device *dev)
{
	return dev->num_caps && (unsigned int)dev->caps_start + dev->num_caps <= s->d->array[DRAFT_CAPS].count;
}

static void look_at_caps(struct state *s, struct caps *caps)
{
	const struct array *devices = &s->d->array[DRAFT_PCI];
	const struct jailhouse_pci_device *dev = devices->data;
	unsigned int n, next = 0, listed = 0;

	caps->in_order = true;
	caps->taken = text_alloc(s->t, s->d->array[DRAFT_CAPS].count + 1);
	for (n = 0; n < devices->count; n++) {
		if (!caps_inside(s, &dev[n]))
			continue;
		if (dev[n].caps_start != next)
			caps->in_order = false;
		next += dev[n].num_caps;
		listed += dev[n].num_caps;
	}
	if (next != s->d->array[DRAFT_CAPS].count)
		caps->in_order = false;
	/* Many devices that share many would make a text without end. */
	caps->only_raw = listed > 4 * s->d->array[DRAFT_CAPS].count + 1000;
}

static void put_caps(struct state *s, struct node *map, const struct jailhouse_pci_device *dev, struct caps *caps)
{
	struct node *list = node_new(s->t, NODE_LIST);
	unsigned int n;

	if (!caps_inside(s, dev) || caps->only_raw)
		return;
	if (!caps->in_order)
		node_put(s->t, map, "caps_at", decimal(s->t, dev->caps_start));
	for (n = 0; n < dev->num_caps; n++) {
		node_add(s->t, list, cap_node(s, dev->caps_start + n));
		caps->taken[dev->caps_start + n] = true;
	}
	node_put(s->t, map, "caps", list);
}

static struct node *device_node(struct state *s, unsigned int index, struct caps *caps)
{
	const struct jailhouse_pci_device *dev = draft_at(s->d, DRAFT_PCI, index);
	struct node *map = node_new(s->t, NODE_MAP);
	struct jailhouse_pci_device again;

	put_label(s->t, map, &s->d->array[DRAFT_PCI].origin[index]);
	node_put(s->t, map, "bdf", bdf_node(s->t, (__u32)dev->domain << 16 | dev->bdf));
	if (dev->type != JAILHOUSE_PCI_TYPE_DEVICE)
		put_name_of(s->t, map, "type", pci_type_names, dev->type);
	put_nonzero(s->t, map, "iommu", dev->iommu, decimal);
	put_bars(s, map, dev);
	put_interrupts(s, map, dev);
	if (dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM)
		put_link(s, map, dev);
	put_caps(s, map, dev, caps);
	compile_device(s->t, map, &s->again, &again);
	if (map_get(map, "caps")) {
		again.caps_start = dev->caps_start;
		again.num_caps = dev->num_caps;
	}
	put_raw(s->t, map, pci_fields, &again, dev);
	return map;
}

static void put_pci(struct state *s)
{
	struct node *devices = node_new(s->t, NODE_LIST), *spare = node_new(s->t, NODE_LIST), *map;
	struct caps caps = { 0 };
	unsigned int n;

	look_at_caps(s, &caps);
	for (n = 0; n < s->d->array[DRAFT_PCI].count; n++)
		node_add(s->t, devices, device_node(s, n, &caps));
	for (n = 0; n < s->d->array[DRAFT_CAPS].count; n++) {
		if (caps.taken[n])
			continue;
		map = cap_node(s, n);
		node_put(s->t, map, "index", decimal(s->t, n));
		node_add(s->t, spare, map);
	}
	if (devices->count)
		node_put(s->t, s->root, "pci", devices);
	if (spare->count)
		node_put(s->t, s->root, "spare_caps", spare);
}

/* --- console --- */

static struct node *console_node(struct text *t, const struct jailhouse_console *c)
{
	struct node *map = node_new(t, NODE_MAP), *clock = node_new(t, NODE_MAP);
	bool is_mmio = c->flags & JAILHOUSE_CON_ACCESS_MMIO;
	struct jailhouse_console again;
	const char *port = is_mmio ? NULL : name_of(port_names, c->address);

	node_put(t, map, "type", node_scalar(t, "%s", name_of(console_type_names, c->type) ?: "none"));
	if (port)
		node_put(t, map, "port", node_scalar(t, "%s", port));
	else
		node_put(t, map, is_mmio ? "mmio" : "port", hex(t, c->address));
	if (c->size)
		node_put(t, map, "size", size_node(t, c->size));
	if (c->flags & JAILHOUSE_CON_REGDIST_4)
		node_put(t, map, "regdist", node_scalar(t, "4"));
	if (c->type == JAILHOUSE_CON_TYPE_EFIFB)
		put_name_of(t, map, "mode", console_mode_names, c->flags & JAILHOUSE_CON_FB_1920x1080);
	put_nonzero(t, map, "divider", c->divider, decimal);
	if (c->flags & JAILHOUSE_CON_MDR_QUIRK)
		node_put(t, map, "mdr_quirk", true_node(t));
	put_nonzero(t, clock, "register", c->clock_reg, hex);
	put_nonzero(t, clock, "gate", c->gate_nr, decimal);
	if (c->flags & JAILHOUSE_CON_INVERTED_GATE)
		node_put(t, clock, "inverted", true_node(t));
	if (clock->count)
		node_put(t, map, "clock", clock);
	compile_console(t, map, &again);
	put_raw(t, map, console_fields, &again, c);
	return map;
}

static void put_console(struct text *t, struct node *map, const struct jailhouse_console *c)
{
	static const struct jailhouse_console none;

	if (memcmp(c, &none, sizeof(none)))
		node_put(t, map, "console", console_node(t, c));
}

/* --- the machine --- */

static struct node *iommu_node(struct text *t, const struct jailhouse_iommu *unit)
{
	struct node *map = node_new(t, NODE_MAP);
	struct jailhouse_iommu again;

	put_name_of(t, map, "type", iommu_type_names, unit->type);
	put_nonzero(t, map, "base", unit->base, hex);
	if (unit->size)
		node_put(t, map, "size", size_node(t, unit->size));
	if (unit->type == JAILHOUSE_IOMMU_PVU) {
		put_nonzero(t, map, "tlb_base", unit->tipvu.tlb_base, hex);
		if (unit->tipvu.tlb_size)
			node_put(t, map, "tlb_size", size_node(t, unit->tipvu.tlb_size));
	} else {
		if (unit->amd.bdf)
			node_put(t, map, "bdf", bdf_node(t, unit->amd.bdf));
		put_nonzero(t, map, "base_cap", unit->amd.base_cap, hex);
		put_nonzero(t, map, "msi_cap", unit->amd.msi_cap, hex);
		put_nonzero(t, map, "features", unit->amd.features, hex);
	}
	compile_iommu(t, map, &again);
	put_raw(t, map, iommu_fields, &again, unit);
	return map;
}

static void put_iommus(struct state *s)
{
	const struct jailhouse_iommu *units = s->d->system.platform_info.iommu_units;
	static const struct jailhouse_iommu none;
	struct node *list = node_new(s->t, NODE_LIST);
	unsigned int n, count = JAILHOUSE_MAX_IOMMU_UNITS;

	while (count && !memcmp(&units[count - 1], &none, sizeof(none)))
		count--;
	for (n = 0; n < count; n++)
		node_add(s->t, list, iommu_node(s->t, &units[n]));
	if (count)
		node_put(s->t, s->root, "iommus", list);
}

static void put_gic(struct text *t, struct node *map, const struct jailhouse_system *s)
{
	struct node *gic = node_new(t, NODE_MAP);

	put_nonzero(t, gic, "version", s->platform_info.arm.gic_version, decimal);
	put_nonzero(t, gic, "maintenance_irq", s->platform_info.arm.maintenance_irq, decimal);
	put_nonzero(t, gic, "gicd", s->platform_info.arm.gicd_base, hex);
	put_nonzero(t, gic, "gicc", s->platform_info.arm.gicc_base, hex);
	put_nonzero(t, gic, "gich", s->platform_info.arm.gich_base, hex);
	put_nonzero(t, gic, "gicv", s->platform_info.arm.gicv_base, hex);
	put_nonzero(t, gic, "gicr", s->platform_info.arm.gicr_base, hex);
	if (gic->count)
		node_put(t, map, "gic", gic);
}

static void put_x86(struct text *t, struct node *map, const struct jailhouse_system *s)
{
	put_nonzero(t, map, "pm_timer", s->platform_info.x86.pm_timer_address, hex);
	put_name_of(t, map, "apic", apic_names, s->platform_info.x86.apic_mode);
	put_nonzero(t, map, "interrupt_limit", s->platform_info.x86.vtd_interrupt_limit, decimal);
	put_nonzero(t, map, "tsc_khz", s->platform_info.x86.tsc_khz, decimal);
	put_nonzero(t, map, "apic_khz", s->platform_info.x86.apic_khz, decimal);
}

static struct node *platform_node(struct text *t, const struct jailhouse_system *s)
{
	struct node *map = node_new(t, NODE_MAP), *pci = node_new(t, NODE_MAP);
	struct jailhouse_system again = { .architecture = s->architecture };

	put_nonzero(t, pci, "mmconfig", s->platform_info.pci_mmconfig_base, hex);
	put_nonzero(t, pci, "end_bus", s->platform_info.pci_mmconfig_end_bus, decimal);
	if (s->platform_info.pci_is_virtual)
		node_put(t, pci, "virtual", true_node(t));
	put_nonzero(t, pci, "domain", s->platform_info.pci_domain, decimal);
	if (pci->count)
		node_put(t, map, "pci", pci);
	if (s->architecture == JAILHOUSE_X86)
		put_x86(t, map, s);
	else
		put_gic(t, map, s);
	compile_platform(t, map, &again);
	put_raw(t, map, platform_fields, &again, s);
	return map;
}

static struct node *hypervisor_node(const struct state *state)
{
	const struct jailhouse_system *s = &state->d->system;
	const struct jailhouse_ext_place *place = place_of(state, JAILHOUSE_EXT_HYPERVISOR);
	struct text *t = state->t;
	struct jailhouse_memory again = { .phys_start = s->hypervisor_memory.phys_start, .size = s->hypervisor_memory.size };
	struct node *map = node_new(t, NODE_MAP), *memory = node_new(t, NODE_MAP);
	__u64 flags = s->flags & known_bits(system_flag_names);
	struct jailhouse_system known = { .flags = (__u32)flags };

	if (place)
		put_anywhere(t, memory, place);
	else
		node_put(t, memory, "phys", hex(t, s->hypervisor_memory.phys_start));
	node_put(t, memory, "size", size_node(t, s->hypervisor_memory.size));
	put_raw(t, memory, memory_fields, &again, &s->hypervisor_memory);
	node_put(t, map, "memory", memory);
	put_console(t, map, &s->debug_console);
	if (flags)
		node_put(t, map, "flags", names_node(t, system_flag_names, flags));
	put_raw(t, map, system_fields, &known, s);
	return map;
}

/* --- the cell as a whole --- */

static bool name_is_fine(const char *name)
{
	unsigned int n, length = (unsigned int)strnlen(name, JAILHOUSE_CELL_NAME_MAXLEN + 1);

	for (n = 0; n < length; n++)
		if (name[n] < 0x20 || name[n] > 0x7e)
			return false;
	for (n = length; n <= JAILHOUSE_CELL_NAME_MAXLEN; n++)
		if (name[n])
			return false;
	return length && length <= JAILHOUSE_CELL_NAME_MAXLEN;
}

static struct node *time_node(struct text *t, __u64 us)
{
	if (us % 1000000 == 0)
		return node_scalar(t, "%llus", us / 1000000);
	return us % 1000 == 0 ? node_scalar(t, "%llums", us / 1000) : node_scalar(t, "%lluus", us);
}

static void put_descriptor(struct state *s)
{
	const struct jailhouse_cell_desc *desc = &s->d->system.root_cell;
	__u64 flags = desc->flags & known_bits(cell_flag_names);

	node_put(s->t, s->root, "jailhouse", node_scalar(s->t, s->d->is_system ? "system" : "cell"));
	put_name_of(s->t, s->root, "arch", arch_names, desc->architecture);
	if (name_is_fine(desc->name))
		node_put(s->t, s->root, "name", word(s->t, desc->name));
	put_nonzero(s->t, s->root, "id", desc->id, decimal);
	if (flags)
		node_put(s->t, s->root, "flags", names_node(s->t, cell_flag_names, flags));
	put_nonzero(s->t, s->root, "reset_address", desc->cpu_reset_address, hex);
	put_nonzero(s->t, s->root, "reply_timeout", desc->msg_reply_timeout, time_node);
	put_nonzero(s->t, s->root, "vpci_irq_base", desc->vpci_irq_base, decimal);
}

/* Elements of the extension behind the @skip first ones as a list; NULL: it is not well formed. */
static struct node *extension_list(struct text *t, const struct draft *d, unsigned int skip)
{
	const struct jailhouse_ext_block *block = (const void *)d->extension;
	const struct jailhouse_ext_element *element;
	struct node *list = node_new(t, NODE_LIST), *map;
	unsigned int pos = sizeof(*block);

	if (block->magic != JAILHOUSE_EXT_MAGIC || block->size != d->extension_size)
		return NULL;
	while (pos < d->extension_size) {
		element = (const void *)(d->extension + pos);
		if (d->extension_size - pos < sizeof(*element) || element->length > d->extension_size - pos - sizeof(*element))
			return NULL;
		map = node_new(t, NODE_MAP);
		node_put(t, map, "tag", hex(t, element->tag));
		if (element->length)
			node_put(t, map, "data", digits_node(t, (const __u8 *)(element + 1), element->length));
		if (!skip)
			node_add(t, list, map);
		skip -= skip > 0;
		pos += (unsigned int)sizeof(*element) + element->length;
	}
	return list;
}

/* What the descriptor has besides; the CPU bitmap's size is that of whole words, and the extension's flag follows from the extension. */
static void put_descriptor_raw(struct state *s, unsigned int cpu_set_size, const struct node *extension)
{
	const struct jailhouse_cell_desc *desc = &s->d->system.root_cell;
	struct jailhouse_cell_desc known = *desc, wanted = *desc;
	struct node *raw;

	/* the descriptor's own count is set when the draft becomes binary */
	wanted.cpu_set_size = s->d->cpu_set_size;
	if (!name_is_fine(desc->name))
		memset(known.name, ~desc->name[0], sizeof(known.name));
	known.flags = desc->flags & ((__u32)known_bits(cell_flag_names) | JAILHOUSE_CELL_X_EXTENSION);
	known.cpu_set_size = cpu_set_size;
	put_raw(s->t, s->root, cell_fields, &known, &wanted);
	if (!s->d->extension_size || extension)
		return;
	raw = map_get(s->root, "raw");
	if (!raw) {
		raw = node_new(s->t, NODE_MAP);
		node_put(s->t, s->root, "raw", raw);
	}
	node_put(s->t, raw, "extension", digits_node(s->t, s->d->extension, s->d->extension_size));
}

/* Bytes of the set with the 64-bit words that its CPUs need */
static unsigned int usual_set_size(const struct draft *d)
{
	unsigned int n = d->cpu_set_size;

	while (n && !d->cpus[n - 1])
		n--;
	return (n + 7) / 8 * 8;
}

struct node *config_decompile(struct text *t, const struct draft *d)
{
	struct state s = { .t = t, .d = d, .root = node_new(t, NODE_MAP) };
	struct node *list, *cpus, *extension = NULL;

	draft_init(&s.again);
	s.places = count_places(d);
	put_descriptor(&s);
	put_console(t, s.root, &d->system.root_cell.console);
	if (d->is_system) {
		node_put(t, s.root, "hypervisor", hypervisor_node(&s));
		node_put(t, s.root, "platform", platform_node(t, &d->system));
		put_iommus(&s);
	}
	cpus = set_node(t, d->cpus, 8ULL * d->cpu_set_size, 0);
	if (cpus)
		node_put(t, s.root, "cpus", cpus);
	list = memory_list(&s);
	if (list->count)
		node_put(t, s.root, "memory", list);
	put_list(&s, "cache", DRAFT_CACHE, cache_node);
	list = irqchip_list(&s);
	if (list->count)
		node_put(t, s.root, "irqchips", list);
	put_list(&s, "ports", DRAFT_PIO, pio_node);
	put_pci(&s);
	put_list(&s, "stream_ids", DRAFT_STREAMS, stream_node);
	if (d->extension_size)
		extension = extension_list(t, d, s.places);
	if (extension && (extension->count || !s.places))
		node_put(t, s.root, "extension", extension);
	put_descriptor_raw(&s, usual_set_size(d), extension);
	draft_free(&s.again);
	return s.root;
}
