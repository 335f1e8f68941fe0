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
 * struct walk - state of one translation; @user: all entries so far allow user mode, @nx: one
 * forbids execution
 */
struct walk {
	const struct x86_paging *p;
	const struct guest_walk_ops *ops;
	u64 gva;
	unsigned int entry_size;
	bool user, nx;
};

static int read_entry(struct walk *w, u64 table, unsigned int index, u64 *entry)
{
	int err = w->ops->read(w->ops->ctx, gpa(table + index * w->entry_size), w->entry_size,
			       entry);

	if (err)
		return -HV_EINVAL;
	return *entry & PTE_PRESENT ? 0 : -HV_EINVAL;
}

static int note_rights(struct walk *w, u64 entry)
{
	w->user &= !!(entry & PTE_USER);
	if (entry & PTE_NX) {
		if (!(w->p->efer & EFER_NXE))
			return -HV_EINVAL;	/* reserved then: APM vol. 2, 5.6.3 */
		w->nx = true;
	}
	return 0;
}

static int check_fetch(const struct walk *w)
{
	if (w->nx)
		return -HV_EINVAL;
	if (w->p->user)
		return w->user ? 0 : -HV_EINVAL;
	/* SMEP: no supervisor fetch from a user page (APM vol. 2, 5.6.5) */
	return w->user && (w->p->cr4 & CR4_SMEP) ? -HV_EINVAL : 0;
}

static int finish(const struct walk *w, u64 page, unsigned int shift, gpa_t *out)
{
	int err = check_fetch(w);

	if (err)
		return err;
	*out = gpa(page | (w->gva & ((1ULL << shift) - 1)));
	return 0;
}

/*
 * 32-bit tables: APM vol. 2, 5.2.1 and 5.2.2 (PSE-36 address bits 39:32 stand in entry bits 20:13).
 */
static int walk_32(struct walk *w, gpa_t *out)
{
	u64 entry;
	int err;

	w->entry_size = 4;
	err = read_entry(w, w->p->cr3 & 0xfffff000, w->gva >> 22 & 0x3ff, &entry);
	if (err)
		return err;
	w->user &= !!(entry & PTE_USER);
	if ((entry & PTE_LARGE) && (w->p->cr4 & CR4_PSE)) {
		if (entry & (1ULL << 21))
			return -HV_EINVAL;
		return finish(w, (entry & 0xffc00000) | (entry >> 13 & 0xff) << 32, 22, out);
	}

	err = read_entry(w, entry & 0xfffff000, w->gva >> 12 & 0x3ff, &entry);
	if (err)
		return err;
	w->user &= !!(entry & PTE_USER);
	return finish(w, entry & 0xfffff000, 12, out);
}

/*
 * A large leaf's address starts at its own size; bit 12 is PAT, the bits between are reserved (APM
 * vol. 2, 5.3.4 and 5.3.5).
 */
static int finish_large(struct walk *w, u64 entry, unsigned int shift, gpa_t *out)
{
	u64 low = ((1ULL << shift) - 1) & PTE_ADDRESS & ~(1ULL << 12);

	if (entry & low)
		return -HV_EINVAL;
	return finish(w, entry & PTE_ADDRESS & ~((1ULL << shift) - 1), shift, out);
}

/*
 * Tables of 512 entries, from @level (3: PML4 … 0: page table) downwards. @max_large: highest level
 * that may be a leaf.
 */
static int walk_512(struct walk *w, u64 table, unsigned int level, unsigned int max_large,
		    gpa_t *out)
{
	unsigned int shift;
	u64 entry;
	int err;

	for (;; level--) {
		shift = 12 + 9 * level;
		err = read_entry(w, table, w->gva >> shift & 0x1ff, &entry);
		if (!err)
			err = note_rights(w, entry);
		if (err)
			return err;
		if (level == 0)
			return finish(w, entry & PTE_ADDRESS, 12, out);
		if (entry & PTE_LARGE)
			return level <= max_large ? finish_large(w, entry, shift, out) : -HV_EINVAL;
		table = entry & PTE_ADDRESS;
	}
}

/* PAE: four pointers without rights, 32-byte aligned (APM vol. 2, 5.2.3). */
static int walk_pae(struct walk *w, gpa_t *out)
{
	u64 entry;
	int err;

	err = read_entry(w, w->p->cr3 & 0xffffffe0, w->gva >> 30 & 3, &entry);
	if (err)
		return err;
	return walk_512(w, entry & PTE_ADDRESS, 1, 1, out);
}

static int walk_long(struct walk *w, gpa_t *out)
{
	unsigned int levels = w->p->cr4 & CR4_LA57 ? 5 : 4;
	unsigned int unused_bits = 64 - (12 + 9 * levels);

	if ((u64)((s64)(w->gva << unused_bits) >> unused_bits) != w->gva)
		return -HV_EINVAL;	/* not canonical */
	return walk_512(w, w->p->cr3 & PTE_ADDRESS, levels - 1, 2, out);
}

int x86_guest_walk(const struct x86_paging *p, u64 gva, const struct guest_walk_ops *ops,
		   gpa_t *out)
{
	struct walk w = { .p = p, .ops = ops, .gva = gva, .entry_size = 8, .user = true };

	if (p->efer & EFER_LMA)
		return walk_long(&w, out);

	w.gva = (u32)gva;
	if (!(p->cr0 & CR0_PG)) {
		*out = gpa(w.gva);
		return 0;
	}
	return p->cr4 & CR4_PAE ? walk_pae(&w, out) : walk_32(&w, out);
}
