// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <stdlib.h>
#include <string.h>
#include <common/lib/range.h>

#include "place.h"

#define PAGE	0x1000ULL
#define LARGE	0x200000ULL	/* pages of 2 MiB: the tables need no smaller ones if address and guest address agree so far */

static const char for_cells[] = "RAM for cells";

void spans_add(struct spans *s, __u64 start, __u64 size)
{
	struct span *grown;

	if (!size)
		return;
	grown = realloc(s->item, (s->count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	s->item = grown;
	s->item[s->count++] = (struct span){ start, range_last(start, size) };
}

void spans_free(struct spans *s)
{
	free(s->item);
	*s = (struct spans){ NULL, 0 };
}

static struct jailhouse_memory *region_at(const struct draft *d, unsigned int n)
{
	return draft_at(d, DRAFT_MEMORY, n);
}

/* --- requests ---------------------------------------------------------------------------------------------------------------- */

struct element {
	struct jailhouse_ext_element head;
	struct jailhouse_ext_place place;
} __attribute__((packed));

static bool is_power_of_2(__u64 n)
{
	return n && !(n & (n - 1));
}

/* Memory of its address and size in one place, whoever has it. NULL: there is none. */
static struct jailhouse_memory *memory_of(const struct draft *d, __u32 region)
{
	if (region != JAILHOUSE_EXT_HYPERVISOR)
		return region < d->array[DRAFT_MEMORY].count ? region_at(d, region) : NULL;
	return d->is_system ? (struct jailhouse_memory *)&d->system.hypervisor_memory : NULL;
}

static bool is_request(const struct draft *d, const struct element *e)
{
	const struct jailhouse_memory *m;

	if (e->head.tag != JAILHOUSE_EXT_PLACE || e->head.length != sizeof(e->place) || e->place.reserved)
		return false;
	m = memory_of(d, e->place.region);
	return m && !m->phys_start && m->size && !(m->size & (PAGE - 1)) && !(m->flags & (JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_IO)) &&
		(!e->place.align || (is_power_of_2(e->place.align) && e->place.align >= PAGE));
}

const struct jailhouse_ext_place *place_request(const struct draft *d, unsigned int n)
{
	const struct jailhouse_ext_block *block = (const void *)d->extension;
	const __u64 pos = sizeof(*block) + (__u64)n * sizeof(struct element);
	const struct element *e;

	if (d->extension_size < pos + sizeof(*e) || block->magic != JAILHOUSE_EXT_MAGIC || block->size != d->extension_size)
		return NULL;
	e = (const void *)(d->extension + pos);
	return is_request(d, e) ? &e->place : NULL;
}

void place_ask(struct draft *d, __u32 region, __u64 align)
{
	const struct jailhouse_ext_block empty = { JAILHOUSE_EXT_MAGIC, sizeof(empty) };
	const struct element e = { { JAILHOUSE_EXT_PLACE, sizeof(e.place) }, { region, 0, align } };
	const unsigned int size = d->extension_size ? d->extension_size : (unsigned int)sizeof(empty);
	__u8 *grown = realloc(d->extension, size + sizeof(e));

	if (!grown)
		abort();
	if (!d->extension_size)
		memcpy(grown, &empty, sizeof(empty));
	memcpy(grown + size, &e, sizeof(e));
	d->extension = grown;
	d->extension_size = ((struct jailhouse_ext_block *)grown)->size = size + (unsigned int)sizeof(e);
}

bool place_asked(const struct draft *d, __u32 region, __u64 *align)
{
	const struct jailhouse_ext_place *p;
	unsigned int n;

	for (n = 0; (p = place_request(d, n)); n++) {
		if (p->region == region) {
			*align = p->align;
			return true;
		}
	}
	return false;
}

bool place_wanted(const struct draft *d)
{
	return place_request(d, 0);
}

static void forget_requests(struct draft *d, unsigned int count)
{
	const unsigned int head = sizeof(struct jailhouse_ext_block), size = count * (unsigned int)sizeof(struct element);

	memmove(d->extension + head, d->extension + head + size, d->extension_size - head - size);
	d->extension_size -= size;
	((struct jailhouse_ext_block *)d->extension)->size = d->extension_size;
	if (d->extension_size == head)
		d->extension_size = 0;
}

/* --- systems ----------------------------------------------------------------------------------------------------------------- */

static __u64 system_align(const struct jailhouse_ext_place *p)
{
	return p->align ? p->align : p->region == JAILHOUSE_EXT_HYPERVISOR ? LARGE : PAGE;
}

__u64 place_system_align(const struct draft *d)
{
	const struct jailhouse_ext_place *p;
	__u64 align = PAGE;
	unsigned int n;

	for (n = 0; (p = place_request(d, n)); n++)
		align = system_align(p) > align ? system_align(p) : align;
	return align;
}

static bool align_up(__u64 *value, __u64 align)
{
	if (*value > ~0ULL - (align - 1))
		return false;
	*value = (*value + align - 1) & ~(align - 1);
	return true;
}

__u64 place_system_size(const struct draft *d)
{
	const struct jailhouse_ext_place *p;
	__u64 at = 0;
	unsigned int n;

	for (n = 0; (p = place_request(d, n)); n++) {
		if (!align_up(&at, system_align(p)) || !range_end(at, memory_of(d, p->region)->size, &at))
			return 0;
	}
	return at;
}

bool place_is_for_cells(const struct draft *d, unsigned int region)
{
	const char *label = d->array[DRAFT_MEMORY].origin[region].label;

	return label && (!strncmp(label, for_cells, strlen(for_cells)) || !strncmp(label, "RAM for the cells", 17) || !strncmp(label, "RAM of the cells", 16));
}

#define RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)

/* What can be cut: the root cell's RAM, which is not for cells already */
static bool is_ram(const struct draft *d, unsigned int n)
{
	const struct jailhouse_memory *m = region_at(d, n);
	__u64 align;

	return m->size && (m->flags & RAM) == RAM && !(m->flags & (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_ROOTSHARED)) &&
		m->phys_start == m->virt_start && !place_is_for_cells(d, n) && !place_asked(d, n, &align);
}

/* The region of RAM with @address, or the number of regions */
static unsigned int find_ram(const struct draft *d, __u64 address)
{
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++) {
		if (is_ram(d, n) && range_contains(region_at(d, n)->phys_start, region_at(d, n)->size, address, 1))
			break;
	}
	return n;
}

static bool all_ram(const struct draft *d, __u64 start, __u64 end)
{
	unsigned int n;
	__u64 last;

	for (;;) {
		n = find_ram(d, start);
		if (n == d->array[DRAFT_MEMORY].count)
			return false;
		last = range_last(region_at(d, n)->phys_start, region_at(d, n)->size);
		if (last >= end)
			return true;
		start = last + 1;
	}
}

static void set_range(struct jailhouse_memory *m, __u64 start, __u64 end)
{
	m->phys_start = m->virt_start = start;
	m->size = end - start + 1;
}

/* A region goes, and the links that stand behind it move. */
static void remove_region(struct draft *d, unsigned int n)
{
	unsigned int i;

	draft_remove(d, DRAFT_MEMORY, n);
	for (i = n; i < d->array[DRAFT_MEMORY].count; i++)
		d->array[DRAFT_MEMORY].origin[i].index = i;
	for (i = 0; i < d->array[DRAFT_PCI].count; i++) {
		struct jailhouse_pci_device *dev = draft_at(d, DRAFT_PCI, i);

		if (dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM && dev->shmem_regions_start > n)
			dev->shmem_regions_start--;
	}
}

/* Region @n without [@start, @end]: what is left behind it stands at the end of the list, where it moves no other. */
static void cut(struct draft *d, unsigned int n, __u64 start, __u64 end)
{
	struct jailhouse_memory whole = *region_at(d, n), rest = whole;
	const __u64 first = whole.phys_start, last = range_last(whole.phys_start, whole.size);

	if (first < start)
		set_range(region_at(d, n), first, start - 1);
	if (last <= end) {
		if (first >= start)
			remove_region(d, n);
		return;
	}
	set_range(&rest, end + 1, last);
	if (first < start)
		draft_add(d, DRAFT_MEMORY, &rest, d->array[DRAFT_MEMORY].origin[n]);
	else
		*region_at(d, n) = rest;
}

/* Backwards: what goes moves none that is still to be looked at. */
static void cut_ram(struct draft *d, __u64 start, __u64 end, const bool *ram, unsigned int count)
{
	while (count-- > 0) {
		if (ram[count] && range_overlap(region_at(d, count)->phys_start, region_at(d, count)->size, start, end - start + 1))
			cut(d, count, start, end);
	}
}

/* All requests, which are none any more; the caller frees them. */
static struct jailhouse_ext_place *take_requests(struct draft *d, unsigned int *count)
{
	struct jailhouse_ext_place *list;
	unsigned int n;

	for (*count = 0; place_request(d, *count); ++*count)
		;
	list = calloc(*count + 1, sizeof(*list));
	if (!list)
		abort();
	for (n = 0; n < *count; n++)
		list[n] = *place_request(d, n);
	if (*count)
		forget_requests(d, *count);
	return list;
}

static void give_address(struct draft *d, __u32 region, __u64 start)
{
	struct jailhouse_memory *m = memory_of(d, region);

	m->phys_start = start;
	if (region == JAILHOUSE_EXT_HYPERVISOR)
		return;
	m->virt_start = start;
	if (!d->array[DRAFT_MEMORY].origin[region].label)
		d->array[DRAFT_MEMORY].origin[region].label = for_cells;
}

static bool *list_ram(const struct draft *d)
{
	bool *ram = calloc(d->array[DRAFT_MEMORY].count + 1, sizeof(*ram));
	unsigned int n;

	if (!ram)
		abort();
	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++)
		ram[n] = is_ram(d, n);
	return ram;
}

bool place_system_fits(const struct draft *d, __u64 start)
{
	const __u64 size = place_system_size(d);

	return size && !(start & (place_system_align(d) - 1)) && size - 1 <= ~0ULL - start && all_ram(d, start, start + size - 1);
}

bool place_system(struct draft *d, __u64 start)
{
	const __u64 size = place_system_size(d);
	struct jailhouse_ext_place *list;
	unsigned int n, count;
	__u64 at = start;
	bool *ram;

	if (!place_system_fits(d, start))
		return false;
	ram = list_ram(d);
	list = take_requests(d, &count);
	for (n = 0; n < count; n++) {
		align_up(&at, system_align(&list[n]));
		give_address(d, list[n].region, at);
		at += memory_of(d, list[n].region)->size;
	}
	cut_ram(d, start, start + size - 1, ram, d->array[DRAFT_MEMORY].count);
	free(list);
	free(ram);
	return true;
}

bool place_system_somewhere(struct draft *d)
{
	const __u64 size = place_system_size(d), align = place_system_align(d);
	__u64 best = 0;
	unsigned int n;

	for (n = 0; size && n < d->array[DRAFT_MEMORY].count; n++) {
		const struct jailhouse_memory *m = region_at(d, n);
		__u64 last = range_last(m->phys_start, m->size), start;

		if (!is_ram(d, n) || m->size < size)
			continue;
		start = (last - (size - 1)) & ~(align - 1);
		best = start >= m->phys_start && start > best ? start : best;
	}
	return best && place_system(d, best);
}

void place_pool(const struct draft *system, struct spans *pool)
{
	unsigned int n;

	for (n = 0; n < system->array[DRAFT_MEMORY].count; n++) {
		if (place_is_for_cells(system, n))
			spans_add(pool, region_at(system, n)->phys_start, region_at(system, n)->size);
	}
}

void place_pool_guess(const struct draft *system, struct spans *pool)
{
	unsigned int n;

	if (!system) {
		spans_add(pool, 1ULL << 32, 1ULL << 40);
		return;
	}
	place_pool(system, pool);
	for (n = 0; !pool->count && n < system->array[DRAFT_MEMORY].count; n++) {
		const struct jailhouse_memory *m = region_at(system, n);

		if ((m->flags & RAM) == RAM && !(m->flags & JAILHOUSE_MEM_IO))
			spans_add(pool, m->phys_start, m->size);
	}
}

/* --- cells ------------------------------------------------------------------------------------------------------------------- */

void place_taken(const struct draft *d, struct spans *taken)
{
	unsigned int n;
	__u64 align;

	if (d->is_system) {
		spans_add(taken, d->system.hypervisor_memory.phys_start, d->system.hypervisor_memory.size);
		return;
	}
	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++) {
		if (!(region_at(d, n)->flags & JAILHOUSE_MEM_COMM_REGION) && !place_asked(d, n, &align))
			spans_add(taken, region_at(d, n)->phys_start, region_at(d, n)->size);
	}
}

/* The first span of @taken with a byte of [@start, @end] */
static const struct span *find_taken(const struct spans *taken, __u64 start, __u64 end)
{
	unsigned int n;

	for (n = 0; n < taken->count; n++) {
		if (taken->item[n].start <= end && taken->item[n].end >= start)
			return &taken->item[n];
	}
	return NULL;
}

/* The first number from @at on that is @rest behind a multiple of @align; false: there is none. */
static bool align_to(__u64 *at, __u64 align, __u64 rest)
{
	const __u64 more = (rest - *at) & (align - 1);

	return !__builtin_add_overflow(*at, more, at);
}

static bool find_in_span(const struct span *span, const struct spans *taken, __u64 size, __u64 align, __u64 rest, __u64 *start)
{
	const struct span *other;
	__u64 at = span->start;

	while (align_to(&at, align, rest) && at <= span->end && size - 1 <= span->end - at) {
		other = find_taken(taken, at, at + size - 1);
		if (!other) {
			*start = at;
			return true;
		}
		if (other->end >= span->end)
			return false;
		at = other->end + 1;
	}
	return false;
}

static bool find_address(const struct jailhouse_memory *m, __u64 align, const struct spans *pool, const struct spans *taken, __u64 *start)
{
	const bool large = !align && m->size >= LARGE;
	unsigned int n;

	for (n = 0; n < pool->count; n++) {
		if (find_in_span(&pool->item[n], taken, m->size, large ? LARGE : align ? align : PAGE, large ? m->virt_start & (LARGE - PAGE) : 0, start))
			return true;
	}
	return false;
}

bool place_cell(struct draft *d, const struct spans *pool, const struct spans *taken, __u64 *missing)
{
	struct spans all = { NULL, 0 };
	const struct jailhouse_ext_place *p;
	struct jailhouse_ext_place *list;
	unsigned int n, count;
	bool fits = true;
	__u64 *start;

	for (n = 0; n < taken->count; n++)
		spans_add(&all, taken->item[n].start, taken->item[n].end - taken->item[n].start + 1);
	place_taken(d, &all);
	for (count = 0; place_request(d, count); count++)
		;
	start = calloc(count + 1, sizeof(*start));
	if (!start)
		abort();
	for (n = 0; fits && (p = place_request(d, n)); n++) {
		*missing = region_at(d, p->region)->size;
		fits = find_address(region_at(d, p->region), p->align, pool, &all, &start[n]);
		if (fits)
			spans_add(&all, start[n], *missing);
	}
	if (fits) {
		list = take_requests(d, &count);
		for (n = 0; n < count; n++)
			region_at(d, list[n].region)->phys_start = start[n];
		free(list);
	}
	free(start);
	spans_free(&all);
	return fits;
}
