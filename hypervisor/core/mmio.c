// SPDX-License-Identifier: GPL-2.0
/*
 * mmio - table of trapped regions, sorted by address. An exit reads it without a lock and repeats
 * when the table has changed meanwhile.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell.h>
#include <common/lib/range.h>
#include <common/lib/string.h>

static u32 table_pages(u32 capacity)
{
	return PAGE_ALIGN(capacity * sizeof(struct mmio_region)) / PAGE_SIZE;
}

int mmio_table_init(struct cell *c, u32 capacity)
{
	c->mmio = (struct mmio_table){ .capacity = capacity };
	if (!capacity)
		return 0;
	c->mmio.regions = page_alloc(&c->sys->pool, table_pages(capacity));
	return c->mmio.regions ? 0 : -HV_ENOMEM;
}

void mmio_table_destroy(struct cell *c)
{
	if (c->mmio.regions)
		page_free(&c->sys->pool, c->mmio.regions, table_pages(c->mmio.capacity));
	c->mmio = (struct mmio_table){ 0 };
}

/* Writers: odd generation while the array is inconsistent; pairs with find_region(). */
static void begin_change(struct mmio_table *t)
{
	__atomic_store_n(&t->generation, t->generation + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static void end_change(struct mmio_table *t)
{
	__atomic_store_n(&t->generation, t->generation + 1, __ATOMIC_RELEASE);
}

/* Index of the first region that ends above @addr. */
static u32 first_above(const struct mmio_table *t, u64 addr)
{
	u32 low = 0, high = t->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (range_last(t->regions[middle].start, t->regions[middle].size) < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int mmio_register(struct cell *c, u64 start, u64 size, mmio_handler_t h, void *arg)
{
	struct mmio_table *t = &c->mmio;
	u32 pos;

	if (!size || t->count >= t->capacity)
		return size ? -HV_ENOMEM : -HV_EINVAL;
	pos = first_above(t, start);
	if (pos < t->count &&
	    range_overlap(t->regions[pos].start, t->regions[pos].size, start, size))
		return -HV_EBUSY;
	begin_change(t);
	memmove(&t->regions[pos + 1], &t->regions[pos], (t->count - pos) * sizeof(*t->regions));
	t->regions[pos] =
		(struct mmio_region){ .start = start, .size = size, .handler = h, .arg = arg };
	t->count++;
	end_change(t);
	return 0;
}

void mmio_unregister(struct cell *c, u64 start)
{
	struct mmio_table *t = &c->mmio;
	u32 pos = first_above(t, start);

	if (pos == t->count || t->regions[pos].start != start)
		return;
	begin_change(t);
	memmove(&t->regions[pos], &t->regions[pos + 1], (t->count - pos - 1) * sizeof(*t->regions));
	t->count--;
	end_change(t);
}

static bool find_region(const struct mmio_table *t, const struct mmio_access *a,
			struct mmio_region *out)
{
	u32 generation, pos;
	bool found;

	do {
		generation = __atomic_load_n(&t->generation, __ATOMIC_ACQUIRE);
		pos = first_above(t, a->addr.v);
		found = pos < t->count && range_contains(t->regions[pos].start,
							 t->regions[pos].size, a->addr.v, a->size);
		if (found)
			*out = t->regions[pos];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (generation & 1 || generation != __atomic_load_n(&t->generation, __ATOMIC_RELAXED));
	return found;
}

enum vdev_result mmio_dispatch(struct vcpu *vcpu, struct mmio_access *a)
{
	struct mmio_region region;

	if (!find_region(&vcpu->pcpu->cell->mmio, a, &region))
		return VDEV_UNHANDLED;
	return region.handler(vcpu, region.arg, a);
}
