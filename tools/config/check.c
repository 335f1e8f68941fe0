// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* Enough to work on; a file with more has one reason for all of them. */
#define MAX_FINDINGS_EACH	50

static struct finding *find(struct verdict *f)
{
	struct finding *list = realloc(f->list, (f->count + 1) * sizeof(*list));

	if (!list)
		abort();
	f->list = list;
	memset(&list[f->count], 0, sizeof(*list));
	return &list[f->count++];
}

void verdict_free(struct verdict *f)
{
	free(f->list);
	*f = (struct verdict){ 0 };
}

void find_other(struct verdict *f, bool is_error, const char *name, struct side what, const char *sentence, ...)
{
	struct finding *finding = find(f);
	va_list ap;

	finding->name = name;
	finding->what = what;
	finding->is_error = is_error;
	f->errors += is_error;
	va_start(ap, sentence);
	vsnprintf(finding->sentence, sizeof(finding->sentence), sentence, ap);
	va_end(ap);
}

/* --- a configuration without one of its elements --- */

static void copy_draft(struct draft *to, const struct draft *from)
{
	unsigned int n, i;

	draft_init(to);
	to->is_system = from->is_system;
	to->system = from->system;
	for (n = 0; n < DRAFT_ARRAYS; n++)
		for (i = 0; i < from->array[n].count; i++) {
			draft_add(to, n, draft_at(from, n, i), from->array[n].origin[i]);
			to->array[n].origin[i].index = from->array[n].origin[i].index;
		}
	to->cpus = malloc(from->cpu_set_size + 1);
	to->extension = malloc(from->extension_size + 1);
	if (!to->cpus || !to->extension)
		abort();
	memcpy(to->cpus, from->cpus ? from->cpus : (__u8 *)"", from->cpu_set_size);
	memcpy(to->extension, from->extension ? from->extension : (__u8 *)"", from->extension_size);
	to->cpu_set_size = from->cpu_set_size;
	to->extension_size = from->extension_size;
}

static void remove_memory(struct draft *d, unsigned int index);

static void remove_device(struct draft *d, unsigned int index)
{
	struct jailhouse_pci_device dev = *(struct jailhouse_pci_device *)draft_at(d, DRAFT_PCI, index);
	unsigned int n;

	draft_remove(d, DRAFT_PCI, index);
	/* Sections without bytes are allowed as such only. */
	for (n = d->array[DRAFT_MEMORY].count; n-- > 0;)
		if (config_region_in_link(&dev, n) && !((struct jailhouse_memory *)draft_at(d, DRAFT_MEMORY, n))->size)
			remove_memory(d, n);
}

/* The first device that has region @index as a section, or -1 */
static int link_of(const struct draft *d, unsigned int index)
{
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_PCI].count; n++)
		if (config_region_in_link(draft_at(d, DRAFT_PCI, n), index))
			return (int)n;
	return -1;
}

static void remove_memory(struct draft *d, unsigned int index)
{
	const struct jailhouse_memory *m = draft_at(d, DRAFT_MEMORY, index);
	struct jailhouse_pci_device *dev;
	unsigned int n;

	if (m->flags & JAILHOUSE_MEM_COMM_REGION) {
		d->system.root_cell.flags |= JAILHOUSE_CELL_PASSIVE_COMMREG;
		d->system.root_cell.flags &= ~JAILHOUSE_CELL_TEST_DEVICE;
	}
	draft_remove(d, DRAFT_MEMORY, index);
	for (n = 0; n < d->array[DRAFT_PCI].count; n++) {
		dev = draft_at(d, DRAFT_PCI, n);
		if (dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM && dev->shmem_regions_start > index)
			dev->shmem_regions_start--;
	}
}

/* A section goes with its link. */
static void remove_region(struct draft *d, unsigned int index)
{
	unsigned int original = d->array[DRAFT_MEMORY].origin[index].index, n;
	int link;

	while ((link = link_of(d, index)) >= 0) {
		remove_device(d, (unsigned int)link);
		for (index = 0, n = 0; n < d->array[DRAFT_MEMORY].count; n++)
			if (d->array[DRAFT_MEMORY].origin[n].index <= original)
				index = n;
		if (!d->array[DRAFT_MEMORY].count || d->array[DRAFT_MEMORY].origin[index].index != original)
			return;
	}
	remove_memory(d, index);
}

static void remove_capability(struct draft *d, unsigned int index)
{
	struct jailhouse_pci_device *dev;
	unsigned int n;

	draft_remove(d, DRAFT_CAPS, index);
	for (n = 0; n < d->array[DRAFT_PCI].count; n++) {
		dev = draft_at(d, DRAFT_PCI, n);
		if (dev->caps_start > index)
			dev->caps_start--;
		else if (index < (unsigned int)dev->caps_start + dev->num_caps)
			dev->num_caps--;
	}
}

static bool clear_pin(struct draft *d, unsigned int index, __u64 pin)
{
	struct jailhouse_irqchip *chip = draft_at(d, DRAFT_IRQCHIPS, index);

	if (pin < chip->pin_base || pin - chip->pin_base >= 128)
		return false;
	chip->pin_bitmap[(pin - chip->pin_base) / 32] &= ~(1u << (pin - chip->pin_base) % 32);
	return true;
}

/* What stands in the header is set to something harmless. False: nothing is. */
static bool correct_header(struct draft *d, const struct jailhouse_refusal *r)
{
	struct jailhouse_cell_desc *desc = &d->system.root_cell;

	switch (refusal_rule(r)) {
	case RULE_NAME_EMPTY:
	case RULE_NAME_UNTERMINATED:
	case RULE_NAME_CHARACTERS:
	case RULE_NAME_IN_USE:
		memset(desc->name, 0, sizeof(desc->name));
		memcpy(desc->name, "~", 1);
		return true;
	case RULE_ID_IN_USE:
	case RULE_ROOT_ID:
		desc->id = 0;
		return true;
	case RULE_CELL_FLAGS:
		desc->flags &= ~(__u32)r->value[1];
		return true;
	case RULE_CELL_FLAG_ARCH:
		desc->flags &= ~(__u32)r->value[0];
		return true;
	case RULE_SYSTEM_FLAGS:
		d->system.flags &= ~(__u32)r->value[1];
		return true;
	case RULE_REPLY_TIMEOUT:
		desc->msg_reply_timeout = 0;
		return true;
	case RULE_EXTENSION_MAGIC:
	case RULE_EXTENSION_SIZE:
	case RULE_EXTENSION_TAG:
		d->extension_size = 0;
		return true;
	case RULE_COMM_REGION_MISSING:
		desc->flags |= JAILHOUSE_CELL_PASSIVE_COMMREG;
		return true;
	case RULE_TEST_DEVICE:
		desc->flags &= ~JAILHOUSE_CELL_TEST_DEVICE;
		return true;
	case RULE_CACHE_COUNT:
		d->array[DRAFT_CACHE].count = 1;
		return true;
	case RULE_STREAM_ID_ARCH:
		d->array[DRAFT_STREAMS].count = 0;
		return true;
	case RULE_MMCONFIG_RANGE:
		d->system.platform_info.pci_mmconfig_base = 0;
		return true;
	case RULE_PCI_IS_VIRTUAL:
		d->system.platform_info.pci_is_virtual = 0;
		return true;
	case RULE_APIC_MODE:
		d->system.platform_info.x86.apic_mode = 0;
		return true;
	case RULE_INTERRUPT_LIMIT:
		d->system.platform_info.x86.vtd_interrupt_limit = 0;
		return true;
	default:
		return false;
	}
}

static bool remove_element(struct draft *d, const struct jailhouse_refusal *r, unsigned int index)
{
	enum draft_array which = draft_array_of(r->object);

	if (which != DRAFT_ARRAYS && index >= d->array[which].count)
		return false;
	switch (which) {
	case DRAFT_MEMORY:
		remove_region(d, index);
		return true;
	case DRAFT_PCI:
		remove_device(d, index);
		return true;
	case DRAFT_CAPS:
		remove_capability(d, index);
		return true;
	case DRAFT_ARRAYS:
		return false;
	default:
		draft_remove(d, which, index);
		return true;
	}
}

/* Change @d so that it does not break this rule in this place again; @index counts in @d. False: it cannot be told how. */
static bool leave_out(struct draft *d, const struct jailhouse_refusal *r, unsigned int index)
{
	enum jailhouse_rule rule = refusal_rule(r);

	if (rule == RULE_TEST_DEVICE || r->object == JAILHOUSE_OBJ_HEADER)
		return correct_header(d, r);
	if (r->object == JAILHOUSE_OBJ_CPU && index / 8 < d->cpu_set_size) {
		d->cpus[index / 8] &= (__u8)~(1 << index % 8);
		return true;
	}
	if (r->object == JAILHOUSE_OBJ_CONSOLE) {
		memset(r->cell_name[0] ? &d->system.root_cell.console : &d->system.debug_console, 0, sizeof(struct jailhouse_console));
		return true;
	}
	if (rule == RULE_IRQCHIP_PINS || rule == RULE_IRQCHIP_PIN_NOT_ROOTS || rule == RULE_IRQCHIP_PIN_IN_USE)
		return index < d->array[DRAFT_IRQCHIPS].count && clear_pin(d, index, r->value[0]);
	return remove_element(d, r, index);
}

/* --- asking again --- */

/* struct question - which rules: those of @first alone, or with @second as it is */
struct question {
	enum { ALONE, ON_SYSTEM, TOGETHER } kind;
	const struct source *first, *second;
};

static int ask_system(const struct judge *judge, const void *binary, size_t size, struct jailhouse_refusal *r)
{
	struct system_view v;

	return judge->system_view_init(&v, binary, size, r) ?: judge->check_system(&v, r);
}

static int ask_cell(const struct question *q, const void *binary, size_t size, struct jailhouse_refusal *r)
{
	const struct judge *judge = q->first->judge;
	struct cell_view cell, other;
	struct system_view sys;
	int err = judge->cell_view_init(&cell, binary, size, r);

	if (err)
		return err;
	switch (q->kind) {
	case ON_SYSTEM:
		return judge->system_view_init(&sys, q->second->binary, q->second->size, r) ?: judge->check_cell_in_system(&cell, &sys, r);
	case TOGETHER:
		return judge->cell_view_init(&other, q->second->binary, q->second->size, r) ?: judge->check_cell_pair(&cell, &other, r);
	default:
		return judge->check_cell(&cell, r);
	}
}

static int ask(const struct question *q, const struct draft *d, struct jailhouse_refusal *r)
{
	size_t size;
	void *binary = draft_binary(d, &size);
	int err;

	memset(r, 0, sizeof(*r));
	err = d->is_system ? ask_system(q->first->judge, binary, size, r) : ask_cell(q, binary, size, r);
	free(binary);
	return err;
}

static unsigned int original_index(const struct draft *d, enum jailhouse_object object, unsigned int index)
{
	enum draft_array which = draft_array_of(object);

	return which != DRAFT_ARRAYS && index < d->array[which].count ? d->array[which].origin[index].index : index;
}

static struct side side_of(const struct source *s, __u16 object, __u16 index)
{
	return (struct side){ object ? s : NULL, object, index };
}

/* The sentence with the numbers of the file, not of what is left of it */
static void add_finding(struct verdict *f, const struct question *q, struct jailhouse_refusal *r, const struct draft *d)
{
	bool others = r->other_cell >= 0 || r->other_name[0];
	const struct source *other = others && q->second ? q->second : q->first;
	struct finding *finding = find(f);

	r->index = (__u16)original_index(d, r->object, r->index);
	if (!others)
		r->other_index = (__u16)original_index(d, r->other_object, r->other_index);
	if (r->other_object == JAILHOUSE_OBJ_HYPERVISOR && q->second)
		other = q->second;
	finding->rule = r->rule;
	finding->is_error = true;
	finding->name = refusal_rule_name(r->rule);
	finding->what = side_of(q->first, r->object, r->index);
	finding->other = side_of(other, r->other_object, r->other_index);
	if (others && !r->other_object)
		finding->other = r->object == JAILHOUSE_OBJ_CPU ? side_of(other, r->object, r->index) : side_of(other, JAILHOUSE_OBJ_HEADER, 0);
	/* Cells of files have no id yet; 0 would be root's. */
	if (q->kind == TOGETHER)
		r->other_cell = -1;
	refusal_format(finding->sentence, sizeof(finding->sentence), r);
	f->errors++;
}

static void ask_all(struct verdict *f, const struct question *q)
{
	bool cpus_gone = false, goes_on = true;
	struct jailhouse_refusal r;
	struct draft d;
	unsigned int n, index;

	copy_draft(&d, &q->first->draft);
	for (n = 0; goes_on && ask(q, &d, &r); n++) {
		if (n == MAX_FINDINGS_EACH || (cpus_gone && refusal_rule(&r) == RULE_CPU_SET_EMPTY)) {
			f->incomplete = true;
			break;
		}
		cpus_gone = cpus_gone || r.object == JAILHOUSE_OBJ_CPU;
		index = r.index;
		add_finding(f, q, &r, &d);
		goes_on = leave_out(&d, &r, index);
		f->incomplete = f->incomplete || !goes_on;
	}
	draft_free(&d);
}

void check_alone(struct verdict *f, const struct source *s)
{
	struct question q = { ALONE, s, NULL };

	ask_all(f, &q);
}

void check_on_system(struct verdict *f, const struct source *cell, const struct source *system)
{
	struct question q = { ON_SYSTEM, cell, system };

	ask_all(f, &q);
}

void check_together(struct verdict *f, const struct source *cell, const struct source *other)
{
	struct question q = { TOGETHER, cell, other };

	ask_all(f, &q);
}

/* Without findings alone: the rules between files are for such only. */
static bool is_sound(struct verdict *f, const struct source *s)
{
	unsigned int errors = f->errors;

	check_alone(f, s);
	return f->errors == errors;
}

void check_all(struct verdict *f, const struct source *system, const struct source *cells, unsigned int count)
{
	bool sound_system = system && is_sound(f, system);
	bool *sound = calloc(count + 1, sizeof(*sound));
	unsigned int n, m;

	if (!sound)
		abort();
	for (n = 0; n < count; n++) {
		sound[n] = is_sound(f, &cells[n]);
		if (sound[n] && sound_system)
			check_on_system(f, &cells[n], system);
		f->incomplete = f->incomplete || !sound[n] || (system && !sound_system);
		for (m = 0; m < n; m++)
			if (sound[n] && sound[m])
				check_together(f, &cells[n], &cells[m]);
	}
	free(sound);
}

/* --- for people --- */

struct place side_place(const struct side *s)
{
	const struct draft *d = &s->source->draft;
	enum draft_array which = draft_array_of(s->object);
	struct place at = d->header;

	if (which != DRAFT_ARRAYS && s->index < d->array[which].count)
		at = d->array[which].origin[s->index].at;
	else if (s->object == JAILHOUSE_OBJ_CPU)
		at = d->cpus_at;
	else if (s->object == JAILHOUSE_OBJ_CONSOLE)
		at = d->is_system && d->system.debug_console.type ? d->hv_console : d->console;
	else if (s->object == JAILHOUSE_OBJ_HYPERVISOR)
		at = d->hypervisor;
	if (!at.file)
		at.file = s->source->path;
	return at;
}

static int describe_range(const struct side *s, char *buf, size_t size)
{
	const struct draft *d = &s->source->draft;
	const struct jailhouse_pci_device *dev;
	const struct jailhouse_memory *m;
	const struct jailhouse_pio *p;

	switch (s->object) {
	case JAILHOUSE_OBJ_MEMORY:
		m = draft_at(d, DRAFT_MEMORY, s->index);
		return snprintf(buf, size, "0x%llx-0x%llx", m->phys_start, m->phys_start + m->size - 1);
	case JAILHOUSE_OBJ_PIO:
		p = draft_at(d, DRAFT_PIO, s->index);
		return snprintf(buf, size, "0x%x-0x%x", p->base, p->base + p->length - 1);
	case JAILHOUSE_OBJ_PCI_DEVICE:
		dev = draft_at(d, DRAFT_PCI, s->index);
		return snprintf(buf, size, "%02x:%02x.%x", dev->bdf >> 8, dev->bdf >> 3 & 0x1f, dev->bdf & 7);
	case JAILHOUSE_OBJ_HYPERVISOR:
		m = &d->system.hypervisor_memory;
		return d->is_system ? snprintf(buf, size, "0x%llx-0x%llx", m->phys_start, m->phys_start + m->size - 1) : 0;
	default:
		buf[0] = '\0';
		return 0;
	}
}

void side_describe(const struct side *s, char *buf, size_t size)
{
	static const char *const words[] = {
		[JAILHOUSE_OBJ_HEADER] = "the configuration", [JAILHOUSE_OBJ_CPU] = "CPU", [JAILHOUSE_OBJ_MEMORY] = "memory region",
		[JAILHOUSE_OBJ_CACHE] = "cache region", [JAILHOUSE_OBJ_IRQCHIP] = "interrupt controller", [JAILHOUSE_OBJ_PIO] = "port range",
		[JAILHOUSE_OBJ_PCI_DEVICE] = "PCI device", [JAILHOUSE_OBJ_PCI_CAP] = "PCI capability", [JAILHOUSE_OBJ_STREAM_ID] = "stream id",
		[JAILHOUSE_OBJ_CONSOLE] = "the console", [JAILHOUSE_OBJ_HYPERVISOR] = "the hypervisor",
	};
	const struct draft *d = &s->source->draft;
	enum draft_array which = draft_array_of(s->object);
	const char *word = s->object < sizeof(words) / sizeof(words[0]) ? words[s->object] : NULL, *label = NULL;
	bool in_array = which != DRAFT_ARRAYS && s->index < d->array[which].count;
	char range[80] = "";
	int n;

	if (in_array)
		label = d->array[which].origin[s->index].label;
	if (in_array || s->object == JAILHOUSE_OBJ_HYPERVISOR)
		describe_range(s, range, sizeof(range));
	n = snprintf(buf, size, "%s", word ? word : "it");
	if (which != DRAFT_ARRAYS || s->object == JAILHOUSE_OBJ_CPU)
		n += snprintf(buf + n, size - (size_t)n, " %u", s->index);
	if (label || range[0])
		snprintf(buf + n, size - (size_t)n, " (%.100s%s%s)", label ? label : "", label && range[0] ? ", " : "", range);
}
