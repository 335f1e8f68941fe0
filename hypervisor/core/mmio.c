// SPDX-License-Identifier: GPL-2.0
/*
 * mmio - table of trapped regions, sorted by address. An exit reads it without a lock: it is complete
 * before the cell has a CPU, and stays so.
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
	memmove(&t->regions[pos + 1], &t->regions[pos], (t->count - pos) * sizeof(*t->regions));
	t->regions[pos] =
		(struct mmio_region){ .start = start, .size = size, .handler = h, .arg = arg };
	t->count++;
	return 0;
}

enum vdev_result mmio_dispatch(struct vcpu *vcpu, struct mmio_access *a)
{
	const struct mmio_table *t = &vcpu->pcpu->cell->mmio;
	u32 pos = first_above(t, a->addr.v);

	if (pos == t->count ||
	    !range_contains(t->regions[pos].start, t->regions[pos].size, a->addr.v, a->size))
		return VDEV_UNHANDLED;
	return t->regions[pos].handler(vcpu, t->regions[pos].arg, a);
}
