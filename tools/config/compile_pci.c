// SPDX-License-Identifier: GPL-2.0
/*
 * PCI devices and their capabilities.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "keys.h"

#define MAX_CAPS	0xffff

/* --- capabilities --- */

struct cap_text {
	const char *label;
	const struct node *id, *raw;
	__u64 at, size, write, index;
};

static const struct key cap_keys[] = {
	{ "id", key_node, offsetof(struct cap_text, id), 0, NULL },
	{ "at", key_number, offsetof(struct cap_text, at), 0xffff, NULL },
	{ "size", key_number, offsetof(struct cap_text, size), 0xffff, NULL },
	{ "write", key_bool, offsetof(struct cap_text, write), 0, NULL },
	{ "index", key_number, offsetof(struct cap_text, index), MAX_CAPS, NULL },
	{ "raw", key_node, offsetof(struct cap_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static __u16 cap_id(struct text *t, const struct node *n, struct place at)
{
	const char *name = n && n->kind == NODE_SCALAR ? n->text : "";
	bool extended = !strncmp(name, "ext_", 4);
	__u64 id;

	if (extended)
		name += 4;
	if (!name_find(extended ? ext_cap_names : cap_names, name, &id) &&
	    (!parse_number(name, "", &id) || id >= JAILHOUSE_PCI_EXT_CAP)) {
		complain(t, n ? n->at : at, "Use a name, such as msi, exp, ext_err, or a number, with ext_ before it if it is an extended one.",
			 "a capability without a known \"id\"");
		return 0;
	}
	return (__u16)(id | (extended ? JAILHOUSE_PCI_EXT_CAP : 0));
}

static __u64 read_capability(struct text *t, const struct node *n, struct jailhouse_pci_capability *cap)
{
	struct cap_text c = { 0 };

	memset(cap, 0, sizeof(*cap));
	read_keys(t, n, cap_keys, &c);
	cap->id = cap_id(t, c.id, n->at);
	cap->start = (__u16)c.at;
	cap->len = (__u16)c.size;
	cap->flags = c.write ? JAILHOUSE_PCICAPS_WRITE : 0;
	read_raw(t, c.raw, cap_fields, cap);
	return c.index;
}

void compile_capability(struct text *t, const struct node *n, struct jailhouse_pci_capability *cap)
{
	read_capability(t, n, cap);
}

/* --- devices --- */

struct device_text {
	const char *label;
	const struct node *ivshmem, *protocol, *bars, *caps, *raw;
	__u64 type, bdf, iommu, msi_vectors, msi_64bit, msi_maskable, msix_vectors, msix_table, msix_size, caps_at, peers, peer;
	const struct node *msix;
};

static const struct key msi_keys[] = {
	{ "vectors", key_number, offsetof(struct device_text, msi_vectors), 0xff, NULL },
	{ "64bit", key_bool, offsetof(struct device_text, msi_64bit), 0, NULL },
	{ "maskable", key_bool, offsetof(struct device_text, msi_maskable), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static const struct key msix_keys[] = {
	{ "vectors", key_number, offsetof(struct device_text, msix_vectors), 0xffff, NULL },
	{ "table", key_number, offsetof(struct device_text, msix_table), 0, NULL },
	{ "size", key_size, offsetof(struct device_text, msix_size), 0xffff, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

enum { KEY_TYPE, KEY_BDF, KEY_BARS, KEY_CAPS_AT, KEY_PEERS, KEY_PEER, KEY_MSIX };

static const struct key device_keys[] = {
	[KEY_TYPE] = { "type", key_name, offsetof(struct device_text, type), 0, pci_type_names },
	[KEY_BDF] = { "bdf", key_bdf, offsetof(struct device_text, bdf), 0, NULL },
	[KEY_BARS] = { "bars", key_node, offsetof(struct device_text, bars), 0, NULL },
	[KEY_CAPS_AT] = { "caps_at", key_number, offsetof(struct device_text, caps_at), MAX_CAPS, NULL },
	[KEY_PEERS] = { "peers", key_number, offsetof(struct device_text, peers), 0xff, NULL },
	[KEY_PEER] = { "peer", key_number, offsetof(struct device_text, peer), 0xff, NULL },
	[KEY_MSIX] = { "msix", key_node, offsetof(struct device_text, msix), 0, NULL },
	{ "msi", key_map, 0, 0, msi_keys },
	{ "iommu", key_number, offsetof(struct device_text, iommu), 0xff, NULL },
	{ "caps", key_node, offsetof(struct device_text, caps), 0, NULL },
	{ "ivshmem", key_node, offsetof(struct device_text, ivshmem), 0, NULL },
	{ "protocol", key_node, offsetof(struct device_text, protocol), 0, NULL },
	{ "name", key_label, offsetof(struct device_text, label), 0, NULL },
	{ "raw", key_node, offsetof(struct device_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

/* "16K" or "1M 64bit"; the masks of that BAR and the next one. */
static bool parse_bar(const char *s, __u64 *mask, bool *is_64bit)
{
	const char *suffix = strstr(s, "64bit");
	char number[40];
	size_t length = suffix ? (size_t)(suffix - s) : strlen(s);
	__u64 size;

	*is_64bit = suffix;
	if (length >= sizeof(number) || (suffix && suffix[5]))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)length, s);
	while (length && number[length - 1] == ' ')
		number[--length] = '\0';
	if (!parse_number(number, "KMGT", &size) || size & (size - 1) || (!suffix && size > 0x80000000ULL))
		return false;
	*mask = size ? ~(size - 1) : 0;
	return true;
}

static void compile_bar(struct text *t, const struct node *key, const struct node *value, struct jailhouse_pci_device *dev)
{
	bool is_64bit;
	__u64 n, mask;

	if (!parse_number(key->text, "", &n) || n > 5) {
		complain(t, key->at, "BARs have the numbers 0 to 5.", "there is no BAR \"%s\"", key->text);
	} else if (value->kind != NODE_SCALAR || !parse_bar(value->text, &mask, &is_64bit)) {
		complain(t, value->at, "Write a power of two, such as 16K, and 64bit behind it for one that takes two numbers.",
			 "\"%s\" is no size of a BAR", value->kind == NODE_SCALAR ? value->text : "this");
	} else if (is_64bit && n == 5) {
		complain(t, key->at, NULL, "BAR 5 cannot be of 64 bits");
	} else {
		dev->bar_mask[n] = (__u32)mask;
		if (is_64bit)
			dev->bar_mask[n + 1] = (__u32)(mask >> 32);
	}
}

static void compile_bars(struct text *t, const struct node *bars, struct jailhouse_pci_device *dev)
{
	unsigned int n;

	if (bars->kind != NODE_MAP) {
		complain(t, bars->at, "Write the numbers and sizes of those that exist, such as {0: 16K, 2: 1M 64bit}.", "\"bars\" is no map");
		return;
	}
	for (n = 0; n < bars->count; n++)
		compile_bar(t, bars->keys[n], bars->items[n], dev);
}

/* Registers, and with vectors their table */
static void default_bars(struct jailhouse_pci_device *dev)
{
	if (dev->type != JAILHOUSE_PCI_TYPE_IVSHMEM)
		return;
	dev->bar_mask[0] = 0xfffff000;
	dev->bar_mask[1] = dev->num_msix_vectors ? 0xfffff000 : 0;
}

static __u16 protocol_of(struct text *t, const struct node *n)
{
	static const struct { const char *word; __u16 base; } kinds[] = {
		{ "virtio_front ", JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT }, { "virtio_back ", JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK },
	};
	__u64 value, k;

	if (n->kind == NODE_SCALAR && !strcmp(n->text, "veth"))
		return JAILHOUSE_SHMEM_PROTO_VETH;
	for (k = 0; n->kind == NODE_SCALAR && k < 2; k++)
		if (!strncmp(n->text, kinds[k].word, strlen(kinds[k].word)) &&
		    name_find(virtio_names, n->text + strlen(kinds[k].word), &value))
			return (__u16)(kinds[k].base + value);
	if (n->kind == NODE_SCALAR && parse_number(n->text, "", &value) && value <= 0xffff)
		return (__u16)value;
	complain(t, n->at, "Use veth, virtio_front or virtio_back with net, block or console, or a number of 16 bits.", "this is no protocol");
	return 0;
}

/* The first region of the memory entry that @name is the label of; its "peers" and "peer" follow from its regions' origin. */
static bool find_link(const struct draft *d, const char *name, unsigned int *first, unsigned int *count)
{
	const struct array *memory = &d->array[DRAFT_MEMORY];
	unsigned int n;

	for (n = 0; n < memory->count; n++) {
		if (!memory->origin[n].label || strcmp(memory->origin[n].label, name))
			continue;
		*first = n;
		for (*count = 0; n < memory->count && memory->origin[n].label == memory->origin[*first].label &&
		     memory->origin[n].at.line == memory->origin[*first].at.line; n++)
			++*count;
		return *count > 2;
	}
	return false;
}

/* The peer whose output section can be written is this one; without sections the first. */
static __u8 own_peer(const struct draft *d, unsigned int first, unsigned int count)
{
	const struct jailhouse_memory *m;
	unsigned int n;

	for (n = 2; n < count; n++) {
		m = draft_at(d, DRAFT_MEMORY, first + n);
		if (m->flags & JAILHOUSE_MEM_WRITE)
			return (__u8)(n - 2);
	}
	return 0;
}

static void compile_link(struct text *t, const struct device_text *p, const struct draft *d, struct jailhouse_pci_device *dev)
{
	unsigned int first, count;
	__u64 number;

	if (p->ivshmem->kind == NODE_SCALAR && find_link(d, p->ivshmem->text, &first, &count)) {
		dev->shmem_regions_start = first;
		dev->shmem_peers = (__u8)(count - 2);
		dev->shmem_dev_id = own_peer(d, first, count);
	} else if (p->ivshmem->kind == NODE_SCALAR && parse_number(p->ivshmem->text, "", &number) && number <= 0xffffffff) {
		dev->shmem_regions_start = (__u32)number;
	} else {
		complain(t, p->ivshmem->at, "Write the name of the entry of \"memory\" with the role ivshmem, or the number of the first region.",
			 "\"ivshmem\" names no such entry");
	}
}

static void read_device(struct text *t, const struct node *n, const struct draft *d, struct jailhouse_pci_device *dev,
			struct device_text *p, __u64 *seen)
{
	*p = (struct device_text){ .type = JAILHOUSE_PCI_TYPE_DEVICE };
	memset(dev, 0, sizeof(*dev));
	*seen = read_keys(t, n, device_keys, p);
	if (n->kind == NODE_MAP && !(*seen & 1 << KEY_BDF))
		complain(t, n->at, "Add bdf: \"BUS:DEVICE.FUNCTION\".", "a PCI device without \"bdf\"");
	if (p->msix && !(read_keys(t, p->msix, msix_keys, p) & 4) && p->type != JAILHOUSE_PCI_TYPE_IVSHMEM)
		p->msix_size = (p->msix_vectors * 16 + 0xfff) & 0xf000;
	dev->type = (__u8)p->type;
	dev->iommu = (__u8)p->iommu;
	dev->domain = (__u16)(p->bdf >> 16);
	dev->bdf = (__u16)p->bdf;
	dev->num_msi_vectors = (__u8)p->msi_vectors;
	dev->msi_64bits = p->msi_64bit & 1;
	dev->msi_maskable = p->msi_maskable & 1;
	dev->num_msix_vectors = (__u16)p->msix_vectors;
	dev->msix_region_size = (__u16)p->msix_size;
	dev->msix_address = p->msix_table;
	if (p->ivshmem)
		compile_link(t, p, d, dev);
	if (*seen & 1 << KEY_PEERS)
		dev->shmem_peers = (__u8)p->peers;
	if (*seen & 1 << KEY_PEER)
		dev->shmem_dev_id = (__u8)p->peer;
	if (p->protocol)
		dev->shmem_protocol = protocol_of(t, p->protocol);
	if (p->bars)
		compile_bars(t, p->bars, dev);
	else
		default_bars(dev);
}

void compile_device(struct text *t, const struct node *n, const struct draft *d, struct jailhouse_pci_device *dev)
{
	struct device_text p;
	__u64 seen;

	read_device(t, n, d, dev, &p, &seen);
	read_raw(t, p.raw, pci_fields, dev);
}

/* --- where capabilities stand: at a place that is given, or behind each other --- */

static void place_capability(struct text *t, const struct node *n, struct draft *d, unsigned int index)
{
	struct array *caps = &d->array[DRAFT_CAPS];
	struct jailhouse_pci_capability cap, *there;

	compile_capability(t, n, &cap);
	if (index > MAX_CAPS) {
		complain(t, n->at, NULL, "there are more capabilities than the binary has room for");
		return;
	}
	while (caps->count <= index)
		draft_add(d, DRAFT_CAPS, NULL, (struct origin){ 0 });
	there = draft_at(d, DRAFT_CAPS, index);
	if (caps->origin[index].at.file && memcmp(there, &cap, sizeof(cap)))
		complain(t, n->at, "Give one of them another place.", "two capabilities have the place %u", index);
	*there = cap;
	caps->origin[index] = origin_of(n);
	caps->origin[index].index = index;
}

static void place_list(struct text *t, const struct node *list, struct draft *d, unsigned int first)
{
	unsigned int n;

	for (n = 0; n < list->count && first + n <= MAX_CAPS + 1; n++)
		place_capability(t, list->items[n], d, first + n);
}

static void compile_caps_of(struct text *t, const struct device_text *p, bool has_place, struct draft *d, struct jailhouse_pci_device *dev)
{
	if (!p->caps)
		return;
	if (p->caps->kind != NODE_LIST) {
		complain(t, p->caps->at, "Write a list.", "\"caps\" is no list");
		return;
	}
	dev->num_caps = (__u16)p->caps->count;
	dev->caps_start = p->caps->count == 0 ? 0 : (__u16)(has_place ? p->caps_at : d->array[DRAFT_CAPS].count);
	place_list(t, p->caps, d, dev->caps_start);
}

static void compile_spare(struct text *t, const struct node *spare, struct draft *d)
{
	struct jailhouse_pci_capability cap;
	unsigned int n;

	for (n = 0; spare && spare->kind == NODE_LIST && n < spare->count; n++)
		place_capability(t, spare->items[n], d, (unsigned int)read_capability(t, spare->items[n], &cap));
}

static void check_holes(struct text *t, const struct draft *d)
{
	const struct array *caps = &d->array[DRAFT_CAPS];
	unsigned int n;

	for (n = 0; n < caps->count; n++)
		if (!caps->origin[n].at.file) {
			complain(t, d->header, "Correct \"caps_at\", or leave it out.", "no capability has the place %u, but others are behind it", n);
			return;
		}
}

/* Those with a place come first: the others stand behind them. */
void compile_pci(struct text *t, const struct node *devices, const struct node *spare, struct draft *d)
{
	unsigned int n, count = devices && devices->kind == NODE_LIST ? devices->count : 0;
	struct jailhouse_pci_device *dev;
	struct device_text *texts = text_alloc(t, (count + 1) * sizeof(*texts));
	__u64 *seen = text_alloc(t, (count + 1) * sizeof(*seen));

	if (devices && devices->kind != NODE_LIST)
		complain(t, devices->at, "Write a list.", "\"pci\" is no list");
	for (n = 0; n < count; n++) {
		dev = draft_add(d, DRAFT_PCI, NULL, origin_of(devices->items[n]));
		read_device(t, devices->items[n], d, dev, &texts[n], &seen[n]);
	}
	compile_spare(t, spare, d);
	for (n = 0; n < count; n++)
		if (seen[n] & 1 << KEY_CAPS_AT)
			compile_caps_of(t, &texts[n], true, d, draft_at(d, DRAFT_PCI, n));
	for (n = 0; n < count; n++)
		if (!(seen[n] & 1 << KEY_CAPS_AT))
			compile_caps_of(t, &texts[n], false, d, draft_at(d, DRAFT_PCI, n));
	for (n = 0; n < count; n++)
		read_raw(t, texts[n].raw, pci_fields, draft_at(d, DRAFT_PCI, n));
	check_holes(t, d);
}
