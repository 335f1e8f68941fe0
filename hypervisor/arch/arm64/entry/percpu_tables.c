// SPDX-License-Identifier: GPL-2.0
/*
 * percpu_tables - a CPU's own tables of EL2: the common part, its private area and its window, and nothing of
 * another CPU, of Linux or of a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/log.h>
#include <hv/pt.h>

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
	return pt_lpae_s1.table(private_pa(p, t), 0);
}

static void clear_tables(struct percpu *p)
{
	u64 *tables[] = { p->local_l2, p->local_l3, p->window_l2, p->window_l3 };

	for (unsigned int t = 0; t < ARRAY_SIZE(tables); t++)
		for (unsigned int i = 0; i < 512; i++)
			tables[t][i] = pt_lpae_s1.empty;
}

void arm_percpu_paging_init(struct percpu *p)
{
	unsigned int pages = sizeof(*p) / PAGE_SIZE;
	const u64 *root = arm_common_root();
	u64 entry = root[slot(HV_BASE, 3)];
	const u64 *common_l1 = arch_phys_to_virt(pt_lpae_s1.pa(entry, 3));

	HV_BUG_ON(!pt_lpae_s1.present(entry, 3));
	clear_tables(p);
	for (unsigned int i = 0; i < 512; i++) {
		p->l0[i] = root[i];
		p->l1[i] = common_l1[i];
	}

	/* the lowest page of the stack stays unmapped: a guard */
	for (unsigned int i = 1; i < pages; i++)
		p->local_l3[slot(LOCAL_BASE, 0) + i] =
			pt_lpae_s1.leaf(p->self_pa + i * PAGE_SIZE, 0, PT_READ | PT_WRITE);
	p->local_l2[slot(LOCAL_BASE, 1)] = table(p, p->local_l3);
	p->window_l2[slot(WINDOW_BASE, 1)] = table(p, p->window_l3);
	p->l1[slot(LOCAL_BASE, 2)] = table(p, p->local_l2);
	p->l1[slot(WINDOW_BASE, 2)] = table(p, p->window_l2);
	p->l0[slot(HV_BASE, 3)] = table(p, p->l1);
	p->ttbr = private_pa(p, p->l0);
}
