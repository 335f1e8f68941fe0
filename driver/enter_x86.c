// SPDX-License-Identifier: GPL-2.0
/*
 * Entry beneath Linux on x86-64.
 *
 * Nothing exported by Linux makes an executable mapping of foreign memory. So the module owns a
 * page table: the kernel half is a copy of Linux's (stack, IDT, GDT and per-CPU data stay valid, an
 * NMI during the switch is safe), and the hypervisor sits at its link address in the hole that
 * Linux reserves for one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include <jailhouse/hypercall.h>

#include "arch.h"
#include "image.h"

#define ENTRIES			512
#define TOP_ORDER		1
#define KERNEL_HALF		(ENTRIES / 2)
#define LEVEL_4K		1
#define LEVEL_2M		2
#define TABLE_ADDRESS		GENMASK_ULL(51, 12)
#define TABLE_FLAGS		(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)

asmlinkage int enter_trampoline(u32 cpu, struct hv_cpu_handover *handover, u64 entry);
asmlinkage void leave_thunk(void);

/* trampoline_x86.S knows these offsets. */
static_assert(offsetof(struct hv_cpu_handover, transition_cr3) == 0);
static_assert(offsetof(struct hv_cpu_handover, cr4) == 16);
static_assert(offsetof(struct hv_cpu_handover, cr3) == 24);
static_assert(offsetof(struct hv_leave_frame, cr3) == 0);
static_assert(offsetof(struct hv_leave_frame, cr4) == 8);
static_assert(offsetof(struct hv_leave_frame, r15) == 16);
static_assert(offsetof(struct hv_leave_frame, rax) == 16 + 14 * 8);
static_assert(offsetof(struct hv_leave_frame, rip) == 16 + 15 * 8);
static_assert(offsetof(struct hv_leave_frame, ds) == 176);
static_assert(offsetof(struct hv_leave_frame, es) == 184);
static_assert(sizeof(struct hv_leave_frame) == 24 * 8);

static u64 *table_alloc(struct transition *t)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!page)
		return NULL;
	list_add(&page->lru, &t->tables);
	return page_address(page);
}

static unsigned int table_index(u64 va, int level)
{
	return (va >> (PAGE_SHIFT + 9 * (level - 1))) % ENTRIES;
}

static u64 *table_below(u64 entry)
{
	return phys_to_virt(entry & TABLE_ADDRESS);
}

/* The table that @entry points to, made if there is none */
static u64 *table_get(struct transition *t, u64 *entry)
{
	u64 *table;

	if (*entry & _PAGE_PRESENT)
		return table_below(*entry);
	table = table_alloc(t);
	if (table)
		*entry = __pa(table) | TABLE_FLAGS;
	return table;
}

static u64 *entry_get(struct transition *t, u64 va, int level)
{
	u64 *table = t->top;
	int l;

	for (l = t->levels; l > level && table; l--)
		table = table_get(t, &table[table_index(va, l)]);
	return table ? &table[table_index(va, level)] : NULL;
}

static void copy_kernel_half(struct transition *t)
{
	const u64 *linux_top = phys_to_virt(read_cr3_pa());

	memcpy(t->top + KERNEL_HALF, linux_top + KERNEL_HALF, KERNEL_HALF * sizeof(u64));
}

/*
 * With five levels, the hole shares its top entry with Linux's own areas: give @t a copy of the
 * table below it.
 */
static int copy_shared_table(struct transition *t, u64 va)
{
	u64 *entry = &t->top[table_index(va, 5)];
	u64 *copy = table_alloc(t);

	if (!copy)
		return -ENOMEM;
	if (*entry & _PAGE_PRESENT)
		memcpy(copy, table_below(*entry), PAGE_SIZE);
	*entry = __pa(copy) | TABLE_FLAGS;
	return 0;
}

/* The 512 GiB around @va must be free: from here down all tables are ours alone. */
static int check_hole(struct transition *t, u64 va)
{
	u64 *entry = entry_get(t, va, 4);

	if (!entry)
		return -ENOMEM;
	return *entry & _PAGE_PRESENT ? -EBUSY : 0;
}

static int map_one(struct transition *t, u64 va, u64 phys, int level)
{
	u64 *entry = entry_get(t, va, level);

	if (!entry)
		return -ENOMEM;
	*entry = phys | TABLE_FLAGS | (level == LEVEL_2M ? _PAGE_PSE : 0);
	return 0;
}

static int map_range(struct transition *t, u64 va, u64 phys, u64 size)
{
	u64 done = 0;
	int level, err;

	while (done < size) {
		level = IS_ALIGNED((va + done) | (phys + done), PMD_SIZE) && size - done >= PMD_SIZE
				? LEVEL_2M
				: LEVEL_4K;
		err = map_one(t, va + done, phys + done, level);
		if (err)
			return err;
		done += level == LEVEL_2M ? PMD_SIZE : PAGE_SIZE;
	}
	return 0;
}

static int transition_fill(struct transition *t, u64 link_base, u64 phys, u64 size)
{
	int err;

	/*
	 * Two pages, aligned like Linux's own: with page table isolation its NMI entry clears bit 12 of
	 * CR3 on the way to the kernel's half of such a pair.
	 */
	t->top = (u64 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, TOP_ORDER);
	if (!t->top)
		return -ENOMEM;
	copy_kernel_half(t);
	if (t->levels == 5) {
		err = copy_shared_table(t, link_base);
		if (err)
			return err;
	}
	err = check_hole(t, link_base);
	if (err)
		return err;
	return map_range(t, link_base, phys, size);
}

static void transition_destroy(struct transition *t)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &t->tables, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	if (t->top)
		free_pages((unsigned long)t->top, TOP_ORDER);
	t->top = NULL;
}

/*
 * @size bytes from physical @phys at @link_base, readable, writable and executable. Needs process
 * context. Nothing of Linux's own tables is changed; what is under @link_base in them must be empty.
 * Returns 0, -ENOMEM, or -EBUSY if Linux uses the address range; on failure @t holds nothing.
 */
static int transition_create(struct transition *t, u64 link_base, u64 phys, u64 size)
{
	int err;

	INIT_LIST_HEAD(&t->tables);
	t->levels = __read_cr4() & X86_CR4_LA57 ? 5 : 4;
	err = transition_fill(t, link_base, phys, size);
	if (err)
		transition_destroy(t);
	return err;
}

/*
 * Pages that Linux's CPUs have in use since they left (hv_cpu_handover.keeps_page). KVM ends that, and tells nobody: only the next
 * enable can take one back. Those that are in use when the module goes are never freed.
 */
static DEFINE_PER_CPU(void *, kept_page);

static int handover_fill(struct hv_cpu_handover *h, const struct transition *t, u32 cpu)
{
	void *page = cpu_possible(cpu) ? per_cpu(kept_page, cpu) : NULL;

	h->keeps_page = !!page;
	if (!page)
		page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	h->page = (u64)page;
	h->page_phys = __pa(page);
	h->transition_cr3 = __pa(t->top);
	h->leave_thunk = (u64)leave_thunk;
	return 0;
}

static void handovers_destroy(struct passage *p)
{
	struct hv_cpu_handover *h;
	u32 cpu;

	for (cpu = 0; cpu < p->num_cpus; cpu++) {
		h = &p->handovers[cpu];
		if (cpu_possible(cpu))
			per_cpu(kept_page, cpu) = h->keeps_page ? (void *)h->page : NULL;
		if (!h->keeps_page)
			free_page(h->page);
	}
	kfree(p->handovers);
	p->handovers = NULL;
}

static int handovers_create(struct passage *p, u32 num_cpus)
{
	int err = 0;

	p->handovers = kcalloc(num_cpus, sizeof(*p->handovers), GFP_KERNEL);
	if (!p->handovers)
		return -ENOMEM;
	for (p->num_cpus = 0; p->num_cpus < num_cpus && !err; p->num_cpus++)
		err = handover_fill(&p->handovers[p->num_cpus], &p->transition, p->num_cpus);
	if (err)
		handovers_destroy(p);
	return err;
}

int passage_create(struct passage *p, const struct image *img, u32 num_cpus)
{
	const struct hv_image_header *h = &img->header;
	int err = transition_create(&p->transition, h->link_base, h->hv_phys, h->hv_size);

	if (err)
		return err;
	err = handovers_create(p, num_cpus);
	if (err)
		transition_destroy(&p->transition);
	return err;
}

void passage_destroy(struct passage *p)
{
	handovers_destroy(p);
	transition_destroy(&p->transition);
}

int passage_enter(struct passage *p, const struct image *img, u32 cpu)
{
	return enter_trampoline(cpu, &p->handovers[cpu], img->header.link_base + img->header.entry);
}

int passage_leave(void)
{
	return jailhouse_call(JAILHOUSE_HC_DISABLE);
}
