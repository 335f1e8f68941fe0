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

static const u8 *map_byte(u64 pa)
{
	return (const u8 *)arch_window_map(WINDOW_GUEST, hpa(pa & PAGE_MASK), false) + pa % PAGE_SIZE;
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
		memcpy(out, map_byte(pa), part);
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

int guest_translate(struct vcpu *v, gpa_t src, u64 *pa)
{
	struct stage2_hint *h = &v->hints[src.v / PAGE_SIZE % VCPU_HINTS];
	u64 page = src.v & PAGE_MASK;

	if (unlikely(h->tag != (page | 1)) && !find_page(v, h, page))
		return -HV_EINVAL;
	*pa = h->page + (src.v & ~PAGE_MASK);
	return 0;
}

int guest_read(struct vcpu *v, gpa_t src, unsigned int size, u64 *value)
{
	const u8 *p;
	u64 pa;

	if (src.v & (size - 1) || guest_translate(v, src, &pa))
		return -HV_EINVAL;
	p = map_byte(pa);
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
	u64 pa;

	if (guest_translate(v, src, &pa))
		return -HV_EINVAL;
	copy_bytes(dst, map_byte(pa), len);
	barrier();	/* as in guest_snapshot() */
	arch_window_unmap(WINDOW_GUEST);
	return 0;
}
