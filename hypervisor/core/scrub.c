// SPDX-License-Identifier: GPL-2.0
/*
 * scrub - a cell's CPUs clear the memory that changes its owner, in chunks, looking at their
 * mailboxes in between. Root runs meanwhile.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cell_ops.h>
#include <arch/contract.h>
#include <common/lib/string.h>

#define SCRUB_CHUNK 0x10000ULL

struct chunk { u64 phys, size; };

/*
 * The list of cells must not change while the ledger is asked: the management may be at work for
 * another cell. It is held for one pair of regions only.
 */
static bool next_run(struct cell *c, struct mem_extent *e)
{
	bool found;

	spin_lock(&c->sys->status_lock);
	found = mem_plan_run(&c->scrub.plan, e);
	spin_unlock(&c->sys->status_lock);
	return found;
}

static bool next_extent(struct cell *c)
{
	struct mem_extent e;

	while (mem_plan_seek(&c->scrub.plan)) {
		if (!next_run(c, &e))
			continue;
		c->scrub.next = e.phys;
		c->scrub.end = e.phys + e.size;
		return true;
	}
	return false;
}

static bool work_left(struct cell *c)
{
	return c->scrub.next < c->scrub.end || next_extent(c);
}

static bool take_chunk(struct cell *c, struct chunk *out)
{
	u64 left;
	bool found;

	spin_lock(&c->scrub.lock);
	found = c->scrub.active && work_left(c);
	if (found) {
		left = c->scrub.end - c->scrub.next;
		*out = (struct chunk){ c->scrub.next, left < SCRUB_CHUNK ? left : SCRUB_CHUNK };
		c->scrub.next += out->size;
		c->scrub.busy++;
	}
	spin_unlock(&c->scrub.lock);
	return found;
}

static void clear_chunk(struct chunk chunk)
{
	u64 offset;

	for (offset = 0; offset < chunk.size; offset += PAGE_SIZE)
		memset(arch_window_map(WINDOW_SCRUB, hpa(chunk.phys + offset), false), 0,
		       PAGE_SIZE);
	arch_window_unmap(WINDOW_SCRUB);
}

/* The CPU that finishes last ends the operation; true: there may be more chunks. */
static bool finish_chunk(struct cell *c)
{
	bool more;

	spin_lock(&c->scrub.lock);
	c->scrub.busy--;
	more = work_left(c);
	if (!more && !c->scrub.busy)
		/* release: the cleared bytes; pairs with scrub_active() */
		__atomic_store_n(&c->scrub.active, false, __ATOMIC_RELEASE);
	spin_unlock(&c->scrub.lock);
	return more;
}

bool scrub_step(struct vcpu *vcpu)
{
	struct cell *c = vcpu->pcpu->cell;
	struct chunk chunk;

	if (cell_is_root(c) || !take_chunk(c, &chunk))
		return false;
	clear_chunk(chunk);
	return finish_chunk(c);
}

bool scrub_active(const struct cell *c)
{
	return __atomic_load_n(&c->scrub.active, __ATOMIC_ACQUIRE);
}

void scrub_start(struct cell *c)
{
	spin_lock(&c->scrub.lock);
	mem_plan_start(&c->scrub.plan, c, MEM_PLAN_SCRUB);
	c->scrub.next = c->scrub.end = 0;
	c->scrub.busy = 0;
	c->started = false;
	__atomic_store_n(&c->scrub.active, work_left(c), __ATOMIC_RELAXED);
	spin_unlock(&c->scrub.lock);
}
