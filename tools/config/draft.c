// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>

#include "draft.h"

static void *must(void *memory)
{
	if (!memory) {
		fputs("jailhouse: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void draft_init(struct draft *d)
{
	static const size_t sizes[DRAFT_ARRAYS] = {
		[DRAFT_MEMORY] = sizeof(struct jailhouse_memory), [DRAFT_CACHE] = sizeof(struct jailhouse_cache),
		[DRAFT_IRQCHIPS] = sizeof(struct jailhouse_irqchip), [DRAFT_PIO] = sizeof(struct jailhouse_pio),
		[DRAFT_PCI] = sizeof(struct jailhouse_pci_device), [DRAFT_CAPS] = sizeof(struct jailhouse_pci_capability),
		[DRAFT_STREAMS] = sizeof(union jailhouse_stream_id),
	};
	unsigned int n;

	memset(d, 0, sizeof(*d));
	for (n = 0; n < DRAFT_ARRAYS; n++)
		d->array[n].size = sizes[n];
}

void draft_free(struct draft *d)
{
	unsigned int n;

	for (n = 0; n < DRAFT_ARRAYS; n++) {
		free(d->array[n].data);
		free(d->array[n].origin);
	}
	free(d->cpus);
	free(d->extension);
	draft_init(d);
}

void *draft_add(struct draft *d, enum draft_array which, const void *element, struct origin origin)
{
	struct array *a = &d->array[which];
	void *there;

	if (a->count == a->room) {
		a->room = a->room ? 2 * a->room : 16;
		a->data = must(realloc(a->data, a->room * a->size));
		a->origin = must(realloc(a->origin, a->room * sizeof(*a->origin)));
	}
	there = (char *)a->data + a->count * a->size;
	if (element)
		memcpy(there, element, a->size);
	else
		memset(there, 0, a->size);
	origin.index = a->count;
	a->origin[a->count++] = origin;
	return there;
}

void draft_remove(struct draft *d, enum draft_array which, unsigned int n)
{
	struct array *a = &d->array[which];

	a->count--;
	memmove((char *)a->data + n * a->size, (char *)a->data + (n + 1) * a->size, (a->count - n) * a->size);
	memmove(a->origin + n, a->origin + n + 1, (a->count - n) * sizeof(*a->origin));
}

void draft_name(const struct draft *d, char name[JAILHOUSE_CELL_NAME_MAXLEN + 2])
{
	const char *from = d->system.root_cell.name;
	unsigned int n;

	for (n = 0; n <= JAILHOUSE_CELL_NAME_MAXLEN && from[n]; n++)
		name[n] = from[n] >= 0x20 && from[n] < 0x7f ? from[n] : '?';
	name[n] = '\0';
}

enum draft_array draft_array_of(enum jailhouse_object object)
{
	switch (object) {
	case JAILHOUSE_OBJ_MEMORY:
		return DRAFT_MEMORY;
	case JAILHOUSE_OBJ_CACHE:
		return DRAFT_CACHE;
	case JAILHOUSE_OBJ_IRQCHIP:
		return DRAFT_IRQCHIPS;
	case JAILHOUSE_OBJ_PIO:
		return DRAFT_PIO;
	case JAILHOUSE_OBJ_PCI_DEVICE:
		return DRAFT_PCI;
	case JAILHOUSE_OBJ_PCI_CAP:
		return DRAFT_CAPS;
	case JAILHOUSE_OBJ_STREAM_ID:
		return DRAFT_STREAMS;
	default:
		return DRAFT_ARRAYS;
	}
}

static void set_counts(const struct draft *d, struct jailhouse_cell_desc *desc)
{
	desc->cpu_set_size = d->cpu_set_size;
	desc->num_memory_regions = d->array[DRAFT_MEMORY].count;
	desc->num_cache_regions = d->array[DRAFT_CACHE].count;
	desc->num_irqchips = d->array[DRAFT_IRQCHIPS].count;
	desc->num_pio_regions = d->array[DRAFT_PIO].count;
	desc->num_pci_devices = d->array[DRAFT_PCI].count;
	desc->num_pci_caps = d->array[DRAFT_CAPS].count;
	desc->num_stream_ids = d->array[DRAFT_STREAMS].count;
	if (d->extension_size)
		desc->flags |= JAILHOUSE_CELL_X_EXTENSION;
	else
		desc->flags &= ~JAILHOUSE_CELL_X_EXTENSION;
}

static __u8 *append(__u8 *to, const void *data, size_t size)
{
	if (size)
		memcpy(to, data, size);
	return to + size;
}

void *draft_binary(const struct draft *d, size_t *size)
{
	struct jailhouse_system system = d->system;
	size_t total = d->cpu_set_size + d->extension_size;
	__u8 *binary, *pos;
	unsigned int n;

	set_counts(d, &system.root_cell);
	for (n = 0; n < DRAFT_ARRAYS; n++)
		total += d->array[n].count * d->array[n].size;
	total += d->is_system ? sizeof(system) : sizeof(system.root_cell);
	binary = must(malloc(total));
	pos = d->is_system ? append(binary, &system, sizeof(system)) : append(binary, &system.root_cell, sizeof(system.root_cell));
	pos = append(pos, d->cpus, d->cpu_set_size);
	for (n = 0; n < DRAFT_ARRAYS; n++)
		pos = append(pos, d->array[n].data, d->array[n].count * d->array[n].size);
	append(pos, d->extension, d->extension_size);
	*size = total;
	return binary;
}

static void take_array(struct draft *d, enum draft_array which, const void *data, unsigned int count, struct place at)
{
	unsigned int n;

	for (n = 0; n < count; n++)
		draft_add(d, which, (const char *)data + n * d->array[which].size, (struct origin){ .at = at });
}

static __u8 *duplicate(const void *data, size_t size)
{
	__u8 *copy = must(malloc(size ? size : 1));

	append(copy, data, size);
	return copy;
}

void draft_from_view(struct draft *d, const struct cell_view *v, const struct jailhouse_system *system, const char *file)
{
	struct place at = { file, 0, 0 };

	d->is_system = system;
	if (system)
		d->system = *system;
	d->system.root_cell = *v->desc;
	d->header = d->console = d->hypervisor = d->hv_console = d->cpus_at = at;
	d->cpu_set_size = v->cpu_set_size;
	d->cpus = duplicate(v->cpu_set, v->cpu_set_size);
	take_array(d, DRAFT_MEMORY, v->mem, v->num_mem, at);
	take_array(d, DRAFT_CACHE, v->cache, v->num_cache, at);
	take_array(d, DRAFT_IRQCHIPS, v->irqchips, v->num_irqchips, at);
	take_array(d, DRAFT_PIO, v->pio, v->num_pio, at);
	take_array(d, DRAFT_PCI, v->pci_devices, v->num_pci_devices, at);
	take_array(d, DRAFT_CAPS, v->pci_caps, v->num_pci_caps, at);
	take_array(d, DRAFT_STREAMS, v->stream_ids, v->num_stream_ids, at);
	if (v->extension) {
		d->extension_size = v->size - (unsigned int)((const __u8 *)v->extension - (const __u8 *)v->desc);
		d->extension = duplicate(v->extension, d->extension_size);
	}
}
