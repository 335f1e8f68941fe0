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

static size_t rest_of_page(u64 addr, size_t len)
{
	size_t rest = PAGE_SIZE - addr % PAGE_SIZE;

	return len < rest ? len : rest;
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
		if (!pt_lookup_ram(&c->stage2, src.v, &pa))
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

/* --- exits -------------------------------------------------------------------------------- */

static bool find_page(struct vcpu *v, struct stage2_hint *h, u64 page)
{
	u64 pa;

	if (!pt_lookup_ram(&v->pcpu->cell->stage2, page, &pa))
		return false;
	*h = (struct stage2_hint){ .tag = page | 1, .page = pa };
	return true;
}

/* The page in the window; NULL: not readable RAM. */
static const u8 *map_page(struct vcpu *v, u64 addr)
{
	struct stage2_hint *h = &v->hints[addr / PAGE_SIZE % VCPU_HINTS];
	u64 page = addr & PAGE_MASK;

	if (unlikely(h->tag != (page | 1)) && !find_page(v, h, page))
		return NULL;
	return arch_window_map(WINDOW_GUEST, hpa(h->page), false);
}

int guest_read(struct vcpu *v, gpa_t src, unsigned int size, u64 *value)
{
	const u8 *p;

	if (src.v & (size - 1))
		return -HV_EINVAL;
	p = map_page(v, src.v);
	if (!p)
		return -HV_EINVAL;
	p += src.v % PAGE_SIZE;
	*value = size == 8 ? READ_ONCE(*(const u64 *)p) : READ_ONCE(*(const u32 *)p);
	arch_window_unmap(WINDOW_GUEST);
	return 0;
}

/*
 * Eight bytes at a time, the last eight overlapping: a byte that the guest changes in between has one
 * of its values in the copy, and nobody reads it again.
 */
static void copy_bytes(u8 *dst, const u8 *src, unsigned int len)
{
	unsigned int i;

	if (len < 8) {
		for (i = 0; i < len; i++)
			dst[i] = src[i];
		return;
	}
	for (i = 0; i + 8 < len; i += 8)
		__builtin_memcpy(dst + i, src + i, 8);
	__builtin_memcpy(dst + len - 8, src + len - 8, 8);
}

int guest_fetch(struct vcpu *v, u8 *dst, gpa_t src, unsigned int len)
{
	const u8 *p = map_page(v, src.v);

	if (!p)
		return -HV_EINVAL;
	copy_bytes(dst, p + src.v % PAGE_SIZE, len);
	barrier();	/* as in guest_snapshot() */
	arch_window_unmap(WINDOW_GUEST);
	return 0;
}
