// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Stage 1: one to one, in blocks of 2 MiB (ARM DDI 0406, B3.6: long descriptors, levels 1 and 2).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../arm64/internal.h"

#define ENTRIES		512
#define GIB_SHIFT	30
#define BLOCK_SHIFT	21

#define PTE_BLOCK	0x1ULL
#define PTE_TABLE	0x3ULL
#define PTE_ADDRESS	0xfffff000ULL
#define PTE_AF		(1ULL << 10)
#define PTE_SH_INNER	(3ULL << 8)
#define PTE_MAIR(n)	((u64)(n) << 2)
#define PTE_XN		(3ULL << 53)

#define MAIR_NORMAL	0
#define MAIR_DEVICE	1
#define MAIR_VALUE	0x04ff		/* 0: write-back, 1: device */

#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_I		(1 << 12)

/* Long descriptors; walks cacheable and inner shareable, all by TTBR0 */
#define TTBCR_VALUE	(1U << 31 | 1 << 8 | 1 << 10 | 3 << 12)

static u64 top[4] __attribute__((aligned(32)));

static u64 *table_below(u64 *entry)
{
	if (!*entry)
		*entry = (unsigned long)zalloc(PAGE_SIZE, PAGE_SIZE) | PTE_TABLE;
	return (u64 *)(unsigned long)(*entry & PTE_ADDRESS);
}

void map_range(void *start, unsigned long size, enum map_type map_type)
{
	u64 address = (unsigned long)start & HUGE_PAGE_MASK, end = (u64)(unsigned long)start + size;
	u64 flags = PTE_BLOCK | PTE_AF | PTE_SH_INNER;

	flags |= map_type == MAP_CACHED ? PTE_MAIR(MAIR_NORMAL) : PTE_MAIR(MAIR_DEVICE) | PTE_XN;
	for (; address < end; address += HUGE_PAGE_SIZE)
		table_below(&top[address >> GIB_SHIFT & 3])[address >> BLOCK_SHIFT & (ENTRIES - 1)] = address | flags;
	asm volatile("dsb ishst" : : : "memory");
	CP15_WRITE(0, 0, c8, c3, 0);		/* TLBIALLIS */
	asm volatile("dsb ish; isb" : : : "memory");
}

void mmu_init(void)
{
	map_range(NULL, HUGE_PAGE_SIZE, MAP_CACHED);
	map_range((void *)COMM_REGION_BASE, PAGE_SIZE, MAP_CACHED);
}

void mmu_enable(void)
{
	write_sysreg(mair0, MAIR_VALUE);
	write_sysreg(tcr_el1, TTBCR_VALUE);
	write_sysreg(ttbr0_el1, (unsigned long)top);
	asm volatile("dsb ish; isb" : : : "memory");
	CP15_WRITE(0, 0, c8, c7, 0);		/* TLBIALL */
	CP15_WRITE(0, 0, c7, c5, 0);		/* ICIALLU */
	asm volatile("dsb ish; isb" : : : "memory");
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_M | SCTLR_C | SCTLR_I);
	isb();
}
