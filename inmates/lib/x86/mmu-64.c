// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Identity mapping beyond the first 2 MiB: large pages, tables from the heap.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define PTE_TABLE	0x003UL	/* present, writable */
#define PTE_LARGE	0x083UL	/* present, writable, page size */
#define PTE_PCD		0x010UL	/* with the reset value of PAT: strong uncacheable together with PWT */
#define PTE_PWT		0x008UL
#define PTE_ADDRESS	0x000ffffffffff000UL

extern u64 boot_pml4[];

static u64 *next_table(u64 *table, unsigned long virt, unsigned int shift)
{
	u64 *entry = &table[(virt >> shift) & 0x1ff];

	if (!*entry)
		*entry = (unsigned long)zalloc(PAGE_SIZE, PAGE_SIZE) | PTE_TABLE;
	return (u64 *)(unsigned long)(*entry & PTE_ADDRESS);
}

static void map_large_page(unsigned long address, u64 flags)
{
	u64 *pdpt = next_table(boot_pml4, address, 39);
	u64 *pd = next_table(pdpt, address, 30);

	pd[(address >> 21) & 0x1ff] = address | flags;
	asm volatile("invlpg (%0)" : : "r" (address) : "memory");
}

void map_range(void *start, unsigned long size, enum map_type map_type)
{
	u64 flags = PTE_LARGE | (map_type == MAP_UNCACHED ? PTE_PCD | PTE_PWT : 0);
	unsigned long address = (unsigned long)start & HUGE_PAGE_MASK;
	unsigned long end = (unsigned long)start + size;

	/* The first large page holds program and communication region: it stays as it is. */
	for (; address < end; address += HUGE_PAGE_SIZE)
		if (address)
			map_large_page(address, flags);
}
