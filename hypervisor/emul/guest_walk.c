// SPDX-License-Identifier: GPL-2.0
/*
 * guest_walk - guest virtual → guest physical by reading the guest's own tables (AMD APM vol. 2,
 * chapter 5)
 *
 * The guest may change its tables at any time: each entry is read once, and nothing but addresses
 * is taken from it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/guest_walk.h>

#define CR0_PG		(1ULL << 31)
#define CR4_PSE		(1ULL << 4)
#define CR4_PAE		(1ULL << 5)
#define CR4_LA57	(1ULL << 12)
#define CR4_SMEP	(1ULL << 20)
#define EFER_LMA	(1ULL << 10)
#define EFER_NXE	(1ULL << 11)

#define PTE_PRESENT	(1ULL << 0)
#define PTE_USER	(1ULL << 2)
#define PTE_LARGE	(1ULL << 7)
#define PTE_NX		(1ULL << 63)
#define PTE_ADDRESS	0x000ffffffffff000ULL

/**
 * struct walk - state of one translation; @large: highest level that may be a leaf; @user: all
 * entries so far allow user mode, @nx: one forbids execution
 */
struct walk {
	const struct x86_paging *p;
	const struct guest_walk_ops *ops;
	u64 gva;
	unsigned int entry_size, index_bits, large;
	bool user, nx;
};

static int read_entry(struct walk *w, u64 table, unsigned int shift, u64 *entry)
{
	u64 index = w->gva >> shift & ((1ULL << w->index_bits) - 1);

	if (w->ops->read(w->ops->ctx, gpa(table + index * w->entry_size), w->entry_size, entry))
		return -HV_EINVAL;
	return *entry & PTE_PRESENT ? 0 : -HV_EINVAL;
}

static int note_rights(struct walk *w, u64 entry)
{
	w->user &= !!(entry & PTE_USER);
	w->nx |= !!(entry & PTE_NX);
	/* reserved then: APM vol. 2, 5.6.3 */
	return (entry & PTE_NX) && !(w->p->efer & EFER_NXE) ? -HV_EINVAL : 0;
}

/* SMEP: no supervisor fetch from a user page (APM vol. 2, 5.6.5) */
static bool may_fetch(const struct walk *w)
{
	return !w->nx && (w->p->user ? w->user : !(w->user && (w->p->cr4 & CR4_SMEP)));
}

static int finish(const struct walk *w, u64 page, unsigned int shift, gpa_t *out)
{
	*out = gpa(page | (w->gva & ((1ULL << shift) - 1)));
	return may_fetch(w) ? 0 : -HV_EINVAL;
}

/*
 * A large leaf's address starts at its own size; bit 12 is PAT, the bits between are reserved (APM
 * vol. 2, 5.3.4 and 5.3.5). In 32-bit tables bits 20:13 are address bits 39:32 (5.2.2).
 */
static int finish_large(struct walk *w, u64 entry, unsigned int shift, gpa_t *out)
{
	u64 in_page = (1ULL << shift) - 1, low = entry & PTE_ADDRESS & in_page & ~(1ULL << 12);
	u64 page = entry & PTE_ADDRESS & ~in_page;

	if (w->entry_size == 4) {
		page |= (low >> 13 & 0xff) << 32;
		low &= 1ULL << 21;
	}
	return low ? -HV_EINVAL : finish(w, page, shift, out);
}

/* From @level (3: PML4 … 0: page table) downwards. */
static int walk(struct walk *w, u64 table, unsigned int level, gpa_t *out)
{
	for (;; level--) {
		unsigned int shift = 12 + w->index_bits * level;
		u64 entry;

		if (read_entry(w, table, shift, &entry) || note_rights(w, entry))
			return -HV_EINVAL;
		if (level == 0)
			return finish(w, entry & PTE_ADDRESS, 12, out);
		if ((entry & PTE_LARGE) && (w->entry_size == 8 || w->large))
			return level <= w->large ? finish_large(w, entry, shift, out) : -HV_EINVAL;
		table = entry & PTE_ADDRESS;
	}
}

/* Without PSE the large bit means nothing (APM vol. 2, 5.2.1). */
static int walk_32(struct walk *w, gpa_t *out)
{
	w->entry_size = 4;
	w->index_bits = 10;
	w->large = w->p->cr4 & CR4_PSE ? 1 : 0;
	return walk(w, w->p->cr3 & 0xfffff000, 1, out);
}

/* PAE: four pointers without rights, 32-byte aligned (APM vol. 2, 5.2.3). */
static int walk_pae(struct walk *w, gpa_t *out)
{
	u64 entry;

	w->large = 1;
	if (read_entry(w, w->p->cr3 & 0xffffffe0, 30, &entry))
		return -HV_EINVAL;
	return walk(w, entry & PTE_ADDRESS, 1, out);
}

static int walk_long(struct walk *w, gpa_t *out)
{
	unsigned int levels = w->p->cr4 & CR4_LA57 ? 5 : 4;
	unsigned int unused_bits = 64 - (12 + 9 * levels);

	if ((u64)((s64)(w->gva << unused_bits) >> unused_bits) != w->gva)
		return -HV_EINVAL;	/* not canonical */
	w->large = 2;
	return walk(w, w->p->cr3 & PTE_ADDRESS, levels - 1, out);
}

int x86_guest_walk(const struct x86_paging *p, u64 gva, const struct guest_walk_ops *ops,
		   gpa_t *out)
{
	struct walk w = {
		.p = p, .ops = ops, .gva = gva, .entry_size = 8, .index_bits = 9, .user = true,
	};

	if (p->efer & EFER_LMA)
		return walk_long(&w, out);

	w.gva = (u32)gva;
	if (!(p->cr0 & CR0_PG)) {
		*out = gpa(w.gva);
		return 0;
	}
	return p->cr4 & CR4_PAE ? walk_pae(&w, out) : walk_32(&w, out);
}
