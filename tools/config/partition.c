// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "partition.h"

#define PORTS		0x10000
#define MOST_PINS	1024

static void add_part(struct parts *p, __u64 first, __u64 last, __u64 owners, __u64 flags, const char *label)
{
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 32;
		p->part = realloc(p->part, p->room * sizeof(*p->part));
		if (!p->part)
			abort();
	}
	p->part[p->count++] = (struct part){ first, last, owners, flags, label };
}

/* The same owners go on in the next number. */
static void extend_or_add(struct parts *p, __u64 first, __u64 last, __u64 owners, __u64 flags, const char *label)
{
	struct part *before = p->count ? &p->part[p->count - 1] : NULL;

	if (before && before->last + 1 == first && before->owners == owners && before->flags == flags && before->label == label)
		before->last = last;
	else
		add_part(p, first, last, owners, flags, label);
}

static const struct draft *draft_of(const struct partition *p, unsigned int owner)
{
	return owner == OWNER_ROOT ? &p->files->system.draft : &p->files->cells[owner - OWNER_CELL(0)].draft;
}

unsigned int partition_owners(const struct partition *p)
{
	return OWNER_CELL(p->files->count);
}

const char *partition_owner_name(const struct partition *p, unsigned int owner)
{
	return owner == OWNER_HYPERVISOR ? "hypervisor" : p->names[owner];
}

/* What root has by configuration is a cell's while that exists. */
static __u64 without_root(__u64 owners)
{
	return owners & ~(3ULL) ? owners & ~(1ULL << OWNER_ROOT) : owners;
}

/* --- memory --- */

struct claimed {
	__u64 first, last, flags;
	unsigned int owner;
	const char *label;
};

struct claims {
	struct claimed *claim;
	unsigned int count;
	__u64 *border;
	unsigned int borders;
};

static void claim_memory(struct claims *c, const struct jailhouse_memory *m, unsigned int owner, const char *label)
{
	__u64 end;

	if (!m->size || m->flags & JAILHOUSE_MEM_COMM_REGION || __builtin_add_overflow(m->phys_start, m->size - 1, &end))
		return;
	c->claim[c->count++] = (struct claimed){ m->phys_start, end, m->flags, owner, label };
	c->border[c->borders++] = m->phys_start;
	if (end != ~0ULL)
		c->border[c->borders++] = end + 1;
}

static int compare_numbers(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

/* Between two borders nothing changes. */
static void add_memory(struct parts *p, const struct claims *c, __u64 first, __u64 last)
{
	__u64 owners = 0, flags = 0, rootshared = 0;
	const char *label = NULL;
	unsigned int n;

	for (n = 0; n < c->count; n++) {
		if (first < c->claim[n].first || first > c->claim[n].last)
			continue;
		owners |= 1ULL << c->claim[n].owner;
		flags |= c->claim[n].flags & JAILHOUSE_MEM_IO;
		if (c->claim[n].owner >= OWNER_CELL(0) && c->claim[n].flags & JAILHOUSE_MEM_ROOTSHARED)
			rootshared = 1ULL << OWNER_ROOT & owners;
		/* a cell's name for its memory tells more than root's */
		if (!label || (c->claim[n].owner >= OWNER_CELL(0) && c->claim[n].label))
			label = c->claim[n].label;
	}
	if (owners)
		extend_or_add(p, first, last, without_root(owners) | rootshared, flags, label);
}

static void divide_memory(struct partition *p)
{
	const struct jailhouse_memory *hv = &p->files->system.draft.system.hypervisor_memory;
	unsigned int owner, n, total = 1;
	struct claims c = { 0 };

	for (owner = OWNER_ROOT; owner < partition_owners(p); owner++)
		total += draft_of(p, owner)->array[DRAFT_MEMORY].count;
	c.claim = calloc(total, sizeof(*c.claim));
	c.border = calloc(2 * total, sizeof(*c.border));
	if (!c.claim || !c.border)
		abort();
	claim_memory(&c, &(struct jailhouse_memory){ .phys_start = hv->phys_start, .size = hv->size }, OWNER_HYPERVISOR, NULL);
	for (owner = OWNER_ROOT; owner < partition_owners(p); owner++)
		for (n = 0; n < draft_of(p, owner)->array[DRAFT_MEMORY].count; n++)
			claim_memory(&c, draft_at(draft_of(p, owner), DRAFT_MEMORY, n), owner,
				     draft_of(p, owner)->array[DRAFT_MEMORY].origin[n].label);
	qsort(c.border, c.borders, sizeof(*c.border), compare_numbers);
	for (n = 0; n < c.borders; n++)
		if (n + 1 == c.borders || c.border[n + 1] != c.border[n])
			add_memory(&p->memory, &c, c.border[n], n + 1 == c.borders ? ~0ULL : c.border[n + 1] - 1);
	free(c.claim);
	free(c.border);
}

/* --- CPUs, ports, interrupts: a mask of owners for each number --- */

static void parts_of_masks(struct parts *p, const __u64 *masks, const char *const *labels, unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		if (masks[n])
			extend_or_add(p, n, n, without_root(masks[n]), 0, labels ? labels[n] : NULL);
}

static void divide_cpus(struct partition *p)
{
	static __u64 masks[CONFIG_MAX_CPUS + 1];
	const struct draft *d;
	unsigned int owner, cpu;

	memset(masks, 0, sizeof(masks));
	for (owner = OWNER_ROOT; owner < partition_owners(p); owner++) {
		d = draft_of(p, owner);
		for (cpu = 0; cpu <= CONFIG_MAX_CPUS && cpu / 8 < d->cpu_set_size; cpu++)
			if (d->cpus[cpu / 8] >> cpu % 8 & 1)
				masks[cpu] |= 1ULL << owner;
	}
	parts_of_masks(&p->cpus, masks, NULL, CONFIG_MAX_CPUS + 1);
}

static void claim_ports(const struct draft *d, unsigned int owner, __u64 *masks, const char **labels)
{
	const struct jailhouse_pio *pio = d->array[DRAFT_PIO].data;
	const char *label;
	unsigned int n, port;

	for (n = 0; n < d->array[DRAFT_PIO].count; n++)
		for (port = pio[n].base; port < (unsigned int)pio[n].base + pio[n].length && port < PORTS; port++) {
			masks[port] |= 1ULL << owner;
			label = d->array[DRAFT_PIO].origin[n].label;
			labels[port] = label ? label : labels[port];
		}
}

static void divide_ports(struct partition *p)
{
	__u64 *masks = calloc(PORTS, sizeof(*masks));
	const char **labels = calloc(PORTS, sizeof(*labels));
	unsigned int owner;

	if (!masks || !labels)
		abort();
	for (owner = OWNER_ROOT; owner < partition_owners(p); owner++)
		claim_ports(draft_of(p, owner), owner, masks, labels);
	parts_of_masks(&p->ports, masks, labels, PORTS);
	free(masks);
	free(labels);
}

static bool chip_is_new(const struct partition *p, __u64 address)
{
	unsigned int n;

	for (n = 0; n < p->chips; n++)
		if (p->chip_address[n] == address)
			return false;
	return true;
}

static void claim_pins(const struct draft *d, unsigned int owner, __u64 address, __u64 *masks)
{
	const struct jailhouse_irqchip *chip = d->array[DRAFT_IRQCHIPS].data;
	unsigned int n, bit;

	for (n = 0; n < d->array[DRAFT_IRQCHIPS].count; n++)
		for (bit = 0; chip[n].address == address && bit < 128; bit++)
			if (chip[n].pin_bitmap[bit / 32] >> bit % 32 & 1 && (__u64)chip[n].pin_base + bit < MOST_PINS)
				masks[chip[n].pin_base + bit] |= 1ULL << owner;
}

static void divide_pins(struct partition *p)
{
	const struct array *chips = &p->files->system.draft.array[DRAFT_IRQCHIPS];
	const struct jailhouse_irqchip *chip = chips->data;
	static __u64 masks[MOST_PINS];
	unsigned int n, owner;

	p->pins = calloc(chips->count + 1, sizeof(*p->pins));
	p->chip_address = calloc(chips->count + 1, sizeof(*p->chip_address));
	if (!p->pins || !p->chip_address)
		abort();
	for (n = 0; n < chips->count; n++) {
		if (!chip_is_new(p, chip[n].address))
			continue;
		memset(masks, 0, sizeof(masks));
		for (owner = OWNER_ROOT; owner < partition_owners(p); owner++)
			claim_pins(draft_of(p, owner), owner, chip[n].address, masks);
		p->chip_address[p->chips] = chip[n].address;
		parts_of_masks(&p->pins[p->chips++], masks, NULL, MOST_PINS);
	}
}

/* --- devices --- */

static struct part *find_device(struct parts *p, __u64 address)
{
	unsigned int n;

	for (n = 0; n < p->count; n++)
		if (p->part[n].first == address)
			return &p->part[n];
	return NULL;
}

static void claim_device(struct parts *p, const struct jailhouse_pci_device *dev, unsigned int owner, const char *label)
{
	__u64 address = (__u64)dev->domain << 16 | dev->bdf;
	struct part *there = find_device(p, address);

	if (!there) {
		add_part(p, address, address, 1ULL << owner, dev->type, label);
		return;
	}
	/* an end of a link is each cell's own */
	there->owners |= 1ULL << owner;
	there->label = label ? label : there->label;
}

static int compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static void divide_devices(struct partition *p)
{
	const struct draft *d;
	unsigned int owner, n;

	for (owner = OWNER_ROOT; owner < partition_owners(p); owner++) {
		d = draft_of(p, owner);
		for (n = 0; n < d->array[DRAFT_PCI].count; n++)
			claim_device(&p->devices, draft_at(d, DRAFT_PCI, n), owner, d->array[DRAFT_PCI].origin[n].label);
	}
	for (n = 0; n < p->devices.count; n++)
		if (p->devices.part[n].flags != JAILHOUSE_PCI_TYPE_IVSHMEM)
			p->devices.part[n].owners = without_root(p->devices.part[n].owners);
	if (p->devices.count)
		qsort(p->devices.part, p->devices.count, sizeof(*p->devices.part), compare_parts);
}

void partition_make(struct partition *p, const struct files *files)
{
	unsigned int owner;

	memset(p, 0, sizeof(*p));
	p->files = files;
	p->names = calloc(partition_owners(p), sizeof(*p->names));
	if (!p->names)
		abort();
	for (owner = OWNER_ROOT; owner < partition_owners(p); owner++)
		draft_name(draft_of(p, owner), p->names[owner]);
	divide_cpus(p);
	divide_memory(p);
	divide_ports(p);
	divide_pins(p);
	divide_devices(p);
}

void partition_free(struct partition *p)
{
	unsigned int n;

	for (n = 0; n < p->chips; n++)
		free(p->pins[n].part);
	free(p->pins);
	free(p->chip_address);
	free(p->names);
	free(p->cpus.part);
	free(p->memory.part);
	free(p->ports.part);
	free(p->devices.part);
}

/* --- for people --- */

void partition_put_label(FILE *f, const char *label)
{
	for (; *label; label++)
		fputc((unsigned char)*label < 0x20 || *label == 0x7f ? '?' : *label, f);
}

void partition_size(char *buf, size_t size, __u64 bytes)
{
	static const char suffixes[] = "KMGTP";
	unsigned int n = 0;

	if (bytes < 1024) {
		snprintf(buf, size, "%llu", bytes);
		return;
	}
	while (n < 4 && bytes >> 10 * (n + 2))
		n++;
	if (bytes & ((1ULL << 10 * (n + 1)) - 1))
		snprintf(buf, size, "%.1f%c", (double)(bytes >> 10 * n) / 1024, suffixes[n]);
	else
		snprintf(buf, size, "%llu%c", bytes >> 10 * (n + 1), suffixes[n]);
}

void partition_range(char *buf, size_t size, const struct part *part, char kind)
{
	__u64 a = part->first;

	if (kind == 'd')
		snprintf(buf, size, a >> 16 ? "%04llx:%02llx:%02llx.%llx" : "%.0llx%02llx:%02llx.%llx", a >> 16, a >> 8 & 0xff, a >> 3 & 0x1f, a & 7);
	else if (kind == 'm')
		snprintf(buf, size, "0x%010llx-0x%010llx", a, part->last);
	else if (a == part->last)
		snprintf(buf, size, kind == 'p' ? "0x%04llx" : "%llu", a);
	else
		snprintf(buf, size, kind == 'p' ? "0x%04llx-0x%04llx" : "%llu-%llu", a, part->last);
}
