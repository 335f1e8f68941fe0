// SPDX-License-Identifier: GPL-2.0
/*
 * Everything but PCI devices.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "keys.h"
#include "place.h"

struct origin origin_of(const struct node *n)
{
	const struct node *name = map_get(n, "name");

	return (struct origin){ .at = n->at, .label = name && name->kind == NODE_SCALAR ? name->text : NULL };
}

void compile_list(struct text *t, const struct node *list, struct draft *d, compile_item_t *item)
{
	unsigned int n;

	if (!list)
		return;
	if (list->kind != NODE_LIST) {
		complain(t, list->at, "Write a list: each element behind a dash, or all of them in brackets.", "this is no list");
		return;
	}
	for (n = 0; n < list->count; n++)
		item(t, list->items[n], d);
}

/* --- addresses that may be left open --- */

#define HAS(seen, key)	((seen) >> (key) & 1)

/* "anywhere", or a number */
static bool read_phys(struct text *t, const struct node *value, __u64 *phys)
{
	const struct key key = { "phys", key_number, 0, 0, NULL };

	if (value && value->kind == NODE_SCALAR && !strcmp(value->text, "anywhere"))
		return true;
	if (value)
		key_number(t, value, &key, phys);
	return false;
}

static void check_align(struct text *t, const struct node *n, bool anywhere, bool has_align, __u64 align)
{
	if (has_align && !anywhere)
		complain(t, n->at, "Write phys: anywhere, or remove it.", "\"align\" beside an address");
	else if (has_align && (align < 0x1000 || align & (align - 1)))
		complain(t, n->at, "Give a power of two, 4K or more.", "\"align\" is no alignment of memory");
}

/* --- memory --- */

struct memory_text {
	const char *label;
	const struct node *raw, *phys_node;
	__u64 role, phys, virt, size, flags, with, without, state, rw, output, peers, peer, align;
	bool anywhere;
};

enum { MEM_ROLE, MEM_PHYS, MEM_VIRT, MEM_SIZE, MEM_FLAGS, MEM_WITH, MEM_WITHOUT, MEM_STATE, MEM_RW, MEM_OUTPUT, MEM_PEERS, MEM_PEER, MEM_ALIGN };

static const struct key memory_keys[] = {
	[MEM_ROLE] = { "role", key_name, offsetof(struct memory_text, role), 0, role_names },
	[MEM_PHYS] = { "phys", key_node, offsetof(struct memory_text, phys_node), 0, NULL },
	[MEM_VIRT] = { "virt", key_number, offsetof(struct memory_text, virt), 0, NULL },
	[MEM_SIZE] = { "size", key_size, offsetof(struct memory_text, size), 0, NULL },
	[MEM_FLAGS] = { "flags", key_names, offsetof(struct memory_text, flags), 0, memory_flag_names },
	[MEM_WITH] = { "with", key_names, offsetof(struct memory_text, with), 0, memory_flag_names },
	[MEM_WITHOUT] = { "without", key_names, offsetof(struct memory_text, without), 0, memory_flag_names },
	[MEM_STATE] = { "state", key_size, offsetof(struct memory_text, state), 0, NULL },
	[MEM_RW] = { "rw", key_size, offsetof(struct memory_text, rw), 0, NULL },
	[MEM_OUTPUT] = { "output", key_size, offsetof(struct memory_text, output), 0, NULL },
	[MEM_PEERS] = { "peers", key_number, offsetof(struct memory_text, peers), 0xff, NULL },
	[MEM_PEER] = { "peer", key_number, offsetof(struct memory_text, peer), 0xff, NULL },
	[MEM_ALIGN] = { "align", key_size, offsetof(struct memory_text, align), 0, NULL },
	{ "name", key_label, offsetof(struct memory_text, label), 0, NULL },
	{ "raw", key_node, offsetof(struct memory_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

/* A section of a link behind the one before; one without bytes is all zeros. */
static void add_section(struct draft *d, const struct node *n, struct memory_text *m, __u64 size, __u64 more)
{
	struct jailhouse_memory section = {
		.phys_start = m->phys, .virt_start = m->virt, .size = size,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED | more,
	};

	draft_add(d, DRAFT_MEMORY, size ? &section : NULL, origin_of(n));
	m->phys += size;
	m->virt += size;
}

static void compile_sections(struct text *t, const struct node *n, struct memory_text *m, __u64 seen, struct draft *d)
{
	__u64 peer;

	if (HAS(seen, MEM_SIZE) || HAS(seen, MEM_FLAGS) || HAS(seen, MEM_WITH) || HAS(seen, MEM_WITHOUT) || m->raw)
		complain(t, n->at, "Give state, rw, output, peers and peer; the flags follow from them.",
			 "the sections of an ivshmem link have no \"size\", flags or \"raw\" of their own");
	if (!HAS(seen, MEM_PHYS) || m->anywhere || !HAS(seen, MEM_STATE) || !m->peers)
		complain(t, n->at, "Add phys, state (4K) and peers.", "an ivshmem link without \"phys\", \"state\" or \"peers\"");
	add_section(d, n, m, m->state, 0);
	add_section(d, n, m, m->rw, JAILHOUSE_MEM_WRITE);
	for (peer = 0; peer < m->peers; peer++)
		add_section(d, n, m, m->output, peer == m->peer ? JAILHOUSE_MEM_WRITE : 0);
}

static void check_memory(struct text *t, const struct node *n, const struct memory_text *m, __u64 seen)
{
	bool is_comm = m->role == ROLE_COMM;

	if (!HAS(seen, MEM_ROLE) && !HAS(seen, MEM_FLAGS))
		complain(t, n->at, "Add role: ram, loadable, mmio, rom, comm or shared; or flags.", "memory without \"role\"");
	if (!HAS(seen, MEM_SIZE) && !is_comm)
		complain(t, n->at, "Add size.", "memory without \"size\"");
	if (!HAS(seen, is_comm ? MEM_VIRT : MEM_PHYS))
		complain(t, n->at, NULL, is_comm ? "a communication region without \"virt\", its address in the cell" : "memory without \"phys\"");
	if (HAS(seen, MEM_STATE) || HAS(seen, MEM_RW) || HAS(seen, MEM_OUTPUT) || HAS(seen, MEM_PEERS) || HAS(seen, MEM_PEER))
		complain(t, n->at, "Use role: ivshmem.", "only an ivshmem link has \"state\", \"rw\", \"output\", \"peers\" and \"peer\"");
	check_align(t, n, m->anywhere, HAS(seen, MEM_ALIGN), m->align);
}

/* Memory that is found later: what no other cell is to find at the same address, and nothing that has an address of its own. */
static void check_anywhere(struct text *t, const struct node *n, const struct jailhouse_memory *m, bool is_system, bool has_virt)
{
	if (m->flags & (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION))
		complain(t, n->at, "Give its address.", "\"anywhere\" is for RAM");
	if (!m->size || m->size & 0xfff)
		complain(t, n->at, "Give whole pages.", "memory anywhere, but its size is no multiple of 4K");
	if (is_system && has_virt)
		complain(t, n->at, "Remove virt.", "memory anywhere with \"virt\": the root cell sees memory where it is");
	if (!is_system && !has_virt)
		complain(t, n->at, "Add virt.", "memory anywhere without \"virt\", its address in the cell");
}

void compile_memory(struct text *t, const struct node *n, struct draft *d)
{
	struct memory_text m = { 0 };
	struct jailhouse_memory *region;
	__u64 seen;

	seen = read_keys(t, n, memory_keys, &m);
	if (n->kind != NODE_MAP)
		return;
	m.anywhere = read_phys(t, m.phys_node, &m.phys);
	if (!HAS(seen, MEM_VIRT))
		m.virt = m.phys;
	if (m.role == ROLE_IVSHMEM) {
		compile_sections(t, n, &m, seen, d);
		return;
	}
	check_memory(t, n, &m, seen);
	region = draft_add(d, DRAFT_MEMORY, NULL, origin_of(n));
	region->phys_start = m.phys;
	region->virt_start = m.virt;
	region->size = m.role == ROLE_COMM && !HAS(seen, MEM_SIZE) ? 0x1000 : m.size;
	region->flags = ((HAS(seen, MEM_FLAGS) ? m.flags : role_flags((enum role)m.role)) | m.with) & ~m.without;
	read_raw(t, m.raw, memory_fields, region);
	if (!m.anywhere)
		return;
	check_anywhere(t, n, region, d->is_system, HAS(seen, MEM_VIRT));
	place_ask(d, d->array[DRAFT_MEMORY].count - 1, m.align);
}

/* --- cache --- */

struct cache_text {
	const char *label;
	const struct node *ways, *raw;
	__u64 type, flags;
};

static const struct key cache_keys[] = {
	{ "ways", key_node, offsetof(struct cache_text, ways), 0, NULL },
	{ "type", key_name, offsetof(struct cache_text, type), 0, cache_type_names },
	{ "flags", key_names, offsetof(struct cache_text, flags), 0, cache_flag_names },
	{ "name", key_label, offsetof(struct cache_text, label), 0, NULL },
	{ "raw", key_node, offsetof(struct cache_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

void compile_cache(struct text *t, const struct node *n, struct draft *d)
{
	struct cache_text c = { .type = JAILHOUSE_CACHE_L3 };
	struct jailhouse_cache *cache = draft_add(d, DRAFT_CACHE, NULL, origin_of(n));
	__u64 first, last;

	read_keys(t, n, cache_keys, &c);
	if (c.ways && read_range(t, c.ways, 0xffffffffULL - 1, &first, &last)) {
		cache->start = (__u32)first;
		cache->size = (__u32)(last - first + 1);
	}
	cache->type = (__u8)c.type;
	cache->flags = (__u16)c.flags;
	read_raw(t, c.raw, cache_fields, cache);
}

/* --- interrupt controllers --- */

struct irqchip_text {
	const char *label;
	const struct node *pins, *raw;
	__u64 address, base, bdf, iommu;
};

enum { CHIP_ADDRESS, CHIP_BASE, CHIP_PINS };

static const struct key irqchip_keys[] = {
	[CHIP_ADDRESS] = { "address", key_number, offsetof(struct irqchip_text, address), 0, NULL },
	[CHIP_BASE] = { "base", key_number, offsetof(struct irqchip_text, base), 0xffffffff, NULL },
	[CHIP_PINS] = { "pins", key_node, offsetof(struct irqchip_text, pins), 0, NULL },
	{ "bdf", key_bdf, offsetof(struct irqchip_text, bdf), 0xffff, NULL },
	{ "iommu", key_number, offsetof(struct irqchip_text, iommu), 0xffff, NULL },
	{ "name", key_label, offsetof(struct irqchip_text, label), 0, NULL },
	{ "raw", key_node, offsetof(struct irqchip_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

#define CHIP_PINS_EACH	128
#define GIC_FIRST	32
#define GIC_IDS		1024
#define GIC_LAST_BASE	(GIC_IDS - CHIP_PINS_EACH)

struct pin_set {
	__u64 first, count;
	bool pins[GIC_IDS];
};

static void add_pin(void *context, __u64 pin)
{
	struct pin_set *s = context;

	if (pin >= s->first && pin - s->first < s->count)
		s->pins[pin - s->first] = true;
}

static void below_first(struct text *t, const struct irqchip_text *c, __u64 first)
{
	struct node one = *c->pins;

	one.kind = NODE_SCALAR;
	complain(t, one.at, "Shared interrupts of a GIC start with 32: a device tree's SPI number plus 32.", "\"pins\" has a number below %llu", first);
}

struct lowest {
	__u64 pin;
};

static void find_lowest(void *context, __u64 pin)
{
	struct lowest *l = context;

	if (pin < l->pin)
		l->pin = pin;
}

/* One entry of the binary: the pins from @base on, of those in the set */
static void add_irqchip(struct draft *d, const struct node *n, const struct irqchip_text *c, const struct pin_set *s, __u64 base, __u64 from)
{
	struct jailhouse_irqchip chip = {
		.address = c->address, .id = (__u32)(c->bdf | c->iommu << 16), .pin_base = (__u32)base,
	};
	bool any = false;
	__u64 pin;

	for (pin = from; pin < base + CHIP_PINS_EACH && pin - s->first < s->count; pin++)
		if (s->pins[pin - s->first]) {
			chip.pin_bitmap[(pin - base) / 32] |= 1u << (pin - base) % 32;
			any = true;
		}
	if (any || s->count == CHIP_PINS_EACH)
		draft_add(d, DRAFT_IRQCHIPS, &chip, origin_of(n));
}

void compile_irqchip(struct text *t, const struct node *n, struct draft *d)
{
	bool is_gic = d->system.root_cell.architecture != JAILHOUSE_X86;
	struct irqchip_text c = { 0 };
	struct lowest lowest = { ~0ULL };
	struct pin_set s = { .count = CHIP_PINS_EACH };
	unsigned int count = d->array[DRAFT_IRQCHIPS].count;
	__u64 seen, base;

	seen = read_keys(t, n, irqchip_keys, &c);
	if (n->kind != NODE_MAP)
		return;
	if (!HAS(seen, CHIP_ADDRESS))
		complain(t, n->at, "Add address.", "an interrupt controller without \"address\"");
	s.first = c.base;
	if (is_gic && !HAS(seen, CHIP_BASE) && c.pins) {
		s.first = GIC_FIRST;
		s.count = GIC_IDS - GIC_FIRST;
	} else if (is_gic && !HAS(seen, CHIP_BASE)) {
		s.first = GIC_FIRST;
	}
	if (c.pins && (!read_set(t, c.pins, s.first + s.count - 1, find_lowest, &lowest) ||
		       !read_set(t, c.pins, s.first + s.count - 1, add_pin, &s)))
		return;
	if (lowest.pin < s.first)
		below_first(t, &c, s.first);
	/* the last entry starts where it ends with the last id */
	for (base = s.first; base < s.first + s.count; base += CHIP_PINS_EACH)
		add_irqchip(d, n, &c, &s, is_gic && s.count > CHIP_PINS_EACH && base > GIC_LAST_BASE ? GIC_LAST_BASE : base, base);
	if (d->array[DRAFT_IRQCHIPS].count == count + 1)
		read_raw(t, c.raw, irqchip_fields, draft_at(d, DRAFT_IRQCHIPS, d->array[DRAFT_IRQCHIPS].count - 1));
}

/* --- ports, streams --- */

struct range_text {
	const char *label;
	const struct node *range, *raw;
};

static const struct key port_keys[] = {
	{ "range", key_node, offsetof(struct range_text, range), 0, NULL },
	{ "name", key_label, offsetof(struct range_text, label), 0, NULL },
	{ "raw", key_node, offsetof(struct range_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

void compile_pio(struct text *t, const struct node *n, struct draft *d)
{
	struct range_text r = { .range = n };
	struct jailhouse_pio *pio = draft_add(d, DRAFT_PIO, NULL, origin_of(n));
	__u64 first, last;

	if (n->kind == NODE_MAP) {
		r.range = NULL;
		read_keys(t, n, port_keys, &r);
		if (!r.range && !r.raw)
			complain(t, n->at, "Add range: FIRST-LAST.", "ports without \"range\"");
	} else if (n->kind == NODE_SCALAR) {
		d->array[DRAFT_PIO].origin[d->array[DRAFT_PIO].count - 1].label = NULL;
	}
	if (r.range && read_range(t, r.range, 0xffff, &first, &last)) {
		if (last - first == 0xffff)
			complain(t, r.range->at, "Leave 0xcf8-0xcff out: the hypervisor handles them.", "all ports are more than one entry has room for");
		pio->base = (__u16)first;
		pio->length = (__u16)(last - first + 1);
	}
	read_raw(t, r.raw, pio_fields, pio);
}

struct stream_text {
	const char *label;
	__u64 id, mask;
};

static const struct key stream_keys[] = {
	{ "id", key_number, offsetof(struct stream_text, id), 0xffffffff, NULL },
	{ "mask", key_number, offsetof(struct stream_text, mask), 0xffff, NULL },
	{ "name", key_label, offsetof(struct stream_text, label), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

void compile_stream(struct text *t, const struct node *n, struct draft *d)
{
	union jailhouse_stream_id *stream = draft_add(d, DRAFT_STREAMS, NULL, origin_of(n));
	struct stream_text s = { 0 };

	if (n->kind == NODE_SCALAR)
		key_number(t, n, &stream_keys[0], &s);
	else if (read_keys(t, n, stream_keys, &s) & 2 && s.id > 0xffff)
		complain(t, n->at, NULL, "with a mask the id has 16 bits");
	stream->id = (__u32)(s.id | s.mask << 16);
}

/* --- console --- */

struct console_text {
	const struct node *raw;
	__u64 type, port, mmio, size, regdist, mode, divider, mdr_quirk, clock_reg, gate, inverted;
};

enum { CON_TYPE, CON_PORT, CON_MMIO, CON_REGDIST };

static const struct name regdist_names[] = { { "1", JAILHOUSE_CON_REGDIST_1 }, { "4", JAILHOUSE_CON_REGDIST_4 }, { NULL, 0 } };

static const struct key clock_keys[] = {
	{ "register", key_number, offsetof(struct console_text, clock_reg), 0, NULL },
	{ "gate", key_number, offsetof(struct console_text, gate), 0xffffffff, NULL },
	{ "inverted", key_bool, offsetof(struct console_text, inverted), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static const struct key console_keys[] = {
	[CON_TYPE] = { "type", key_name, offsetof(struct console_text, type), 0, console_type_names },
	[CON_PORT] = { "port", key_port, offsetof(struct console_text, port), 0, NULL },
	[CON_MMIO] = { "mmio", key_number, offsetof(struct console_text, mmio), 0, NULL },
	[CON_REGDIST] = { "regdist", key_name, offsetof(struct console_text, regdist), 0, regdist_names },
	{ "size", key_size, offsetof(struct console_text, size), 0xffffffff, NULL },
	{ "mode", key_name, offsetof(struct console_text, mode), 0, console_mode_names },
	{ "divider", key_number, offsetof(struct console_text, divider), 0xffffffff, NULL },
	{ "mdr_quirk", key_bool, offsetof(struct console_text, mdr_quirk), 0, NULL },
	{ "clock", key_map, 0, 0, clock_keys },
	{ "raw", key_node, offsetof(struct console_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

void compile_console(struct text *t, const struct node *n, struct jailhouse_console *console)
{
	struct console_text c = { 0 };
	__u64 seen;

	memset(console, 0, sizeof(*console));
	seen = read_keys(t, n, console_keys, &c);
	if (HAS(seen, CON_PORT) && HAS(seen, CON_MMIO))
		complain(t, n->at, "Keep the one by which its registers are reached.", "a console with both \"port\" and \"mmio\"");
	if (n->kind == NODE_MAP && !HAS(seen, CON_TYPE))
		complain(t, n->at, "Add type: 8250, pl011, …", "a console without \"type\"");
	else if (n->kind == NODE_MAP && c.type && !HAS(seen, CON_PORT) && !HAS(seen, CON_MMIO) && !c.raw)
		complain(t, n->at, "Add port, or mmio for registers in memory.", "a console without \"port\" or \"mmio\"");
	console->type = (__u16)c.type;
	console->address = HAS(seen, CON_MMIO) ? c.mmio : c.port;
	console->size = (__u32)c.size;
	console->flags = (__u16)((HAS(seen, CON_MMIO) ? JAILHOUSE_CON_ACCESS_MMIO : 0) | c.regdist | c.mode |
		(c.mdr_quirk ? JAILHOUSE_CON_MDR_QUIRK : 0) | (c.inverted ? JAILHOUSE_CON_INVERTED_GATE : 0));
	console->divider = (__u32)c.divider;
	console->gate_nr = (__u32)c.gate;
	console->clock_reg = c.clock_reg;
	read_raw(t, c.raw, console_fields, console);
}

/* --- the machine --- */

struct iommu_text {
	const char *label;
	const struct node *raw;
	__u64 type, base, size, bdf, base_cap, msi_cap, features, tlb_base, tlb_size;
};

static const struct key iommu_keys[] = {
	{ "type", key_name, offsetof(struct iommu_text, type), 0, iommu_type_names },
	{ "base", key_number, offsetof(struct iommu_text, base), 0, NULL },
	{ "size", key_size, offsetof(struct iommu_text, size), 0xffffffff, NULL },
	{ "bdf", key_bdf, offsetof(struct iommu_text, bdf), 0xffff, NULL },
	{ "base_cap", key_number, offsetof(struct iommu_text, base_cap), 0xff, NULL },
	{ "msi_cap", key_number, offsetof(struct iommu_text, msi_cap), 0xff, NULL },
	{ "features", key_number, offsetof(struct iommu_text, features), 0xffffffff, NULL },
	{ "tlb_base", key_number, offsetof(struct iommu_text, tlb_base), 0, NULL },
	{ "tlb_size", key_size, offsetof(struct iommu_text, tlb_size), 0xffffffff, NULL },
	{ "name", key_label, offsetof(struct iommu_text, label), 0, NULL },
	{ "raw", key_node, offsetof(struct iommu_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

void compile_iommu(struct text *t, const struct node *n, struct jailhouse_iommu *unit)
{
	struct iommu_text i = { 0 };

	memset(unit, 0, sizeof(*unit));
	read_keys(t, n, iommu_keys, &i);
	unit->type = (__u32)i.type;
	unit->base = i.base;
	unit->size = (__u32)i.size;
	if (i.type == JAILHOUSE_IOMMU_PVU) {
		unit->tipvu.tlb_base = i.tlb_base;
		unit->tipvu.tlb_size = (__u32)i.tlb_size;
	} else {
		unit->amd.bdf = (__u16)i.bdf;
		unit->amd.base_cap = (__u8)i.base_cap;
		unit->amd.msi_cap = (__u8)i.msi_cap;
		unit->amd.features = (__u32)i.features;
	}
	if (i.type == JAILHOUSE_IOMMU_PVU ? i.bdf || i.base_cap || i.msi_cap || i.features : i.tlb_base || i.tlb_size)
		complain(t, n->at, "An amd unit has bdf, base_cap, msi_cap and features; a pvu has tlb_base and tlb_size.",
			 "an IOMMU with what its type does not have");
	read_raw(t, i.raw, iommu_fields, unit);
}

static void compile_iommus(struct text *t, const struct node *list, struct jailhouse_system *s)
{
	unsigned int n;

	if (!list)
		return;
	if (list->kind != NODE_LIST || list->count > JAILHOUSE_MAX_IOMMU_UNITS) {
		complain(t, list->at, NULL, "\"iommus\" is no list of at most %u", JAILHOUSE_MAX_IOMMU_UNITS);
		return;
	}
	for (n = 0; n < list->count; n++)
		compile_iommu(t, list->items[n], &s->platform_info.iommu_units[n]);
}

struct platform_text {
	const struct node *raw, *gic;
	__u64 mmconfig, end_bus, is_virtual, domain, pm_timer, apic, interrupt_limit, tsc_khz, apic_khz;
	__u64 gic_version, maintenance_irq, gicd, gicc, gich, gicv, gicr;
};

static const struct key gic_keys[] = {
	{ "version", key_number, offsetof(struct platform_text, gic_version), 0xff, NULL },
	{ "maintenance_irq", key_number, offsetof(struct platform_text, maintenance_irq), 0xff, NULL },
	{ "gicd", key_number, offsetof(struct platform_text, gicd), 0, NULL },
	{ "gicc", key_number, offsetof(struct platform_text, gicc), 0, NULL },
	{ "gich", key_number, offsetof(struct platform_text, gich), 0, NULL },
	{ "gicv", key_number, offsetof(struct platform_text, gicv), 0, NULL },
	{ "gicr", key_number, offsetof(struct platform_text, gicr), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static const struct key pci_space_keys[] = {
	{ "mmconfig", key_number, offsetof(struct platform_text, mmconfig), 0, NULL },
	{ "end_bus", key_number, offsetof(struct platform_text, end_bus), 0xff, NULL },
	{ "virtual", key_bool, offsetof(struct platform_text, is_virtual), 0, NULL },
	{ "domain", key_number, offsetof(struct platform_text, domain), 0xffff, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static const struct key platform_keys[] = {
	{ "pm_timer", key_number, offsetof(struct platform_text, pm_timer), 0xffff, NULL },
	{ "apic", key_name, offsetof(struct platform_text, apic), 0, apic_names },
	{ "interrupt_limit", key_number, offsetof(struct platform_text, interrupt_limit), 0xffffffff, NULL },
	{ "tsc_khz", key_number, offsetof(struct platform_text, tsc_khz), 0xffffffff, NULL },
	{ "apic_khz", key_number, offsetof(struct platform_text, apic_khz), 0xffffffff, NULL },
	{ "pci", key_map, 0, 0, pci_space_keys },
	{ "gic", key_map, 0, 0, gic_keys },
	{ "raw", key_node, offsetof(struct platform_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

#define X86_KEYS	0x1f
#define GIC_KEY		0x40

void compile_platform(struct text *t, const struct node *n, struct jailhouse_system *s)
{
	bool is_x86 = s->architecture == JAILHOUSE_X86;
	struct platform_text p = { 0 };
	__u64 seen = read_keys(t, n, platform_keys, &p);

	if (seen & (is_x86 ? GIC_KEY : X86_KEYS))
		complain(t, n->at, "x86 has pm_timer, apic, interrupt_limit, tsc_khz and apic_khz; ARM has gic.",
			 "a platform with what its architecture does not have");
	s->platform_info.pci_mmconfig_base = p.mmconfig;
	s->platform_info.pci_mmconfig_end_bus = (__u8)p.end_bus;
	s->platform_info.pci_is_virtual = (__u8)p.is_virtual;
	s->platform_info.pci_domain = (__u16)p.domain;
	if (is_x86) {
		s->platform_info.x86.pm_timer_address = (__u16)p.pm_timer;
		s->platform_info.x86.apic_mode = (__u8)p.apic;
		s->platform_info.x86.vtd_interrupt_limit = (__u32)p.interrupt_limit;
		s->platform_info.x86.tsc_khz = (__u32)p.tsc_khz;
		s->platform_info.x86.apic_khz = (__u32)p.apic_khz;
	} else {
		s->platform_info.arm.maintenance_irq = (__u8)p.maintenance_irq;
		s->platform_info.arm.gic_version = (__u8)p.gic_version;
		s->platform_info.arm.gicd_base = p.gicd;
		s->platform_info.arm.gicc_base = p.gicc;
		s->platform_info.arm.gich_base = p.gich;
		s->platform_info.arm.gicv_base = p.gicv;
		s->platform_info.arm.gicr_base = p.gicr;
	}
	read_raw(t, p.raw, platform_fields, s);
}

struct hypervisor_text {
	const struct node *memory, *console, *raw, *memory_raw, *phys_node;
	__u64 flags, phys, size, align;
};

static const struct key hv_memory_keys[] = {
	{ "phys", key_node, offsetof(struct hypervisor_text, phys_node), 0, NULL },
	{ "size", key_size, offsetof(struct hypervisor_text, size), 0, NULL },
	{ "align", key_size, offsetof(struct hypervisor_text, align), 0, NULL },
	{ "raw", key_node, offsetof(struct hypervisor_text, memory_raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static const struct key hypervisor_keys[] = {
	{ "memory", key_map, 0, 0, hv_memory_keys },
	{ "console", key_node, offsetof(struct hypervisor_text, console), 0, NULL },
	{ "flags", key_names, offsetof(struct hypervisor_text, flags), 0, system_flag_names },
	{ "raw", key_node, offsetof(struct hypervisor_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static void compile_hypervisor(struct text *t, const struct node *n, struct draft *d)
{
	struct hypervisor_text h = { 0 };
	bool anywhere;

	d->hypervisor = d->hv_console = n->at;
	read_keys(t, n, hypervisor_keys, &h);
	anywhere = read_phys(t, h.phys_node, &h.phys);
	check_align(t, n, anywhere, h.align, h.align);
	if (anywhere && (!h.size || h.size & 0xfff))
		complain(t, n->at, "Give whole pages.", "memory anywhere, but its size is no multiple of 4K");
	if (anywhere)
		place_ask(d, JAILHOUSE_EXT_HYPERVISOR, h.align);
	d->system.flags = (__u32)h.flags;
	d->system.hypervisor_memory.phys_start = h.phys;
	d->system.hypervisor_memory.size = h.size;
	read_raw(t, h.memory_raw, memory_fields, &d->system.hypervisor_memory);
	if (h.console) {
		d->hv_console = h.console->at;
		compile_console(t, h.console, &d->system.debug_console);
	}
	read_raw(t, h.raw, system_fields, &d->system);
}

/* --- extension --- */

static void append_extension(struct draft *d, const void *data, size_t size)
{
	__u8 *grown = realloc(d->extension, d->extension_size + size);

	if (!grown)
		abort();
	d->extension = grown;
	if (size)
		memcpy(grown + d->extension_size, data, size);
	d->extension_size += (unsigned int)size;
}

struct extension_text {
	const struct node *data;
	__u64 tag;
};

static const struct key extension_keys[] = {
	{ "tag", key_number, offsetof(struct extension_text, tag), 0xffffffff, NULL },
	{ "data", key_node, offsetof(struct extension_text, data), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

#define MAX_EXTENSION	CONFIG_MAX_CELL_SIZE

static void compile_element(struct text *t, const struct node *n, struct draft *d)
{
	struct jailhouse_ext_element element;
	struct extension_text e = { 0 };
	__u8 *data = text_alloc(t, MAX_EXTENSION);
	long size = 0;

	read_keys(t, n, extension_keys, &e);
	if (e.data)
		size = read_digits(t, e.data, data, MAX_EXTENSION);
	if (size < 0)
		return;
	if (size + (long)d->extension_size > MAX_EXTENSION - 16) {
		complain(t, n->at, NULL, "the extension is longer than a configuration may be");
		return;
	}
	element.tag = (__u32)e.tag;
	element.length = (__u32)size;
	append_extension(d, &element, sizeof(element));
	append_extension(d, data, (size_t)size);
}

static void compile_extension(struct text *t, const struct node *list, struct draft *d)
{
	struct jailhouse_ext_block block = { JAILHOUSE_EXT_MAGIC, 0 };

	if (!list)
		return;
	if (!d->extension_size)
		append_extension(d, &block, sizeof(block));
	compile_list(t, list, d, compile_element);
	((struct jailhouse_ext_block *)d->extension)->size = d->extension_size;
}

/* --- all of it --- */

struct cell_text {
	const char *kind, *name;
	const struct node *hypervisor, *platform, *iommus, *console, *cpus, *memory, *cache, *irqchips, *ports, *pci, *spare_caps, *streams;
	const struct node *extension, *raw;
	__u64 arch, id, flags, reset_address, reply_timeout, vpci_irq_base;
};

enum { CELL_ARCH, CELL_NAME, CELL_CPUS };

static const struct key cell_keys[] = {
	[CELL_ARCH] = { "arch", key_name, offsetof(struct cell_text, arch), 0, arch_names },
	[CELL_NAME] = { "name", key_label, offsetof(struct cell_text, name), 0, NULL },
	[CELL_CPUS] = { "cpus", key_node, offsetof(struct cell_text, cpus), 0, NULL },
	{ "jailhouse", key_label, offsetof(struct cell_text, kind), 0, NULL },
	{ "id", key_number, offsetof(struct cell_text, id), 0xffffffff, NULL },
	{ "flags", key_names, offsetof(struct cell_text, flags), 0, cell_flag_names },
	{ "reset_address", key_number, offsetof(struct cell_text, reset_address), 0, NULL },
	{ "reply_timeout", key_time, offsetof(struct cell_text, reply_timeout), 0, NULL },
	{ "vpci_irq_base", key_number, offsetof(struct cell_text, vpci_irq_base), 0xffffffff, NULL },
	{ "console", key_node, offsetof(struct cell_text, console), 0, NULL },
	{ "hypervisor", key_node, offsetof(struct cell_text, hypervisor), 0, NULL },
	{ "platform", key_node, offsetof(struct cell_text, platform), 0, NULL },
	{ "iommus", key_node, offsetof(struct cell_text, iommus), 0, NULL },
	{ "memory", key_node, offsetof(struct cell_text, memory), 0, NULL },
	{ "cache", key_node, offsetof(struct cell_text, cache), 0, NULL },
	{ "irqchips", key_node, offsetof(struct cell_text, irqchips), 0, NULL },
	{ "ports", key_node, offsetof(struct cell_text, ports), 0, NULL },
	{ "pci", key_node, offsetof(struct cell_text, pci), 0, NULL },
	{ "spare_caps", key_node, offsetof(struct cell_text, spare_caps), 0, NULL },
	{ "stream_ids", key_node, offsetof(struct cell_text, streams), 0, NULL },
	{ "extension", key_node, offsetof(struct cell_text, extension), 0, NULL },
	{ "raw", key_node, offsetof(struct cell_text, raw), 0, NULL },
	{ NULL, NULL, 0, 0, NULL }
};

static void set_signatures(struct draft *d, __u64 arch)
{
	struct jailhouse_cell_desc *desc = &d->system.root_cell;

	memcpy(desc->signature, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(desc->signature));
	desc->architecture = d->system.architecture = (__u8)arch;
	desc->revision = d->system.revision = JAILHOUSE_CONFIG_REVISION;
	memcpy(d->system.signature, JAILHOUSE_SYSTEM_SIGNATURE, sizeof(d->system.signature));
}

static void compile_name(struct text *t, const struct node *root, const char *name, struct jailhouse_cell_desc *desc)
{
	if (!name && !map_get(map_get(root, "raw"), "name"))
		complain(t, root->at, "Add name.", "a configuration without \"name\"");
	else if (name && strlen(name) > JAILHOUSE_CELL_NAME_MAXLEN)
		complain(t, map_get(root, "name")->at, "Use at most 31 characters.", "the name is too long");
	else if (name)
		memcpy(desc->name, name, strlen(name));
}

static void add_cpu(void *context, __u64 cpu)
{
	struct draft *d = context;
	unsigned int size = (unsigned int)(cpu / 64 + 1) * 8;

	if (size > d->cpu_set_size) {
		d->cpus = realloc(d->cpus, size);
		if (!d->cpus)
			abort();
		memset(d->cpus + d->cpu_set_size, 0, size - d->cpu_set_size);
		d->cpu_set_size = size;
	}
	d->cpus[cpu / 8] |= (__u8)(1 << cpu % 8);
}

/* raw: cpu_set_size may give the set more or fewer bytes than its CPUs need. */
static void resize_cpu_set(struct text *t, struct draft *d, const struct node *raw)
{
	unsigned int size = d->system.root_cell.cpu_set_size, n;

	if (!map_get(raw, "cpu_set_size"))
		return;
	for (n = size; n < d->cpu_set_size; n++)
		if (d->cpus[n])
			break;
	if (size > CONFIG_MAX_SYSTEM_SIZE || n < d->cpu_set_size) {
		complain(t, map_get(raw, "cpu_set_size")->at, NULL, "%u bytes are too few or too many for the CPUs", size);
		return;
	}
	d->cpus = realloc(d->cpus, size ? size : 1);
	if (!d->cpus)
		abort();
	if (size > d->cpu_set_size)
		memset(d->cpus + d->cpu_set_size, 0, size - d->cpu_set_size);
	d->cpu_set_size = size;
}

static void compile_system_part(struct text *t, const struct node *root, const struct cell_text *c, struct draft *d)
{
	if (d->is_system && !c->hypervisor)
		complain(t, root->at, "Add hypervisor: {memory: {phys: …, size: …}}.", "a system without \"hypervisor\"");
	if (!d->is_system && (c->hypervisor || c->platform || c->iommus))
		complain(t, root->at, "Write \"jailhouse: system\", or remove them.",
			 "only a system has \"hypervisor\", \"platform\" and \"iommus\"");
	if (c->hypervisor)
		compile_hypervisor(t, c->hypervisor, d);
	if (c->platform)
		compile_platform(t, c->platform, &d->system);
	compile_iommus(t, c->iommus, &d->system);
}

/* The whole extension block as it is, for one that is not well formed */
static void raw_extension(struct text *t, const struct node *raw, struct draft *d)
{
	const struct node *digits = map_get(raw, "extension");
	__u8 *data;
	long size;

	if (!digits)
		return;
	data = text_alloc(t, CONFIG_MAX_SYSTEM_SIZE);
	size = read_digits(t, digits, data, CONFIG_MAX_SYSTEM_SIZE);
	if (size < 0 || size > CONFIG_MAX_SYSTEM_SIZE || (size_t)size < sizeof(struct jailhouse_ext_block)) {
		complain(t, digits->at, NULL, "an extension has at least %zu bytes", sizeof(struct jailhouse_ext_block));
		return;
	}
	d->extension_size = 0;
	append_extension(d, data, (size_t)size);
}

static const struct node *without_extension(struct text *t, const struct node *raw)
{
	struct node *n = node_new(t, NODE_MAP);
	unsigned int i;

	if (!raw || raw->kind != NODE_MAP)
		return raw;
	for (i = 0; i < raw->count; i++)
		if (strcmp(raw->keys[i]->text, "extension")) {
			node_put(t, n, raw->keys[i]->text, raw->items[i]);
			n->keys[n->count - 1] = raw->keys[i];
		}
	return n;
}

static void compile_arrays(struct text *t, const struct cell_text *c, struct draft *d)
{
	compile_list(t, c->memory, d, compile_memory);
	compile_list(t, c->cache, d, compile_cache);
	compile_list(t, c->irqchips, d, compile_irqchip);
	compile_list(t, c->ports, d, compile_pio);
	compile_pci(t, c->pci, c->spare_caps, d);
	compile_list(t, c->streams, d, compile_stream);
	compile_extension(t, c->extension, d);
}

bool config_compile(struct text *t, const struct node *root, struct draft *d)
{
	struct jailhouse_cell_desc *desc = &d->system.root_cell;
	unsigned int complaints = t->num_complaints;
	struct cell_text c = { 0 };
	__u64 seen = read_keys(t, root, cell_keys, &c);

	d->is_system = c.kind && !strcmp(c.kind, "system");
	if (!d->is_system && (!c.kind || strcmp(c.kind, "cell")))
		complain(t, map_get(root, "jailhouse") ? map_get(root, "jailhouse")->at : root->at,
			 "Write \"jailhouse: system\" or \"jailhouse: cell\".", "it is not said what the file describes");
	if (!HAS(seen, CELL_ARCH))
		complain(t, root->at, "Add arch: x86 or arm64.", "a configuration without \"arch\"");
	d->header = d->console = d->hypervisor = d->hv_console = d->cpus_at = root->at;
	set_signatures(d, c.arch);
	compile_name(t, root, c.name, desc);
	compile_system_part(t, root, &c, d);
	desc->id = (__u32)c.id;
	desc->flags = (__u32)c.flags;
	desc->cpu_reset_address = c.reset_address;
	desc->msg_reply_timeout = c.reply_timeout;
	desc->vpci_irq_base = (__u32)c.vpci_irq_base;
	if (c.console) {
		d->console = c.console->at;
		compile_console(t, c.console, &desc->console);
	}
	if (c.cpus) {
		d->cpus_at = c.cpus->at;
		read_set(t, c.cpus, 8 * CONFIG_MAX_SYSTEM_SIZE - 1, add_cpu, d);
	}
	compile_arrays(t, &c, d);
	read_raw(t, without_extension(t, c.raw), cell_fields, desc);
	resize_cpu_set(t, d, c.raw);
	raw_extension(t, c.raw, d);
	return t->num_complaints == complaints;
}
