// SPDX-License-Identifier: GPL-2.0
/*
 * flush - a CPU starts with its caches off: what root, and the cell in its last life, wrote with theirs on has to be in memory, and
 * must not come there later.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <hv/cell.h>

static void flush_page(u64 pa)
{
	dcache_flush(arch_window_map(WINDOW_GUEST, hpa(pa), false), PAGE_SIZE);
	arch_window_unmap(WINDOW_GUEST);
}

#define FLUSH_SLICE	0x10000

/* @at: bytes of memory before it */
static bool find_memory(const struct cell *c, u64 at, u64 *pa)
{
	const struct jailhouse_memory *m;

	for (m = c->view.mem; m < c->view.mem + c->view.num_mem; m++) {
		if (m->flags & (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION) || JAILHOUSE_MEMORY_IS_SUBPAGE(m))
			continue;
		*pa = m->phys_start + at;
		if (at < m->size)
			return true;
		at -= m->size;
	}
	return false;
}

bool arm_flush_slice(struct cell *c)
{
	u64 end = c->arch.flushed + FLUSH_SLICE, pa;

	for (; c->arch.flushed < end; c->arch.flushed += PAGE_SIZE) {
		if (!find_memory(c, c->arch.flushed, &pa))
			return false;
		flush_page(pa);
	}
	return true;
}
