// SPDX-License-Identifier: GPL-2.0
/*
 * percpu_tables - a CPU's own tables of HYP mode: the common part, its private area and its window, and
 * nothing of another CPU, of Linux or of a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/log.h>
#include <hv/pt.h>

static unsigned int slot(u32 va, unsigned int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static u64 private_pa(struct percpu *p, const void *member)
{
	return p->self_pa + (u32)((const u8 *)member - (const u8 *)p);
}

static u64 table(struct percpu *p, const u64 *t)
{
	return ARM_HOST_FORMAT.table(private_pa(p, t), 0);
}

/* All addresses of layout.h lie in one GiB: one entry of the top table is the CPU's own. */
void arm_percpu_paging_init(struct percpu *p)
{
	unsigned int pages = sizeof(*p) / PAGE_SIZE;
	const u64 *root = arm_common_root(), *common_l2;

	HV_BUG_ON(!ARM_HOST_FORMAT.present(root[slot(HV_BASE, 2)], 2));
	common_l2 = arch_phys_to_virt(ARM_HOST_FORMAT.pa(root[slot(HV_BASE, 2)], 2));
	for (unsigned int i = 0; i < 512; i++) {
		p->l1[i] = root[i];
		p->l2[i] = common_l2[i];
		p->local_l3[i] = ARM_HOST_FORMAT.empty;
		p->window_l3[i] = ARM_HOST_FORMAT.empty;
	}

	/* the lowest page of the stack stays unmapped: a guard */
	for (unsigned int i = 1; i < pages; i++)
		p->local_l3[slot(LOCAL_BASE, 0) + i] =
			ARM_HOST_FORMAT.leaf(p->self_pa + i * PAGE_SIZE, 0, PT_READ | PT_WRITE);
	p->l2[slot(LOCAL_BASE, 1)] = table(p, p->local_l3);
	p->l2[slot(WINDOW_BASE, 1)] = table(p, p->window_l3);
	p->l1[slot(HV_BASE, 2)] = table(p, p->l2);
	p->ttbr = private_pa(p, p->l1);
}
