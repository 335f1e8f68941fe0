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
#include <common/lib/string.h>
#include <hv/log.h>
#include <hv/pt.h>

static u64 private_pa(struct percpu *p, const void *member)
{
	return p->self_pa + (unsigned long)((const u8 *)member - (const u8 *)p);
}

static u64 table(struct percpu *p, const u64 *t)
{
	return ARM_HOST_FORMAT.table(private_pa(p, t), 0);
}

/* A copy of each table on the way to the devices, which are common and next to what is private. Returns the lowest. */
static u64 *copy_common(struct percpu *p)
{
	const u64 *common = arm_common_root();
	unsigned int n;
	u64 *entry;

	for (n = 0;; n++) {
		memcpy(p->own[n], common, PAGE_SIZE);
		if (n == ARM_OWN_LEVELS - 1)
			return p->own[n];
		entry = &p->own[n][arm_slot(LOCAL_BASE, ARM_OWN_LEVELS - n)];
		HV_BUG_ON(!ARM_HOST_FORMAT.present(*entry, 0));
		common = arch_phys_to_virt(ARM_HOST_FORMAT.pa(*entry, 0));
		*entry = table(p, p->own[n + 1]);
	}
}

void arm_percpu_paging_init(struct percpu *p)
{
	unsigned int pages = sizeof(*p) / PAGE_SIZE, i;
	u64 *lowest = copy_common(p);

	for (i = 0; i < 512; i++)
		p->local_l3[i] = p->window_l3[i] = ARM_HOST_FORMAT.empty;
	/* the lowest page of the stack stays unmapped: a guard */
	for (i = 1; i < pages; i++)
		p->local_l3[i] = ARM_HOST_FORMAT.leaf(p->self_pa + i * PAGE_SIZE, 0, PT_READ | PT_WRITE);
	lowest[arm_slot(LOCAL_BASE, 1)] = table(p, p->local_l3);
	lowest[arm_slot(WINDOW_BASE, 1)] = table(p, p->window_l3);
	p->ttbr = private_pa(p, p->own[0]);
}
