// SPDX-License-Identifier: GPL-2.0
/*
 * The clauses, one function each. They do not use the core's plan: what a cell may reach is worked
 * out again, page by page.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "oracle.h"
#include "tables.h"
#include <fake/fake.h>
#include <hv/cell_ops.h>
#include <hv/comm.h>
#include <hv/ownership.h>
#include <stdio.h>
#include <string.h>

#define RAM_PAGES	(FAKE_RAM_SIZE / PAGE_SIZE)
#define MAX_CELLS	8
#define ALL_RIGHTS	(PT_READ | PT_WRITE | PT_EXEC)

static char sentence[256];

#define FAIL(...) (snprintf(sentence, sizeof(sentence), __VA_ARGS__), sentence)

static const struct jailhouse_memory *region_at(const struct cell *c, u64 virt)
{
	u32 n;

	for (n = 0; n < c->view.num_mem; n++) {
		const struct jailhouse_memory *m = &c->view.mem[n];

		if (!JAILHOUSE_MEMORY_IS_SUBPAGE(m) && virt >= m->virt_start &&
		    virt - m->virt_start < m->size)
			return m;
	}
	return NULL;
}

/* --- clause: what a cell reaches is what its configuration says, with those rights and no more --- */

static bool is_published(struct system *s, u64 pa)
{
	u64 console = (u8 *)s->console - fake_ram(0), status = (u8 *)s->status - fake_ram(0);

	return (pa >= console && pa < console + sizeof(*s->console)) ||
	       (pa >= status && pa < status + sizeof(*s->status));
}

static const char *check_mapping(struct cell *c, u64 virt, u64 pa, u32 flags)
{
	const struct jailhouse_memory *m = region_at(c, virt);
	u64 expected;

	if (cell_is_root(c) && is_published(c->sys, pa))
		return flags == PT_READ
			       ? NULL
			       : FAIL("root may do more than read the published page 0x%llx",
				      (unsigned long long)pa);
	if (!m)
		return FAIL("cell %u reaches 0x%llx, which its configuration does not name", c->id,
			    (unsigned long long)virt);
	expected = m->flags & JAILHOUSE_MEM_COMM_REGION ? (u64)((u8 *)c->comm - fake_ram(0))
							: m->phys_start + (virt - m->virt_start);
	if (pa != expected)
		return FAIL("cell %u finds physical 0x%llx at 0x%llx", c->id,
			    (unsigned long long)pa, (unsigned long long)virt);
	if (flags & ALL_RIGHTS & ~m->flags)
		return FAIL("cell %u has more rights at 0x%llx than configured", c->id,
			    (unsigned long long)virt);
	return NULL;
}

/* For each page, which cells can reach it through their tables (bit = place in the list). */
static u8 reach[RAM_PAGES];
static u8 device_reach[16];

typedef const char *(*visit_fn)(struct cell *c, u32 place, u64 virt, u64 pa, u32 flags, u64 size);

static const char *walk(struct cell *c, u32 place, const struct pt_format *fmt, const u64 *table,
			unsigned int level, u64 base, visit_fn visit)
{
	const char *err = NULL;
	unsigned int i;

	for (i = 0; i < 512 && !err; i++) {
		u64 size = 1ULL << (12 + 9 * level), virt = base + i * size;

		if (!fmt->present(table[i], level))
			continue;
		if (level && !fmt->is_leaf(table[i], level))
			err = walk(c, place, fmt, (u64 *)fake_ram(fmt->pa(table[i], level)),
				   level - 1, virt, visit);
		else
			err = visit(c, place, virt, fmt->pa(table[i], level),
				    fmt->flags(table[i], level), size);
	}
	return err;
}

static const char *walk_tables(struct cell *c, u32 place, const struct pt *pt, visit_fn visit)
{
	return walk(c, place, pt->fmt, pt->root, pt->fmt->levels - 1, 0, visit);
}

static const char *note_reach(struct cell *c, u32 place, u64 virt, u64 pa, u32 flags, u64 size)
{
	const char *err = NULL;
	u64 offset;

	for (offset = 0; offset < size && !err; offset += PAGE_SIZE) {
		u64 page = (pa + offset) / PAGE_SIZE;

		err = check_mapping(c, virt + offset, pa + offset, flags);
		if (page < RAM_PAGES)
			reach[page] |= 1 << place;
		else if (page - 0xd0000 < ARRAY_SIZE(device_reach))
			device_reach[page - 0xd0000] |= 1 << place;
		else
			err = FAIL("cell %u reaches physical 0x%llx, where nothing is", c->id,
				   (unsigned long long)(pa + offset));
	}
	return err;
}

static const char *collect_reach(struct system *s, struct cell **places)
{
	const char *err = NULL;
	struct cell *c;
	u32 place = 0;

	memset(reach, 0, sizeof(reach));
	memset(device_reach, 0, sizeof(device_reach));
	for (c = s->cells; c && !err; c = c->next, place++) {
		places[place] = c;
		err = walk_tables(c, place, &c->stage2, note_reach);
	}
	return err;
}

/* --- clause: every page is reachable by exactly those that may have it ------------------------ */

#define DEVICE_BASE	0xd0000000ULL
#define DEVICE_PAGES	ARRAY_SIZE(device_reach)
#define ALL_PAGES	(RAM_PAGES + DEVICE_PAGES)

/* What the configurations say, painted region by region: RAM pages first, then those of devices. */
static u8 may_map[ALL_PAGES];		/* bit = place of the cell */
static u8 claimed[ALL_PAGES];		/* the same with regions that fill a page only in part */
static bool root_loses[ALL_PAGES];	/* a cell has it for itself */
static bool moving[ALL_PAGES];		/* just now, between root and a cell: root has it or not, and nobody else */

static bool page_index(u64 pa, u64 *index)
{
	if (pa < FAKE_RAM_SIZE)
		*index = pa / PAGE_SIZE;
	else if (pa >= DEVICE_BASE && pa < DEVICE_BASE + DEVICE_PAGES * PAGE_SIZE)
		*index = RAM_PAGES + (pa - DEVICE_BASE) / PAGE_SIZE;
	else
		return false;
	return true;
}

static void paint_region(const struct cell *c, u32 place, const struct jailhouse_memory *m)
{
	bool mapped = !JAILHOUSE_MEMORY_IS_SUBPAGE(m) && m->flags & JAILHOUSE_MEM_READ;
	bool exclusive = place > 0 && !(m->flags & JAILHOUSE_MEM_ROOTSHARED);
	u64 pa, index;

	for (pa = m->phys_start & PAGE_MASK; pa < m->phys_start + m->size; pa += PAGE_SIZE) {
		if (!page_index(pa, &index))
			continue;
		claimed[index] |= 1 << place;
		if (mapped)
			may_map[index] |= 1 << place;
		if (exclusive)
			root_loses[index] = true;
	}
}

/*
 * A page with two names in one cell is lent if one of them is. A name that root shares anyway is not
 * lent: if the other one keeps the page from root, it stays so.
 */
static void paint_lent(const struct cell *c, const struct jailhouse_memory *m)
{
	u64 pa, index;

	if (!c->loadable || JAILHOUSE_MEMORY_IS_SUBPAGE(m) ||
	    (m->flags & (JAILHOUSE_MEM_LOADABLE | JAILHOUSE_MEM_ROOTSHARED)) !=
		    JAILHOUSE_MEM_LOADABLE)
		return;
	for (pa = m->phys_start; pa < m->phys_start + m->size; pa += PAGE_SIZE)
		if (page_index(pa, &index))
			root_loses[index] = false;
}

/* A cell that is not there yet, or no more, has moved some of its memory; one that is being loaded some of what can be. */
static bool may_move(const struct cell *c, const struct jailhouse_memory *m)
{
	if (m->flags & (JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_ROOTSHARED))
		return false;
	return c->pending != CELL_PENDING_MOVE || m->flags & JAILHOUSE_MEM_LOADABLE;
}

static void paint_moving(const struct cell *c)
{
	const struct jailhouse_memory *m;
	u64 pa, index;

	memset(moving, 0, sizeof(moving));
	if (!c || c->pending < CELL_PENDING_MOVE)
		return;
	for (m = c->view.mem; m < c->view.mem + c->view.num_mem; m++)
		for (pa = m->phys_start & PAGE_MASK; may_move(c, m) && pa < m->phys_start + m->size; pa += PAGE_SIZE)
			if (page_index(pa, &index))
				moving[index] = true;
}

static void paint_configurations(struct cell **places, u32 count)
{
	u32 place, n;

	memset(may_map, 0, sizeof(may_map));
	memset(claimed, 0, sizeof(claimed));
	memset(root_loses, 0, sizeof(root_loses));
	for (place = 0; place < count; place++)
		for (n = 0; n < places[place]->view.num_mem; n++)
			if (!(places[place]->view.mem[n].flags & JAILHOUSE_MEM_COMM_REGION))
				paint_region(places[place], place, &places[place]->view.mem[n]);
	for (place = 1; place < count; place++)
		for (n = 0; n < places[place]->view.num_mem; n++)
			paint_lent(places[place], &places[place]->view.mem[n]);
}

static const char *check_page(struct system *s, u64 pa, u64 index, u8 actual)
{
	u8 expected = root_loses[index] ? may_map[index] & ~1 : may_map[index];

	if (moving[index])
		actual = (actual & ~1) | (expected & 1);
	if (actual == expected || (pa >= s->hv_phys.v && pa < s->hv_phys.v + s->hv_size))
		return NULL;
	return FAIL("page 0x%llx is reachable by the cells 0x%x, expected 0x%x",
		    (unsigned long long)pa, actual, expected);
}

static const char *check_pages(struct system *s, struct cell **places)
{
	const char *err = NULL;
	u64 page;

	paint_configurations(places, s->cell_count);
	paint_moving(s->pending_cell);
	for (page = 0; page < RAM_PAGES && !err; page++)
		err = check_page(s, page * PAGE_SIZE, page, reach[page]);
	for (page = 0; page < DEVICE_PAGES && !err; page++)
		err = check_page(s, DEVICE_BASE + page * PAGE_SIZE, RAM_PAGES + page, device_reach[page]);
	return err;
}

/* --- clause: a device reaches by DMA the DMA regions of its owner, and nothing else ------------ */

static u8 dma_reach[RAM_PAGES];

static bool is_dma_region(const struct jailhouse_memory *m)
{
	return (m->flags & (JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_READ)) ==
		       (JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_READ) &&
	       !(m->flags & JAILHOUSE_MEM_COMM_REGION);
}

static const char *check_dma_page(struct cell *c, u64 iova, u64 pa, u32 flags)
{
	const struct jailhouse_memory *m = region_at(c, iova);

	if (pa >= c->sys->hv_phys.v && pa < c->sys->hv_phys.v + c->sys->hv_size)
		return FAIL("devices of cell %u reach hypervisor memory 0x%llx", c->id,
			    (unsigned long long)pa);
	if (!m || !is_dma_region(m) || pa != m->phys_start + (iova - m->virt_start))
		return FAIL("devices of cell %u reach 0x%llx at 0x%llx, which is not configured",
			    c->id, (unsigned long long)pa, (unsigned long long)iova);
	if (flags & ALL_RIGHTS & ~m->flags)
		return FAIL("devices of cell %u have more rights at 0x%llx than configured", c->id,
			    (unsigned long long)iova);
	return NULL;
}

static const char *note_dma(struct cell *c, u32 place, u64 iova, u64 pa, u32 flags, u64 size)
{
	const char *err = NULL;
	u64 offset;

	for (offset = 0; offset < size && !err; offset += PAGE_SIZE) {
		err = check_dma_page(c, iova + offset, pa + offset, flags);
		if (pa + offset < FAKE_RAM_SIZE)
			dma_reach[(pa + offset) / PAGE_SIZE] |= 1 << place;
	}
	return err;
}

/* @may: bit of each cell with a DMA region there; root's devices lose what any cell has. */
static u8 expected_dma[RAM_PAGES];

static void expect_dma(const struct cell *c, u32 place, const struct jailhouse_memory *m)
{
	bool exclusive = place > 0 && !(m->flags & JAILHOUSE_MEM_ROOTSHARED);
	u64 pa, end = m->phys_start + m->size;

	if (m->flags & JAILHOUSE_MEM_COMM_REGION)
		return;
	for (pa = m->phys_start & PAGE_MASK; pa < end && pa < FAKE_RAM_SIZE; pa += PAGE_SIZE) {
		if (is_dma_region(m) && !JAILHOUSE_MEMORY_IS_SUBPAGE(m))
			expected_dma[pa / PAGE_SIZE] |= 1 << place;
		/* root is the first of the list */
		if (exclusive)
			expected_dma[pa / PAGE_SIZE] &= ~1;
	}
}

static const char *compare_dma(struct cell **places, u32 count)
{
	u64 page;
	u32 place, n;

	memset(expected_dma, 0, sizeof(expected_dma));
	for (place = 0; place < count; place++)
		for (n = 0; n < places[place]->view.num_mem; n++)
			expect_dma(places[place], place, &places[place]->view.mem[n]);
	for (page = 0; page < RAM_PAGES; page++)
		if ((dma_reach[page] ^ expected_dma[page]) & (moving[page] ? ~1 : ~0))
			return FAIL("page 0x%llx is reachable by DMA for the cells 0x%x, expected 0x%x",
				    (unsigned long long)page * PAGE_SIZE, dma_reach[page],
				    expected_dma[page]);
	return NULL;
}

static const char *check_domains(struct system *s, struct cell **places)
{
	const char *err = NULL;
	struct cell *c;
	u32 place = 0;

	memset(dma_reach, 0, sizeof(dma_reach));
	for (c = s->cells; c && !err; c = c->next, place++)
		err = walk_tables(c, place, &c->dma, note_dma);
	return err ? err : compare_dma(places, s->cell_count);
}

static bool names_function(const struct cell *c, u32 n)
{
	u32 i;

	for (i = 0; i < c->view.num_pci_devices; i++)
		if (c->view.pci_devices[i].bdf == FAKE_PCI_BDF(n))
			return true;
	return false;
}

static const char *check_device(struct system *s, u32 n)
{
	const struct fake_dma_device *d = &fake_iommu.devices[n];
	const struct cell *c, *owner = names_function(s->root, n) ? s->root : NULL;

	for (c = s->root->next; c; c = c->next)
		if (names_function(c, n))
			owner = c;
	if ((d->attached ? d->attached->cell : NULL) != owner)
		return FAIL("function %u is not in the DMA domain of its owner", n);
	if (d->cached && d->cached != d->attached)
		return FAIL("function %u still uses the domain of its last owner", n);
	return NULL;
}

static const char *check_iotlb_entry(const struct fake_iotlb_entry *e)
{
	u64 pa, size, iova = e->iova_page << PAGE_SHIFT;
	u32 flags;

	if (!e->domain)
		return NULL;
	if (e->domain != fake_iommu.devices[e->function].attached ||
	    !pt_lookup(&e->domain->cell->dma, iova, &pa, &flags, &size) ||
	    pa >> PAGE_SHIFT != e->hpa_page || flags != e->flags || size != e->size)
		return FAIL("function %u has a stale translation of 0x%llx", e->function,
			    (unsigned long long)iova);
	return NULL;
}

static const char *check_devices(struct system *s)
{
	const char *err = fake_iommu.on ? NULL : FAIL("the IOMMU was not switched on");
	u32 n;

	for (n = 0; n < FAKE_PCI_FUNCTIONS && !err; n++)
		err = check_device(s, n);
	for (n = 0; n < FAKE_IOTLB_ENTRIES && !err; n++)
		err = check_iotlb_entry(&fake_iommu.iotlb[n]);
	return err;
}

/* Disabled, the machine is Linux's again. */
static bool translates_dma(const struct system *s)
{
	return s->iommu && s->iommu->isolates && s->subsystems_up;
}

/* --- clause: the ledger says the same as the configurations ------------------------------------ */

static const char *check_ledger_page(struct system *s, u64 pa, u64 index)
{
	struct owned_extent e = ownership_at(s, OWNED_MEMORY, pa);
	u32 expected = root_loses[index] ? claimed[index] & ~1 : claimed[index];

	if (pa >= s->hv_phys.v && pa < s->hv_phys.v + s->hv_size)
		return e.hypervisor && !e.owners ? NULL
						 : FAIL("the ledger gives away hypervisor memory");
	if (e.hypervisor || e.owners != expected)
		return FAIL("the ledger gives page 0x%llx to the cells 0x%x, expected 0x%x",
			    (unsigned long long)pa, e.owners, expected);
	return NULL;
}

/* Each extent is right at both ends, and they follow each other without a gap to the last one. */
static const char *check_ledger_memory(struct system *s)
{
	struct owned_extent e = { .start = 0 };
	const char *err = NULL;
	u64 at, index;

	for (at = 0; !err; at = e.last + 1) {
		e = ownership_at(s, OWNED_MEMORY, at);
		if (page_index(e.start, &index))
			err = check_ledger_page(s, e.start, index);
		if (!err && page_index(e.last & PAGE_MASK, &index))
			err = check_ledger_page(s, e.last & PAGE_MASK, index);
		if (e.last == ownership_last(OWNED_MEMORY))
			break;
	}
	return err;
}

static const char *check_ledger_cpus(struct system *s)
{
	u32 cpu, place;

	for (cpu = 0; cpu < s->max_cpus; cpu++) {
		struct owned_extent e = ownership_at(s, OWNED_CPU, cpu);

		if (!s->pcpus[cpu].online)
			continue;
		for (place = 0; place < s->cell_count; place++)
			if ((e.owners >> place & 1) !=
			    (ownership_cell(s, place) == s->pcpus[cpu].cell))
				return FAIL("the ledger gives CPU %u to the cells 0x%x", cpu,
					    e.owners);
	}
	return NULL;
}

static const char *check_ledger(struct system *s)
{
	const char *err = check_ledger_memory(s);

	return err ? err : check_ledger_cpus(s);
}

/* --- clause: of the hypervisor's memory only published pages are reachable, each by its own cell --- */

static const char *check_hypervisor_memory(struct system *s, struct cell **places)
{
	u64 pa;
	u32 n;

	for (pa = s->hv_phys.v; pa < s->hv_phys.v + s->hv_size; pa += PAGE_SIZE) {
		u8 allowed = is_published(s, pa) ? 1 : 0;

		for (n = 1; n < s->cell_count; n++)
			if (pa == (u64)((u8 *)places[n]->comm - fake_ram(0)))
				allowed |= 1 << n;
		if (reach[pa / PAGE_SIZE] & ~allowed)
			return FAIL("hypervisor memory 0x%llx is reachable by the cells 0x%x",
				    (unsigned long long)pa, reach[pa / PAGE_SIZE]);
	}
	return NULL;
}

/* --- clause: tables are in canonical form ----------------------------------------------------- */

/* The full mapping's entry @i at @level below its entry @parent */
static u64 full_entry(const struct pt *pt, u64 parent, unsigned int level, u32 i)
{
	const u64 *table = tables_child(pt, parent, level + 1);

	if (table)
		return table[i];
	if (!pt->fmt->present(parent, level + 1))
		return pt->fmt->empty;
	return pt->fmt->leaf(pt->fmt->pa(parent, level + 1) + ((u64)i << (PAGE_SHIFT + 9 * level)), level,
			     pt->fmt->flags(parent, level + 1));
}

/* Root's entry is the full mapping's, or empty, or a table with something of both. */
static const char *check_entry(const struct pt *pt, u64 pte, u64 full, unsigned int level)
{
	const u64 *table = tables_child(pt, pte, level);
	bool all = true, none = true;
	const char *err = NULL;
	u32 i;

	if (pte == full || pte == pt->fmt->empty)
		return NULL;
	if (!table)
		return FAIL("root has a mapping that the full one does not have");
	for (i = 0; i < 512 && !err; i++) {
		u64 wanted = full_entry(pt, full, level - 1, i);

		all &= table[i] == wanted;
		none &= table[i] == pt->fmt->empty;
		err = check_entry(pt, table[i], wanted, level - 1);
	}
	if (!err && (all || none) && level <= pt->fmt->max_leaf_level)
		return FAIL("a table of root was left split without need");
	return err;
}

static u64 full_pages;

static const char *count_full(struct cell *c, u32 place, u64 virt, u64 pa, u32 flags, u64 size)
{
	full_pages += size / PAGE_SIZE;
	return check_mapping(c, virt, pa, flags);
}

static const char *count_full_dma(struct cell *c, u32 place, u64 iova, u64 pa, u32 flags, u64 size)
{
	full_pages += size / PAGE_SIZE;
	return check_dma_page(c, iova, pa, flags);
}

/* The full mapping is what root's configuration says, always. */
static const char *check_full(struct system *s, const struct pt *pt, bool dma)
{
	struct pt full = { .fmt = pt->fmt, .root = (u64 *)pt->full };
	const struct jailhouse_memory *m = s->root->view.mem;
	const char *err;
	u64 expected = 0;

	for (; m < s->root->view.mem + s->root->view.num_mem; m++)
		expected += (dma ? is_dma_region(m) : m->flags & JAILHOUSE_MEM_READ) ? m->size / PAGE_SIZE : 0;
	if (!dma)
		expected += (PAGE_ALIGN(sizeof(*s->console)) + PAGE_ALIGN(sizeof(*s->status))) / PAGE_SIZE;
	full_pages = 0;
	err = walk_tables(s->root, 0, &full, dma ? count_full_dma : count_full);
	return err || full_pages == expected ? err : FAIL("root's full mapping is not complete any more");
}

static const char *check_frozen(struct system *s, const struct pt *pt, bool dma)
{
	const char *err = check_full(s, pt, dma);
	u32 i;

	for (i = 0; i < 512 && !err; i++)
		err = check_entry(pt, pt->root[i], pt->full[i], pt->fmt->levels - 1);
	return err;
}

static const char *check_canonical(struct system *s)
{
	const char *err = check_frozen(s, &s->root->stage2, false);

	return err || !s->root->dma.root ? err : check_frozen(s, &s->root->dma, true);
}

/* --- clause: no CPU has a translation that its cell's tables do not have, nor one of a page of another size -------- */

static const char *check_tlb_entry(struct vcpu *v, const struct fake_tlb_entry *e)
{
	const struct cell *c = v->pcpu->cell;
	u64 pa, size, gpa = (e->gpa_page - 1) << PAGE_SHIFT;
	u32 flags;

	if (!pt_lookup(&c->stage2, gpa, &pa, &flags, &size) || pa >> PAGE_SHIFT != e->hpa_page ||
	    flags != e->flags || size != e->size)
		return FAIL("CPU %u has a stale translation of 0x%llx", v->pcpu->id,
			    (unsigned long long)gpa);
	return NULL;
}

/* What exits remember of stage 2 is a TLB, too. */
static const char *check_hint(struct vcpu *v, const struct stage2_hint *h)
{
	u64 pa, page = h->tag & PAGE_MASK;

	if (!pt_lookup_ram(&v->pcpu->cell->stage2, page, &pa) || pa != h->page)
		return FAIL("CPU %u remembers a stale translation of 0x%llx", v->pcpu->id,
			    (unsigned long long)page);
	return NULL;
}

static const char *check_tlbs(struct system *s)
{
	const char *err = NULL;
	u32 cpu, n;

	for (cpu = 0; cpu < s->max_cpus; cpu++) {
		struct vcpu *v = &fake_vcpus[cpu];

		if (!s->pcpus[cpu].online)
			continue;
		if (v->arch.loaded_cell != v->pcpu->cell)
			return FAIL("CPU %u still uses the tables of another cell", cpu);
		for (n = 0; n < FAKE_TLB_ENTRIES && !err; n++)
			if (v->arch.tlb[n].gpa_page)
				err = check_tlb_entry(v, &v->arch.tlb[n]);
		for (n = 0; n < VCPU_HINTS && !err; n++)
			if (v->hints[n].tag)
				err = check_hint(v, &v->hints[n]);
	}
	return err;
}

/* --- clause: each CPU has one owner, and only the CPUs of running cells run ------------------- */

static const char *check_cpu(struct system *s, u32 cpu)
{
	const struct pcpu *p = &s->pcpus[cpu];
	u32 owners = 0;
	struct cell *c;

	for (c = s->cells; c; c = c->next)
		owners += cell_owns_cpu(c, cpu);
	if (owners != 1)
		return FAIL("CPU %u has %u owners", cpu, owners);
	if (!cell_owns_cpu(p->cell, cpu))
		return FAIL("CPU %u works for a cell that does not own it", cpu);
	if (!cell_is_root(p->cell) && !cell_view_has_cpu(&p->cell->view, cpu))
		return FAIL("CPU %u is in a cell that did not ask for it", cpu);
	if (p->ctrl.suspend_count)
		return FAIL("CPU %u was left suspended", cpu);
	if (p->failed && fake_vcpus[cpu].arch.mode == FAKE_RUNNING)
		return FAIL("CPU %u has failed and runs", cpu);
	if (!cell_is_root(p->cell) && !p->cell->started &&
	    fake_vcpus[cpu].arch.mode == FAKE_RUNNING)
		return FAIL("CPU %u runs in a cell that was not started", cpu);
	return NULL;
}

static const char *check_cpus(struct system *s)
{
	const char *err = NULL;
	u32 cpu;

	for (cpu = 0; cpu < s->max_cpus && !err; cpu++)
		if (s->pcpus[cpu].online)
			err = check_cpu(s, cpu);
	return err;
}

/* --- clause: the status page tells the truth -------------------------------------------------- */

static const char *check_status(struct system *s)
{
	const struct hv_status_page *page = s->status;
	struct cell *c = s->cells;
	u32 n, cpu, failed;

	if (page->refusal_seq & 1)
		return FAIL("the status page was left in the middle of a refusal");
	for (n = 0; n < JAILHOUSE_STATUS_MAX_CELLS; n++) {
		const struct jailhouse_status_cell *entry = &page->cells[n];

		if (!c && entry->id != -1)
			return FAIL("the status page lists cell %d, which does not exist",
				    entry->id);
		if (!c)
			continue;
		failed = 0;
		cell_for_each_cpu(cpu, c)
			failed += s->pcpus[cpu].failed;
		if (entry->id != (s32)c->id || entry->failed_cpus != failed ||
		    !(entry->flags & JAILHOUSE_STATUS_LOADABLE) != !c->loadable ||
		    (c->hv_state != JAILHOUSE_CELL_RUNNING && entry->state != c->hv_state))
			return FAIL("the status page is wrong about cell %u", c->id);
		c = c->next;
	}
	return NULL;
}

/* --- clause: bookkeeping ---------------------------------------------------------------------- */

static u32 bits_used(const struct page_pool *p)
{
	u32 word, used = 0;

	for (word = 0; word < (p->pages + 63) / 64; word++)
		used += __builtin_popcountll(p->bitmap[word]);
	return used;
}

/* Pages for borders in root's tables, in use or set apart, are accounted for by the cells. */
static u32 accounted_tables(const struct system *s)
{
	const struct cell *c, *p = s->pending_cell;
	u32 tables = p && p->pending >= CELL_PENDING_BUILD ? p->reserved_tables : 0;

	for (c = s->cells; c; c = c->next)
		tables += c->reserved_tables;
	return tables;
}

static const char *check_bookkeeping(struct system *s)
{
	struct cell *c;
	u32 count = 0;

	for (c = s->cells; c; c = c->next) {
		if (c->next && c->next->id <= c->id)
			return FAIL("the list of cells is not in the order of ids");
		count++;
	}
	if (count != s->cell_count)
		return FAIL("%u cells are listed, %u counted", count, s->cell_count);
	if (s->pool.reserved + tables_private(&s->root->stage2) + tables_private(&s->root->dma) != accounted_tables(s))
		return FAIL("pages are set apart for nobody, or missing");
	if (s->pool.reserved > s->pool.pages - s->pool.used)
		return FAIL("pages were given away that were set apart");
	if (bits_used(&s->pool) != s->pool.used || bits_used(&s->published) != s->published.used)
		return FAIL("a pool has lost count");
	if (s->mgmt_lock.locked || s->status_lock.locked || s->leave.lock.locked)
		return FAIL("a lock was left taken");
	if (s->pending_cell && s->pending_cell->pending == CELL_PENDING_NONE)
		return FAIL("an operation is pending that nobody waits for");
	for (c = s->cells; c; c = c->next)
		if (c->pending >= CELL_PENDING_BUILD)
			return FAIL("cell %u is listed and not there", c->id);
	if (!fake_windows_closed())
		return FAIL("a window into memory was left open");
	return NULL;
}

/* --- what has changed since the last check ---------------------------------------------------- */

#define MAX_TABLES	512

/* Every table that was reachable then, with its content, and what else the clauses depend on. */
static struct {
	bool valid;
	u32 tables;
	const void *table[MAX_TABLES];
	u8 content[MAX_TABLES][PAGE_SIZE];
	u32 cells;
	struct {
		const struct cell *cell;
		u32 id;
		bool loadable;
		const u64 *stage2, *dma;
		u64 cpus;
	} cell[MAX_CELLS];
} seen;

void oracle_forget(void)
{
	seen.valid = false;
}

static void remember_tables(const struct pt_format *fmt, const u64 *table, unsigned int level)
{
	unsigned int i;

	if (seen.tables == MAX_TABLES)
		fake_broken("more tables than the oracle remembers", MAX_TABLES);
	seen.table[seen.tables] = table;
	memcpy(seen.content[seen.tables++], table, PAGE_SIZE);
	for (i = 0; i < 512 && level; i++)
		if (table[i] != fmt->empty && !fmt->is_leaf(table[i], level))
			remember_tables(fmt, (u64 *)fake_ram(fmt->pa(table[i], level)), level - 1);
}

static void remember_pt(const struct pt *pt)
{
	if (pt->root)
		remember_tables(pt->fmt, pt->root, pt->fmt->levels - 1);
}

static void remember(struct system *s)
{
	struct cell *c;

	seen.tables = seen.cells = 0;
	for (c = s->cells; c; c = c->next) {
		remember_pt(&c->stage2);
		remember_pt(&c->dma);
		seen.cell[seen.cells].cell = c;
		seen.cell[seen.cells].id = c->id;
		seen.cell[seen.cells].loadable = c->loadable;
		seen.cell[seen.cells].stage2 = c->stage2.root;
		seen.cell[seen.cells].dma = c->dma.root;
		seen.cell[seen.cells++].cpus = c->cpu_set[0];
	}
	seen.valid = true;
}

static bool same_cells(struct system *s)
{
	struct cell *c;
	u32 n = 0;

	for (c = s->cells; c; c = c->next, n++)
		if (n == seen.cells || seen.cell[n].cell != c || seen.cell[n].id != c->id ||
		    seen.cell[n].loadable != c->loadable ||
		    seen.cell[n].stage2 != c->stage2.root || seen.cell[n].dma != c->dma.root ||
		    seen.cell[n].cpus != c->cpu_set[0])
			return false;
	return n == seen.cells;
}

bool oracle_tables_unchanged(struct system *s)
{
	u32 n;

	if (!seen.valid || !same_cells(s))
		return false;
	for (n = 0; n < seen.tables; n++)
		if (memcmp(seen.table[n], seen.content[n], PAGE_SIZE))
			return false;
	return true;
}

/* --- all of it -------------------------------------------------------------------------------- */

static const char *check_all_tables(struct system *s)
{
	struct cell *places[MAX_CELLS];
	const char *err = collect_reach(s, places);

	if (!err)
		err = check_pages(s, places);
	if (!err)
		err = check_hypervisor_memory(s, places);
	if (!err && translates_dma(s))
		err = check_domains(s, places);
	if (!err)
		err = check_canonical(s);
	if (!err)
		err = check_ledger(s);
	return err;
}

static const char *check_the_rest(struct system *s)
{
	const char *err = check_bookkeeping(s);

	if (!err)
		err = check_cpus(s);
	if (!err)
		err = check_tlbs(s);
	if (!err && translates_dma(s))
		err = check_devices(s);
	if (!err)
		err = check_status(s);
	return err;
}

const char *oracle_check(struct system *s)
{
	const char *err = check_the_rest(s);

	oracle_forget();
	return err ? err : check_all_tables(s);
}

const char *oracle_check_step(struct system *s)
{
	const char *err = check_the_rest(s);

	if (err || oracle_tables_unchanged(s))
		return err;
	err = check_all_tables(s);
	remember(s);
	return err;
}

/* --- what create∘destroy restores --------------------------------------------------------- */

static u64 hash_table(const struct pt *pt, const u64 *table, unsigned int level, u64 hash)
{
	unsigned int i;

	for (i = 0; i < 512; i++) {
		u64 pte = table[i];

		if (level && pt->fmt->present(pte, level) && !pt->fmt->is_leaf(pte, level))
			hash = hash_table(pt, (u64 *)fake_ram(pt->fmt->pa(pte, level)), level - 1,
					  hash + level);
		else
			hash = (hash ^ pte) * 0x100000001b3ULL;
	}
	return hash;
}

struct machine_image oracle_image(struct system *s)
{
	struct machine_image image;

	memset(&image, 0, sizeof(image));
	image.root_tables = hash_table(&s->root->stage2, s->root->stage2.root,
				       s->root->stage2.fmt->levels - 1, 0xcbf29ce484222325ULL);
	memcpy(image.root_cpus, s->root->cpu_set, sizeof(image.root_cpus));
	if (s->root->dma.root)
		image.root_dma_tables = hash_table(&s->root->dma, s->root->dma.root,
						   s->root->dma.fmt->levels - 1, 1);
	image.pool_reserved = s->pool.reserved;
	image.root_table_count = tables_count(&s->root->stage2);
	image.pool_used = s->pool.used;
	image.published_used = s->published.used;
	image.cell_count = s->cell_count;
	return image;
}
