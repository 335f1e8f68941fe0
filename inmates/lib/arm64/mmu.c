// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Stage 1: one to one, in blocks of 2 MiB (ARM ARM, D8.3; 4 KiB granule, 48 bits, levels 0 to 2).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define ENTRIES		512
#define LEVELS		3

#define PTE_BLOCK	0x1ULL
#define PTE_TABLE	0x3ULL
#define PTE_ADDRESS	0xfffffffff000ULL
#define PTE_AF		(1ULL << 10)
#define PTE_SH_INNER	(3ULL << 8)
#define PTE_MAIR(n)	((u64)(n) << 2)
#define PTE_XN		(3ULL << 53)

#define MAIR_NORMAL	0
#define MAIR_DEVICE	1
#define MAIR_VALUE	0x04ffULL	/* 0: write-back, 1: Device-nGnRE */

#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_I		(1 << 12)

/* T0SZ 16, walks cacheable and inner shareable, TTBR1 off */
#define TCR_VALUE	(16ULL | 1ULL << 8 | 1ULL << 10 | 3ULL << 12 | 1ULL << 23)
#define TCR_IPS_SHIFT	32
#define MAX_PARANGE	5	/* 48 bits */

static u64 top[ENTRIES] __attribute__((aligned(4096)));

static u64 *table_below(u64 *entry)
{
	if (!*entry)
		*entry = (u64)zalloc(PAGE_SIZE, PAGE_SIZE) | PTE_TABLE;
	return (u64 *)(*entry & PTE_ADDRESS);
}

static u64 *block_entry(u64 address)
{
	u64 *table = top;
	int level, shift = 39;

	for (level = 0; level < LEVELS - 1; level++, shift -= 9)
		table = table_below(&table[address >> shift & (ENTRIES - 1)]);
	return &table[address >> shift & (ENTRIES - 1)];
}

void map_range(void *start, unsigned long size, enum map_type map_type)
{
	u64 address = (u64)start & HUGE_PAGE_MASK, end = (u64)start + size;
	u64 flags = PTE_BLOCK | PTE_AF | PTE_SH_INNER;

	flags |= map_type == MAP_CACHED ? PTE_MAIR(MAIR_NORMAL) : PTE_MAIR(MAIR_DEVICE) | PTE_XN;
	for (; address < end; address += HUGE_PAGE_SIZE)
		*block_entry(address) = address | flags;
	asm volatile("dsb ishst; tlbi vmalle1is; dsb ish; isb" : : : "memory");
}

void mmu_init(void)
{
	map_range(NULL, HUGE_PAGE_SIZE, MAP_CACHED);
	map_range((void *)COMM_REGION_BASE, PAGE_SIZE, MAP_CACHED);
}

void mmu_enable(void)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	write_sysreg(mair_el1, MAIR_VALUE);
	write_sysreg(tcr_el1, TCR_VALUE | (range < MAX_PARANGE ? range : MAX_PARANGE) << TCR_IPS_SHIFT);
	write_sysreg(ttbr0_el1, (u64)top);
	asm volatile("dsb ish; tlbi vmalle1; dsb ish; ic iallu; dsb ish; isb" : : : "memory");
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_M | SCTLR_C | SCTLR_I);
	isb();
}
