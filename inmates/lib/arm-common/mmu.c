// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Stage 1: one to one, in blocks of 2 MiB (ARM ARM, D8.3, and ARM DDI 0406, B3.6: long descriptors, down to level 2).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"
#include "cpu.h"

#define ENTRIES		512
#define BLOCK_SHIFT	21

#define PTE_BLOCK	0x1ULL
#define PTE_TABLE	0x3ULL
#define PTE_ADDRESS	0xfffffffff000ULL
#define PTE_AF		(1ULL << 10)
#define PTE_SH_INNER	(3ULL << 8)
#define PTE_MAIR(n)	((u64)(n) << 2)
#define PTE_XN		(3ULL << 53)

/* Of MAIR_VALUE */
#define MAIR_NORMAL	0
#define MAIR_DEVICE	1

#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_I		(1 << 12)

static u64 top[ENTRIES] __attribute__((aligned(4096)));

static u64 *table_below(u64 *entry)
{
	if (!*entry)
		*entry = (unsigned long)zalloc(PAGE_SIZE, PAGE_SIZE) | PTE_TABLE;
	return (u64 *)(unsigned long)(*entry & PTE_ADDRESS);
}

static u64 *block_entry(u64 address)
{
	u64 *table = top;
	int shift;

	for (shift = MMU_TOP_SHIFT; shift > BLOCK_SHIFT; shift -= 9)
		table = table_below(&table[address >> shift & (ENTRIES - 1)]);
	return &table[address >> shift & (ENTRIES - 1)];
}

void map_range(void *start, unsigned long size, enum map_type map_type)
{
	u64 address = (unsigned long)start & HUGE_PAGE_MASK, end = (u64)(unsigned long)start + size;
	u64 flags = PTE_BLOCK | PTE_AF | PTE_SH_INNER;

	flags |= map_type == MAP_CACHED ? PTE_MAIR(MAIR_NORMAL) : PTE_MAIR(MAIR_DEVICE) | PTE_XN;
	for (; address < end; address += HUGE_PAGE_SIZE)
		*block_entry(address) = address | flags;
	asm volatile("dsb ishst" : : : "memory");
	mmu_flush_all();
	asm volatile("dsb ish; isb" : : : "memory");
}

void mmu_init(void)
{
	map_range(NULL, HUGE_PAGE_SIZE, MAP_CACHED);
	map_range((void *)COMM_REGION_BASE, PAGE_SIZE, MAP_CACHED);
}

void mmu_enable(void)
{
	mmu_load((unsigned long)top);
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_M | SCTLR_C | SCTLR_I);
	isb();
}
