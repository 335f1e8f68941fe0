// SPDX-License-Identifier: GPL-2.0
/*
 * guest - copies out of guest memory, page by page through the CPU's window.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/guest.h>
#include <arch/contract.h>
#include <common/lib/range.h>
#include <common/lib/string.h>

static bool readable_ram(struct cell *c, u64 addr, u64 *pa)
{
	return pt_lookup_ram(&c->stage2, addr, pa);
}

static size_t rest_of_page(u64 addr, size_t len)
{
	size_t rest = PAGE_SIZE - addr % PAGE_SIZE;

	return len < rest ? len : rest;
}

int guest_read(struct cell *c, gpa_t src, unsigned int size, u64 *value)
{
	const u8 *p;
	u64 pa;

	if (src.v % size || !readable_ram(c, src.v, &pa))
		return -HV_EINVAL;
	p = (const u8 *)arch_window_map(WINDOW_GUEST, hpa(pa & PAGE_MASK), false) + pa % PAGE_SIZE;
	*value = size == 8 ? READ_ONCE(*(const u64 *)p) : READ_ONCE(*(const u32 *)p);
	arch_window_unmap(WINDOW_GUEST);
	return 0;
}

int guest_snapshot(struct cell *c, void *dst, gpa_t src, size_t len)
{
	u8 *out = dst;
	size_t part;
	__u64 end;
	u64 pa;

	if (!range_end(src.v, len, &end))
		return -HV_EINVAL;
	for (; len; len -= part, out += part, src.v += part) {
		part = rest_of_page(src.v, len);
		if (!readable_ram(c, src.v, &pa))
			return -HV_EINVAL;
		memcpy(out,
		       (u8 *)arch_window_map(WINDOW_GUEST, hpa(pa & PAGE_MASK), false) +
			       pa % PAGE_SIZE,
		       part);
		arch_window_unmap(WINDOW_GUEST);
	}
	barrier();	/* the copy is complete: the compiler must not read the source again */
	return 0;
}
