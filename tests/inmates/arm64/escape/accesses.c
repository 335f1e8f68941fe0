// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Accesses that have no complete syndrome, to registers that are emulated, and tables of stage 1 where they must not be (DDI 0487,
 * D17.2.37). Pairs and write-back are decoded and completed; what is not decoded, unaligned or crosses a page ends the CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <escape/escape.h>

void sync_code(void *code)
{
	asm volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" : : "r" (code) : "memory");
}

static void table_in_root(void *arg)
{
	write_sysreg(ttbr0_el1, ROOT_MEMORY);
	asm volatile("tlbi vmalle1; dsb ish; isb" : : : "memory");
	value = 1;
}

/*
 * Code runs behind tables of its own, one of which it changes: where it is now the CPU's TLB alone knows. The access that follows has no
 * complete syndrome, so the hypervisor looks for the instruction.
 */
#define ALIAS		(1UL << 39)
#define CODE		0x40000UL	/* where NO_DEVICE is in its block of 2 MiB; not used otherwise */
#define TABLE		3UL
#define BLOCK		(1UL | 3UL << 8 | 1UL << 10)

void code_without_way(u64 *entry, u64 value, void *device);

asm(".pushsection .text\n"
    "code_without_way:\n"
    "	str	x1, [x0]\n"
    "	dsb	ishst\n"
    "	ldp	w3, w4, [x2]\n"
    "	ret\n"
    ".popsection");

static void lose_the_way(bool table, u64 value_of_entry)
{
	static u64 level1[512] __attribute__((aligned(4096))), level2[512] __attribute__((aligned(4096)));
	u64 *top = (u64 *)read_sysreg(ttbr0_el1);
	void (*alias)(u64 *, u64, void *) = (void *)(CODE + ALIAS);

	memcpy((void *)CODE, code_without_way, 16);
	level2[0] = BLOCK;
	level1[0] = (u64)level2 | TABLE;
	top[ALIAS >> 39] = (u64)level1 | TABLE;
	asm volatile("dsb ish; ic iallu; dsb ish; isb" : : : "memory");
	alias(table ? &top[ALIAS >> 39] : level2, value_of_entry, gicd(GICD_ISENABLER));
	value = 1;
}

static void way_through_no_device(void *arg)
{
	lose_the_way(true, NO_DEVICE | TABLE);
}

static void way_to_no_device(void *arg)
{
	lose_the_way(false, (NO_DEVICE & HUGE_PAGE_MASK) | BLOCK);
}

static void unaligned_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	value = mmio_read32(gicd(GICD_ISENABLER + 1));
}

static void exclusive_gic(void *arg)
{
	u32 v;

	asm volatile("ldxr %w0, [%1]" : "=r" (v) : "r" (gicd(GICD_ISENABLER)) : "memory");
	value = v;
}

static void pair_gic(void *arg)
{
	u32 a, b;

	asm volatile("ldp %w0, %w1, [%2]" : "=r" (a), "=r" (b) : "r" (gicd(GICD_ISENABLER)) : "memory");
	value = a | (u64)b << 32;
}

static void writeback_gic(void *arg)
{
	void *address = gicd(GICD_ISENABLER);
	u32 v;

	asm volatile("ldr %w0, [%1], #4" : "=r" (v), "+r" (address) : : "memory");
	value = (u64)address - comm_region->gicd_base;
}

static void exclusive_store_gic(void *arg)
{
	u32 failed;

	asm volatile("ldxr w9, [%1]; stxr %w0, wzr, [%1]" : "=&r" (failed) : "r" (gicd(GICD_ISENABLER)) : "w9", "memory");
	value = failed;
}

static void vector_gic(void *arg)
{
	write_sysreg(cpacr_el1, 3 << 20);
	asm volatile("isb; ldr q0, [%0]" : : "r" (gicd(GICD_ISENABLER)) : "memory");
}

static void pair_store_gic(void *arg)
{
	asm volatile("stp wzr, wzr, [%0]" : : "r" (gicd(GICD_ISENABLER + 4)) : "memory");
	value = 1;
}

static void clean_line_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	asm volatile("dc civac, %0; dsb sy" : : "r" (gicd(GICD_ISENABLER)) : "memory");
	value = 1;
}

static void execute_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	((void (*)(void))gicd(0))();
}

static void table_in_gic(void *arg)
{
	write_sysreg(ttbr0_el1, comm_region->gicd_base);
	asm volatile("tlbi vmalle1; dsb ish; isb" : : : "memory");
	value = 1;
}

static void unaligned_device(void *arg)
{
	map_range((void *)(unsigned long)comm_region->console.address, PAGE_SIZE, MAP_CACHED);
	value = mmio_read32((void *)(unsigned long)(comm_region->console.address + PAGE_SIZE - 2));
}

static void zero_line_gic(void *arg)
{
	map_range(gicd(0), PAGE_SIZE, MAP_CACHED);
	asm volatile("dc zva, %0" : : "r" (gicd(GICD_ISENABLER)) : "memory");
}

static void byte_of_enable(void *arg)
{
	value = mmio_read8(gicd(GICD_ISENABLER + 4));
}

const struct attempt access_attempts[] = {
	ATTEMPT(table_in_root), ATTEMPT(way_through_no_device), ATTEMPT(way_to_no_device), ATTEMPT(unaligned_gic),
	ATTEMPT(exclusive_gic), ATTEMPT(pair_gic), ATTEMPT(writeback_gic), ATTEMPT(exclusive_store_gic), ATTEMPT(vector_gic),
	ATTEMPT(pair_store_gic), ATTEMPT(clean_line_gic), ATTEMPT(execute_gic), ATTEMPT(table_in_gic), ATTEMPT(unaligned_device),
	ATTEMPT(zero_line_gic), ATTEMPT(byte_of_enable), NO_MORE,
};
