// SPDX-License-Identifier: GPL-2.0
/*
 * advice - judged by the rules of common/config themselves: the element that would allow the access is put into a copy of the
 * configuration, which then has to pass what driver and hypervisor would ask of it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json.h>
#include <common/lib/range.h>

#include "advice.h"

#define PAGE		0x1000ULL
#define TEXT		1024
/* A device of root up to this size is proposed as a whole, a page of it otherwise. */
#define WHOLE_DEVICE	0x10000ULL

/** struct judged - one access on its way */
struct judged {
	const struct access *a;
	const struct layout *l;
	const struct cell_view *cell;	/* NULL: its configuration is not known */
	const struct cell_view *root;	/* NULL: the same */
	struct json_object *o, *lines, *warnings;
};

/* --- words ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4)))
static void add_text(struct json_object *o, const char *key, const char *format, ...)
{
	char text[TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_object_object_add(o, key, json_object_new_string(text));
}

__attribute__((format(printf, 2, 3)))
static void add_line(struct json_object *list, const char *format, ...)
{
	char text[TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_object_array_add(list, json_object_new_string(text));
}

static const char *size_text(__u64 size, char *out, size_t room)
{
	static const char units[] = "KMGT";
	int unit = -1;
	__u64 rest = size;

	while (unit < 3 && rest >= 1024 && !(rest & 1023)) {
		rest >>= 10;
		unit++;
	}
	if (unit < 0)
		snprintf(out, room, rest < 256 ? "%llu" : "0x%llx", (unsigned long long)rest);
	else
		snprintf(out, room, "%llu%c", (unsigned long long)rest, units[unit]);
	return out;
}

static const struct { __u64 flag; const char *name; } flag_names[] = {
	{ JAILHOUSE_MEM_READ, "read" }, { JAILHOUSE_MEM_WRITE, "write" }, { JAILHOUSE_MEM_EXECUTE, "execute" }, { JAILHOUSE_MEM_DMA, "dma" },
	{ JAILHOUSE_MEM_IO, "io" }, { JAILHOUSE_MEM_COMM_REGION, "comm_region" }, { JAILHOUSE_MEM_LOADABLE, "loadable" },
	{ JAILHOUSE_MEM_ROOTSHARED, "rootshared" }, { JAILHOUSE_MEM_NO_HUGEPAGES, "no_hugepages" },
	{ JAILHOUSE_MEM_IO_UNALIGNED, "io_unaligned" }, { JAILHOUSE_MEM_IO_8, "io_8" }, { JAILHOUSE_MEM_IO_16, "io_16" },
	{ JAILHOUSE_MEM_IO_32, "io_32" }, { JAILHOUSE_MEM_IO_64, "io_64" },
};

static const char *flags_text(__u64 flags, char *out, size_t size)
{
	size_t n, length = 0;

	*out = 0;
	for (n = 0; n < sizeof(flag_names) / sizeof(flag_names[0]); n++)
		if (flags & flag_names[n].flag && length < size)
			length += (size_t)snprintf(out + length, size - length, "%s%s", length ? ", " : "", flag_names[n].name);
	return out;
}

/* A role of the text format that means these flags, NULL: none does */
static const char *role_of(__u64 flags)
{
	if (flags == (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO))
		return "mmio";
	if (flags == (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE))
		return "loadable";
	if (flags == (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA))
		return "ram";
	return flags == (JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE) ? "rom" : NULL;
}

/* A label that YAML takes as it is; none for what says nothing */
static const char *label(const char *name, char *out, size_t size)
{
	bool says = name && strcmp(name, "System RAM") && strncmp(name, "PCI Bus", 7);
	size_t n;

	snprintf(out, size, "%s", says ? name : "");
	for (n = 0; out[n]; n++)
		if (strchr(":{}[],#\"'\\&*!|>%@`", out[n]) || out[n] < ' ' || out[n] > '~')
			out[n] = '_';
	return out;
}

static void region_line(struct judged *j, const struct jailhouse_memory *m, const char *comment)
{
	char size[32], flags[256], name[80], virt[64] = "";
	const char *linux_name = layout_name(&j->l->memory, m->phys_start);

	label(linux_name, name, sizeof(name));
	if (m->virt_start != m->phys_start)
		snprintf(virt, sizeof(virt), ", virt: 0x%llx", (unsigned long long)m->virt_start);
	add_line(j->lines, "  - {%s%s%s%s%s%s, phys: 0x%llx%s, size: %s}%s", *name ? "name: " : "", name, *name ? ", " : "",
		 role_of(m->flags) ? "role: " : "flags: [", role_of(m->flags) ?: flags_text(m->flags, flags, sizeof(flags)),
		 role_of(m->flags) ? "" : "]", (unsigned long long)m->phys_start, virt, size_text(m->size, size, sizeof(size)), comment);
}

/* --- neighbours ----------------------------------------------------------------------------- */

/** struct neighbours - the claims around an address; size 0: none */
struct neighbours {
	struct claim inside, below, above;
};

static struct neighbours find_neighbours(const struct cell_view *cell, enum claim_kind kind, __u64 address)
{
	struct neighbours found = { .inside = { .size = 0 } };
	struct claim c;
	__u32 n;

	for (n = 0; config_claim(cell, kind, n, &c); n++) {
		if (!c.size)
			continue;
		if (range_contains(c.start, c.size, address, 1))
			found.inside = found.inside.size ? found.inside : c;
		else if (c.start > address && (!found.above.size || c.start < found.above.start))
			found.above = c;
		else if (c.start < address && (!found.below.size || range_last(c.start, c.size) > range_last(found.below.start, found.below.size)))
			found.below = c;
	}
	return found;
}

static const char *element(enum claim_kind kind)
{
	return kind == CLAIM_PORT ? "port range" : "region";
}

static void add_claim(struct judged *j, const char *key, const struct claim *c)
{
	struct json_object *o;

	if (!c->size)
		return;
	o = json_object_new_object();
	json_object_object_add(o, "index", json_object_new_int(c->by.index));
	json_object_object_add(o, "start", json_object_new_uint64(c->start));
	json_object_object_add(o, "end", json_object_new_uint64(range_last(c->start, c->size)));
	json_object_object_add(j->o, key, o);
}

/* " (HPET 0)", or nothing */
static const char *name_text(const struct judged *j, enum claim_kind kind, __u64 address, char *out, size_t size)
{
	const char *name = layout_name(kind == CLAIM_PORT ? &j->l->ports : &j->l->memory, address);

	snprintf(out, size, name ? " (%s)" : "", name);
	return out;
}

/* What the root cell has there */
static void root_text(const struct judged *j, enum claim_kind kind, char *out, size_t size)
{
	struct neighbours n;
	char name[80];

	*out = 0;
	if (!j->root || j->a->is_root)
		return;
	n = find_neighbours(j->root, kind, j->a->address);
	if (n.inside.size)
		snprintf(out, size, "; the root cell has it in %s %u%s, 0x%llx-0x%llx", element(kind), n.inside.by.index,
			 name_text(j, kind, j->a->address, name, sizeof(name)), (unsigned long long)n.inside.start,
			 (unsigned long long)range_last(n.inside.start, n.inside.size));
	else if (n.below.size)
		snprintf(out, size, "; nor has the root cell, whose %s %u%s ends at 0x%llx", element(kind), n.below.by.index,
			 name_text(j, kind, n.below.start, name, sizeof(name)),
			 (unsigned long long)range_last(n.below.start, n.below.size));
}

static void no_claim_reason(struct judged *j, enum claim_kind kind, const struct neighbours *n)
{
	char below[160] = "", above[128] = "", root[256], name[80];

	if (n->below.size)
		snprintf(below, sizeof(below), "; %s %u%s ends at 0x%llx", element(kind), n->below.by.index,
			 j->a->is_root ? name_text(j, kind, n->below.start, name, sizeof(name)) : "",
			 (unsigned long long)range_last(n->below.start, n->below.size));
	if (n->above.size)
		snprintf(above, sizeof(above), "%s %s %u begins at 0x%llx", n->below.size ? "," : ";", element(kind), n->above.by.index,
			 (unsigned long long)n->above.start);
	root_text(j, kind, root, sizeof(root));
	add_text(j->o, "reason", "no %s%s%s%s", element(kind), below, above, root);
}

/* --- judgement ------------------------------------------------------------------------------ */

/* A copy of @blob with one element put in at @at; the caller frees it. */
static void *with_element(const void *blob, size_t size, const void *at, const void *new, size_t length)
{
	size_t before = (size_t)((const char *)at - (const char *)blob);
	char *copy = malloc(size + length);

	if (!copy)
		return NULL;
	memcpy(copy, blob, before);
	memcpy(copy + before, new, length);
	memcpy(copy + before + length, (const char *)at, size - before);
	return copy;
}

static int check_others(const struct judged *j, const struct cell_view *view, struct jailhouse_refusal *r)
{
	size_t n;
	int err = 0;

	for (n = 0; !err && n < j->l->count; n++)
		if (&j->l->cells[n].view != j->cell)
			err = config_check_cell_pair(view, &j->l->cells[n].view, r);
	return err;
}

static int check_cell_blob(const struct judged *j, const void *blob, size_t size, struct jailhouse_refusal *r)
{
	struct cell_view view;
	int err = cell_view_init(&view, blob, size, r);

	err = err ?: config_check_cell(&view, r);
	if (!err && j->l->system_blob)
		err = config_check_cell_in_system(&view, &j->l->system, r);
	return err ?: check_others(j, &view, r);
}

static int check_system_blob(const struct judged *j, const void *blob, size_t size, struct jailhouse_refusal *r)
{
	struct system_view view;
	size_t n;
	int err = system_view_init(&view, blob, size, r);

	err = err ?: config_check_system(&view, r);
	for (n = 0; !err && n < j->l->count; n++)
		err = config_check_cell_in_system(&j->l->cells[n].view, &view, r);
	return err;
}

/* The blob that @j's cell is in, for root the whole system's */
static const void *blob_of(const struct judged *j, size_t *size)
{
	if (j->a->is_root) {
		*size = j->l->system.size;
		return j->l->system_blob;
	}
	*size = j->cell->size;
	return j->cell->desc;
}

/* Whether the changed configuration would be accepted; what else speaks against it is said of that only. */
static bool judge(struct judged *j, const void *blob, size_t size)
{
	struct jailhouse_refusal r = { 0 };
	char sentence[TEXT];
	int err = j->a->is_root ? check_system_blob(j, blob, size, &r) : check_cell_blob(j, blob, size, &r);

	json_object_object_add(j->o, "refused", json_object_new_boolean(err != 0));
	if (!err)
		return true;
	refusal_format(sentence, sizeof(sentence), &r);
	add_line(j->warnings, "Jailhouse would refuse this: %s", sentence);
	return false;
}

static struct jailhouse_cell_desc *desc_in(const struct judged *j, void *copy)
{
	size_t offset = j->a->is_root ? offsetof(struct jailhouse_system, root_cell) : 0;

	return (void *)((char *)copy + offset);
}

static bool judge_new_region(struct judged *j, const struct jailhouse_memory *m)
{
	size_t size;
	const void *blob = blob_of(j, &size);
	bool accepted;
	void *copy = with_element(blob, size, j->cell->mem + j->cell->num_mem, m, sizeof(*m));

	if (!copy)
		return false;
	desc_in(j, copy)->num_memory_regions++;
	accepted = judge(j, copy, size + sizeof(*m));
	free(copy);
	return accepted;
}

static bool judge_changed_region(struct judged *j, __u32 index, const struct jailhouse_memory *m)
{
	size_t size, at;
	const void *blob = blob_of(j, &size);
	char *copy = malloc(size);
	bool accepted;

	if (!copy)
		return false;
	at = (size_t)((const char *)&j->cell->mem[index] - (const char *)blob);
	memcpy(copy, blob, size);
	memcpy(copy + at, m, sizeof(*m));
	accepted = judge(j, copy, size);
	free(copy);
	return accepted;
}

static bool judge_new_ports(struct judged *j, const struct jailhouse_pio *p)
{
	size_t size;
	const void *blob = blob_of(j, &size);
	bool accepted;
	void *copy = with_element(blob, size, j->cell->pio + j->cell->num_pio, p, sizeof(*p));

	if (!copy)
		return false;
	desc_in(j, copy)->num_pio_regions++;
	accepted = judge(j, copy, size + sizeof(*p));
	free(copy);
	return accepted;
}

/* --- memory --------------------------------------------------------------------------------- */

static bool is_subpage(const struct jailhouse_memory *m)
{
	return JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

static __u64 needed_flag(const struct access *a)
{
	return a->fetch ? JAILHOUSE_MEM_EXECUTE : a->write ? JAILHOUSE_MEM_WRITE : JAILHOUSE_MEM_READ;
}

static __u64 width_flag(const struct access *a)
{
	return (__u64)a->width << JAILHOUSE_MEM_IO_WIDTH_SHIFT;
}

/* Flags that the region lacks for the access; @why is the reason in words, NULL: no flag helps. */
static __u64 missing_flags(const struct access *a, const struct jailhouse_memory *m, const char **why)
{
	__u64 missing = needed_flag(a) & ~m->flags;

	*why = "does not permit it";
	if (!is_subpage(m) || missing)
		return missing;
	if (a->width - 1 > m->size - 1 - (a->address - m->virt_start)) {
		*why = "ends within the access";
		return 0;
	}
	*why = "is smaller than a page, so it is emulated, and does not permit this width";
	if (width_flag(a) & ~m->flags)
		return width_flag(a);
	*why = "is smaller than a page, so it is emulated, and permits aligned accesses only";
	return (a->address - m->virt_start) % (a->width ?: 1) ? JAILHOUSE_MEM_IO_UNALIGNED & ~m->flags : 0;
}

static void region_lacks(struct judged *j, const struct claim *c)
{
	struct jailhouse_memory m = j->cell->mem[c->by.index];
	char flags[256], comment[96];
	const char *why;
	__u64 missing = missing_flags(j->a, &m, &why);

	if (!missing && !strcmp(why, "does not permit it")) {
		add_text(j->o, "reason", "region %u, 0x%llx-0x%llx, permits it: this is not the configuration of that run, or what it stands for has "
			 "changed", c->by.index, (unsigned long long)c->start, (unsigned long long)range_last(c->start, c->size));
		return;
	}
	add_text(j->o, "reason", "region %u, 0x%llx-0x%llx, %s; it has: %s", c->by.index, (unsigned long long)c->start,
		 (unsigned long long)range_last(c->start, c->size), why, flags_text(m.flags, flags, sizeof(flags)));
	if (!missing)
		return;
	snprintf(comment, sizeof(comment), "   # in place of region %u: with %s", c->by.index, flags_text(missing, flags, sizeof(flags)));
	m.flags |= missing;
	add_line(j->lines, "memory:");
	region_line(j, &m, comment);
	if (!judge_changed_region(j, c->by.index, &m))
		return;
	if (m.flags & JAILHOUSE_MEM_ROOTSHARED && missing & JAILHOUSE_MEM_WRITE)
		add_line(j->warnings, "This memory is shared: whatever runs in the cell could then change what others read there.");
}

/* The region that would allow an access to what nobody of the cell's configuration has */
static struct jailhouse_memory propose(const struct judged *j)
{
	__u64 page = j->a->address & ~(PAGE - 1);
	struct jailhouse_memory m = { page, page, PAGE, JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO };
	const struct jailhouse_memory *root;
	struct neighbours n;

	if (!j->root || j->a->is_root)
		return m;
	n = find_neighbours(j->root, CLAIM_VIRT, j->a->address);
	if (!n.inside.size)
		return m;
	root = &j->root->mem[n.inside.by.index];
	if (is_subpage(root) || root->size <= WHOLE_DEVICE)
		m = *root;
	else
		m.phys_start = root->phys_start + (page - root->virt_start);
	if (root->flags & (JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA))
		m.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE;
	return m;
}

/* Devices of Linux in the pages that the cell would get, beside the one that it asks for */
static void warn_of_names(struct judged *j, const struct jailhouse_memory *m)
{
	__u64 phys = m->phys_start + (j->a->address - m->virt_start);
	const struct resource *r = j->l->memory.item;
	size_t n;

	for (n = 0; n < j->l->memory.count; n++, r++)
		if (r->start >= m->phys_start && r->end <= range_last(m->phys_start, m->size) && (phys < r->start || phys > r->end))
			add_line(j->warnings, "The region also contains \"%s\" at 0x%llx: give the cell the bytes that it needs, with io_8 to io_64, in place of "
				 "whole pages.", r->name, (unsigned long long)r->start);
}

static void warn_of_owner(struct judged *j, const struct jailhouse_memory *m)
{
	const char *name = layout_name(&j->l->memory, m->phys_start);
	struct claim c;

	if (j->a->is_root || !j->root || !config_find_claim(j->root, CLAIM_PHYS, m->phys_start, m->size, &c))
		return;
	if (j->root->mem[c.by.index].flags & (JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA))
		add_line(j->warnings, "This is RAM of the root cell: only memory that Linux does not use, reserved with memmap= or taken offline, can go to a cell; "
			 "and an access to it is rather an error of the program.");
	else
		add_line(j->warnings, "The root cell loses it: %s%s%s must not be used by Linux any more (unbind its driver).", name ? "\"" : "",
			 name ?: "this device", name ? "\"" : "");
}

static void no_region(struct judged *j, const struct neighbours *n)
{
	struct jailhouse_memory m = propose(j);

	if (n->inside.size) {
		add_text(j->o, "reason", "region %u has it, but what is there belongs to %s: to another cell, or to the hypervisor, which handles it "
			 "for devices", n->inside.by.index, j->a->owner);
		return;
	}
	no_claim_reason(j, CLAIM_VIRT, n);
	if (j->a->fetch) {
		add_line(j->warnings, "The CPU ran into memory that is not there: mostly a jump through a wrong pointer, or a wrong reset address. No line is "
			 "proposed.");
		return;
	}
	if (j->a->is_root && *j->a->owner && strcmp(j->a->owner, "nobody")) {
		add_line(j->warnings, "It belongs to %s: no line of the system configuration changes that. If a driver of Linux uses it, unbind that.",
			 j->a->owner);
		return;
	}
	add_line(j->lines, "memory:");
	region_line(j, &m, "");
	if (!judge_new_region(j, &m))
		return;
	warn_of_owner(j, &m);
	warn_of_names(j, &m);
}

/* What root has by configuration may be another cell's now. */
static bool is_owner(const struct judged *j)
{
	return !j->a->is_root || !strncmp(j->a->owner, j->cell->desc->name, sizeof(j->cell->desc->name));
}

static void explain_memory(struct judged *j)
{
	struct neighbours n = find_neighbours(j->cell, CLAIM_VIRT, j->a->address);

	add_claim(j, "region", &n.inside);
	add_claim(j, "below", &n.below);
	add_claim(j, "above", &n.above);
	if (n.inside.size && is_owner(j))
		region_lacks(j, &n.inside);
	else
		no_region(j, &n);
}

/* --- ports ---------------------------------------------------------------------------------- */

static void explain_port(struct judged *j)
{
	struct neighbours n = find_neighbours(j->cell, CLAIM_PORT, j->a->address);
	struct jailhouse_pio p = { (__u16)j->a->address, (__u16)(j->a->width ?: 1) };
	const char *name = layout_name(&j->l->ports, j->a->address);

	add_claim(j, "region", &n.inside);
	add_claim(j, "below", &n.below);
	add_claim(j, "above", &n.above);
	if (n.inside.size && range_contains(n.inside.start, n.inside.size, p.base, p.length)) {
		add_text(j->o, "reason", "port range %u permits it: this is not the configuration of that run, or the ports belong to another cell now",
			 n.inside.by.index);
		return;
	}
	if (n.inside.size) {
		add_text(j->o, "reason", "port range %u ends within the access, at 0x%llx", n.inside.by.index,
			 (unsigned long long)range_last(n.inside.start, n.inside.size));
		p.length = (__u16)(p.base + p.length - 1 - range_last(n.inside.start, n.inside.size));
		p.base = (__u16)(range_last(n.inside.start, n.inside.size) + 1);
	} else {
		no_claim_reason(j, CLAIM_PORT, &n);
	}
	add_line(j->lines, "ports:");
	if (p.length > 1)
		add_line(j->lines, "  - 0x%x-0x%x", p.base, p.base + p.length - 1);
	else
		add_line(j->lines, "  - 0x%x", p.base);
	if (judge_new_ports(j, &p) && name && !j->a->is_root)
		add_line(j->warnings, "Linux calls these ports \"%s\": the root cell loses them.", name);
}

/* --- what no configuration allows ----------------------------------------------------------- */

static const struct { const char *kind, *reason; } others[] = {
	{ "MSR read", "the hypervisor's policy does not open this register to cells; no configuration does (docs/MSR-POLICY.md)" },
	{ "MSR write", "the hypervisor's policy does not open this register to cells, or not with this value; no configuration does "
	  "(docs/MSR-POLICY.md)" },
	{ "control register write", "a bit that cells must not change; no configuration allows it" },
	{ "XSETBV", "a feature that cells must not enable; no configuration allows it" },
	{ "APIC access", "a register or width that the emulated local APIC does not have, or an interrupt to a CPU of others" },
	{ "IOAPIC access", "a register of the IOAPIC that is not the cell's; give it pins with \"irqchips\"" },
	{ "instruction that cannot be decoded", "the address is emulated, and the instruction is none that emulation knows; a region of whole pages needs no "
	  "emulation" },
	{ "shutdown", "the CPU could not deliver an exception (triple fault): an error of the cell's program" },
	{ "machine check", "the hardware reported an error; its banks keep the record" },
	{ "hypercall", "the cell must not call this" },
};

static void explain_other(struct judged *j)
{
	size_t n;

	for (n = 0; n < sizeof(others) / sizeof(others[0]); n++)
		if (!strcmp(j->a->kind, others[n].kind)) {
			add_text(j->o, "reason", "%s", others[n].reason);
			return;
		}
	add_text(j->o, "reason", "no configuration allows it");
}

/* --- all ------------------------------------------------------------------------------------ */

static void add_access(struct json_object *o, const struct access *a)
{
	add_text(o, "cell", "%s", a->is_root ? "root" : a->cell);
	json_object_object_add(o, "is_root", json_object_new_boolean(a->is_root));
	json_object_object_add(o, "cpu", json_object_new_int((int)a->cpu));
	add_text(o, "access", "%s", a->kind);
	json_object_object_add(o, "address", json_object_new_uint64(a->address));
	json_object_object_add(o, "width", json_object_new_int((int)a->width));
	json_object_object_add(o, "rip", json_object_new_uint64(a->rip));
	json_object_object_add(o, "stopped", json_object_new_boolean(a->stopped));
	if (*a->owner)
		add_text(o, "owner", "%s", a->owner);
}

struct json_object *advice_make(const struct access *a, const struct layout *l)
{
	struct judged j = {
		.a = a, .l = l, .cell = layout_find(l, a->cell), .root = layout_find(l, ""),
		.o = json_object_new_object(), .lines = json_object_new_array(), .warnings = json_object_new_array(),
	};

	add_access(j.o, a);
	if (a->space == ACCESS_OTHER)
		explain_other(&j);
	else if (!j.cell)
		add_text(j.o, "reason", "the configuration of the cell is not known: give it with --config");
	else if (a->space == ACCESS_PORT)
		explain_port(&j);
	else
		explain_memory(&j);
	json_object_object_add(j.o, "lines", j.lines);
	json_object_object_add(j.o, "warnings", j.warnings);
	return j.o;
}

void advice_brief(struct json_object *advice, char *out, size_t size)
{
	struct json_object *o = advice;
	int width = json_object_get_int(json_object_object_get(o, "width"));
	char bytes[24] = "";

	if (width)
		snprintf(bytes, sizeof(bytes), "%d-byte ", width);
	snprintf(out, size, "CPU %d: %s%s at 0x%llx: %s", json_object_get_int(json_object_object_get(o, "cpu")), bytes,
		 json_object_get_string(json_object_object_get(o, "access")),
		 (unsigned long long)json_object_get_uint64(json_object_object_get(o, "address")),
		 json_object_get_string(json_object_object_get(o, "reason")));
}
