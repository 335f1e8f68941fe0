// SPDX-License-Identifier: GPL-2.0
/*
 * address_space - the hypervisor's own address spaces: a common part with W^X, and for each CPU tables of its own that add its private
 * area, its window and its APIC, and nothing of another CPU, of Linux or of a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/log.h>
#include <hv/pt.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <x86/entry.h>
#include <x86/hal.h>

#define PTE_P		(1UL << 0)
#define PTE_RW		(1UL << 1)
#define PTE_A		(1UL << 5)
#define PTE_D		(1UL << 6)
#define PTE_NX		(1UL << 63)
#define PTE_TABLE	(PTE_P | PTE_RW | PTE_A)
#define PTE_DATA	(PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)

static struct pt common;

static int map_linear(const u8 *start, const u8 *end, u32 flags)
{
	u64 size = PAGE_ALIGN((u64)(end - start));

	if (!size)
		return 0;
	return pt_map(&common, (u64)start, arch_virt_to_phys(start), size, flags | PT_NO_HUGE);
}

static int map_console(const struct jailhouse_console *con)
{
	struct x86_console_area *area = &x86_console_area;

	if (!(con->flags & JAILHOUSE_CON_ACCESS_MMIO))
		return 0;
	area->pa = con->address & PAGE_MASK;
	area->size = con->type == JAILHOUSE_CON_TYPE_EFIFB ? JAILHOUSE_CON_FB_SIZE(con->flags) : PAGE_SIZE;
	return pt_map(&common, DEVICE_CONSOLE(area->pa), area->pa, area->size, PT_READ | PT_WRITE | PT_DEVICE);
}

int x86_paging_init(struct system *s)
{
	u8 *percpu = __image_start + hv_header.core_size;
	u8 *rest = percpu + (u64)hv_header.max_cpus * PERCPU_SIZE;
	u8 *end = __image_start + hv_header.hv_size;

	return pt_init(&common, &pt_ia32e, &s->pool) ?:
		map_linear(__image_start, __text_end, PT_READ | PT_EXEC) ?:
		map_linear(__rodata_start, __rodata_end, PT_READ) ?:
		map_linear(__data_start, percpu, PT_READ | PT_WRITE) ?:
		/* the private areas stay out */
		map_linear(rest, end, PT_READ | PT_WRITE) ?:
		pt_map(&common, DEVICE_APIC, XAPIC_BASE, PAGE_SIZE, PT_READ | PT_WRITE | PT_DEVICE) ?:
		map_console(&s->config->debug_console);
}

static unsigned int slot(u64 va, unsigned int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static u64 private_pa(struct percpu *p, const void *member)
{
	return p->self_pa + ((const u8 *)member - (const u8 *)p);
}

static u64 table(struct percpu *p, const u64 *t)
{
	return private_pa(p, t) | PTE_TABLE;
}

/* Not zero: a non-present entry must not name a page that is there (L1TF). */
static void clear_tables(struct percpu *p)
{
	u64 *tables[] = { p->pml5, p->pml4, p->local_pd, p->local_pt, p->window_pd, p->window_pt };

	for (unsigned int t = 0; t < ARRAY_SIZE(tables); t++)
		for (unsigned int i = 0; i < 512; i++)
			tables[t][i] = pt_ia32e.empty;
}

void x86_percpu_paging_init(struct percpu *p)
{
	unsigned int pages = sizeof(*p) / PAGE_SIZE;
	const u64 *common_pdpt = pt_ia32e.present(common.root[slot(HV_BASE, 3)], 3) ?
		arch_phys_to_virt(pt_ia32e.pa(common.root[slot(HV_BASE, 3)], 3)) : NULL;

	HV_BUG_ON(!common_pdpt);
	clear_tables(p);
	for (int i = 0; i < 512; i++)
		p->pdpt[i] = common_pdpt[i];

	/* the lowest page of the stack stays unmapped: a guard */
	for (unsigned int i = 1; i < pages; i++)
		p->local_pt[slot(LOCAL_BASE, 0) + i] = (p->self_pa + i * PAGE_SIZE) | PTE_DATA;
	p->local_pd[slot(LOCAL_BASE, 1)] = table(p, p->local_pt);
	p->window_pd[slot(WINDOW_BASE, 1)] = table(p, p->window_pt);
	p->pdpt[slot(LOCAL_BASE, 2)] = table(p, p->local_pd);
	p->pdpt[slot(WINDOW_BASE, 2)] = table(p, p->window_pd);
	p->pml4[slot(HV_BASE, 3)] = table(p, p->pdpt);
	p->pml5[511] = table(p, p->pml4);

	/* LA57 cannot be switched while paging is on: the depth stays Linux's. */
	p->host_cr3 = read_cr4() & X86_CR4_LA57 ? private_pa(p, p->pml5) : private_pa(p, p->pml4);
}
