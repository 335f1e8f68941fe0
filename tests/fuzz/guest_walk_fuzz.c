// SPDX-License-Identifier: GPL-2.0
/* sources: tests/fuzz/replay.c hypervisor/emul/guest_walk.c */
/*
 * Guest virtual → physical over hostile page tables. Control registers and an address, then memory: pairs of place and entry.
 *
 * Held: at most five reads, aligned and below 2^52; a result below 2^52 with the page offset kept; the same answer as a
 * second walker, which is written from tables of the manual and shares nothing with the first.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/guest_walk.h>
#include "fuzz.h"

#define PAGES	8	/* of memory; an address is folded into it, so that random entries meet tables */

struct memory {
	u64 words[PAGES * 512];
	unsigned int reads;
};

static u64 load(const struct memory *m, u64 addr, unsigned int size)
{
	u64 word = m->words[addr % sizeof(m->words) / 8];

	return size == 8 ? word : (u32)(word >> (addr & 4 ? 32 : 0));
}

/* Addresses above 2^40 are nobody's. */
static bool exists(u64 addr)
{
	return addr < 1ULL << 40;
}

static int read_memory(void *ctx, gpa_t addr, unsigned int size, u64 *value)
{
	struct memory *m = ctx;

	FUZZ_CHECK(size == 4 || size == 8);
	FUZZ_CHECK(addr.v % size == 0 && addr.v < 1ULL << 52);
	FUZZ_CHECK(m->reads < 5);
	m->reads++;
	if (!exists(addr.v))
		return -HV_EINVAL;
	*value = load(m, addr.v, size);
	return 0;
}

/* --- the second walker: one row a paging mode (AMD APM vol. 2, figures 5-9, 5-13, 5-16, 5-18) --- */

struct level {
	unsigned int shift, bits;
	bool has_rights, may_be_large;
};

struct paging_mode {
	unsigned int entry_size, levels;
	u64 root_mask;
	struct level level[5];
};

static const struct paging_mode mode_32 = { 4, 2, 0xfffff000, { { 22, 10, true, true }, { 12, 10, true, false } } };
static const struct paging_mode mode_pae = { 8, 3, 0xffffffe0, { { 30, 2, false, false }, { 21, 9, true, true }, { 12, 9, true, false } } };
static const struct paging_mode mode_4 = { 8, 4, 0xffffffffff000, { { 39, 9, true, false }, { 30, 9, true, true }, { 21, 9, true, true },
								    { 12, 9, true, false } } };
static const struct paging_mode mode_5 = { 8, 5, 0xffffffffff000, { { 48, 9, true, false }, { 39, 9, true, false }, { 30, 9, true, true },
								    { 21, 9, true, true }, { 12, 9, true, false } } };

static const struct paging_mode *choose(const struct x86_paging *p)
{
	if (p->efer & 1 << 10)
		return p->cr4 & 1 << 12 ? &mode_5 : &mode_4;
	if (!(p->cr0 >> 31 & 1))
		return NULL;
	return p->cr4 & 1 << 5 ? &mode_pae : &mode_32;
}

static bool is_leaf(const struct x86_paging *p, const struct paging_mode *m, unsigned int n, u64 entry)
{
	if (n == m->levels - 1)
		return true;
	if (!(entry >> 7 & 1) || !m->level[n].has_rights)
		return false;
	return m != &mode_32 || p->cr4 >> 4 & 1;
}

/* False: reserved bits */
static bool leaf_address(const struct paging_mode *m, unsigned int shift, u64 entry, u64 *page)
{
	u64 mask = (1ULL << shift) - 1;

	if (m == &mode_32 && shift == 22) {
		*page = (entry & 0xffc00000) + ((entry >> 13 & 0xff) << 32);
		return !(entry >> 21 & 1);
	}
	*page = entry & 0xffffffffff000 & ~mask;
	return shift == 12 || !(entry & mask & 0xfffffffffe000);
}

static bool second_walk(const struct x86_paging *p, u64 gva, const struct memory *mem, u64 *out)
{
	const struct paging_mode *m = choose(p);
	bool user = true, nx = false;
	u64 table, page, entry;
	unsigned int n, top;

	if (!(p->efer >> 10 & 1))
		gva &= 0xffffffff;
	if (!m) {
		*out = gva;
		return true;
	}
	top = m->level[0].shift + m->level[0].bits;
	if (m->entry_size == 8 && top > 40 && gva >> (top - 1) && ~gva >> (top - 1))
		return false;
	table = p->cr3 & m->root_mask;
	for (n = 0; ; n++) {
		u64 at = table + (gva >> m->level[n].shift & ((1 << m->level[n].bits) - 1)) * m->entry_size;

		if (!exists(at))
			return false;
		entry = load(mem, at, m->entry_size);
		if (!(entry & 1))
			return false;
		if (m->level[n].has_rights) {
			user = user && entry >> 2 & 1;
			if (m->entry_size == 8 && entry >> 63 && !(p->efer >> 11 & 1))
				return false;
			nx = nx || (m->entry_size == 8 && entry >> 63);
		}
		if (is_leaf(p, m, n, entry))
			break;
		table = entry & (m->entry_size == 4 ? 0xfffff000 : 0xffffffffff000);
	}
	if (n < m->levels - 1 && !m->level[n].may_be_large)
		return false;
	if (!leaf_address(m, m->level[n].shift, entry, &page))
		return false;
	*out = page + (gva & ((1ULL << m->level[n].shift) - 1));
	if (nx || (p->user && !user))
		return false;
	return p->user || !user || !(p->cr4 >> 20 & 1);
}

/* --- input -------------------------------------------------------------------------------------- */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u64 cr4_bits[] = { 1 << 4, 1 << 5, 1 << 12, 1 << 20 };
	struct fuzz_input in = { data, size };
	u8 flags = fuzz_take(&in, 1);
	struct x86_paging p = {
		.cr0 = flags & 1 ? 1ULL << 31 : 0,
		.efer = (flags & 2 ? 1 << 10 : 0) | (flags & 4 ? 1 << 11 : 0),
		.user = flags & 8,
	};
	u64 gva, expected = 0;
	struct guest_walk_ops ops = { .read = read_memory };
	struct memory *m = calloc(1, sizeof(*m));
	gpa_t out = gpa(0);
	unsigned int n;
	bool mapped;

	for (n = 0; n < 4; n++)
		if (flags & 0x10 << n)
			p.cr4 |= cr4_bits[n];
	p.cr3 = fuzz_take(&in, 8);
	gva = fuzz_take(&in, 8);
	while (in.size >= 10) {
		u64 at = fuzz_take(&in, 2);

		m->words[at % (PAGES * 512)] = fuzz_take(&in, 8);
	}
	ops.ctx = m;
	mapped = x86_guest_walk(&p, gva, &ops, &out) == 0;
	FUZZ_CHECK(mapped == second_walk(&p, gva, m, &expected));
	if (mapped)
		FUZZ_CHECK(out.v == expected && out.v < 1ULL << 52 && (out.v & 0xfff) == (gva & 0xfff));
	free(m);
	return 0;
}
