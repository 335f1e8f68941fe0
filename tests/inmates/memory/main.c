// SPDX-License-Identifier: GPL-2.0
/*
 * memory: what a cell may do with each kind of its memory
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Runs in a cell whose configuration has one region of each kind (configs/x86/test.c):
 *
 *	0x200000	a page that can be read only
 *	0x201000	a page that cannot be executed
 *	0x202010	32 bytes within a page, 32-bit accesses only, read and write
 *	0x202040	16 bytes of the same page, 8- and 16-bit accesses, also unaligned, read only
 *	0x400000	2 MiB mapped in small pages
 *
 * Here stands what is allowed; it must work. What is forbidden on the same addresses stops the CPU, and is the matter of the inmate
 * "forbidden" with its parameter "addr". Further: all memory of the cell but the program itself was scrubbed or loaded, so the pages
 * must not hold anything of the last owner at the first start ("fresh", given by the test that has just created the cell).
 *
 * Parameters: fresh: pages must be zero.
 */
#include <tests/inmates/lib/check.h>

#define READ_ONLY	((u8 *)0x200000UL)
#define NO_EXECUTE	((u8 *)0x201000UL)
#define WINDOW_32	((u8 *)0x202010UL)
#define WINDOW_8_16	((u8 *)0x202040UL)
#define SMALL_PAGES	((u8 *)0x400000UL)
#define SMALL_SIZE	0x200000UL

static bool all_zero(const u8 *start, unsigned long size)
{
	const unsigned long *p = (const unsigned long *)start;

	for (; size; size -= sizeof(*p))
		if (*p++)
			return false;
	return true;
}

static u64 pattern(const u64 *p)
{
	return (unsigned long)p * 0x9e3779b97f4a7c15ULL;
}

static bool keeps_values(u8 *start, unsigned long size)
{
	u64 *p, *end = (u64 *)(start + size);

	for (p = (u64 *)start; p < end; p++)
		*(volatile u64 *)p = pattern(p);
	for (p = (u64 *)start; p < end; p++)
		if (*(volatile u64 *)p != pattern(p))
			return false;
	return true;
}

static void check_fresh(void)
{
	check(all_zero(NO_EXECUTE, PAGE_SIZE), "memory that cannot be executed is zero at the first start");
	check(all_zero(SMALL_PAGES, SMALL_SIZE), "memory in small pages is zero at the first start");
}

/* A function in the last small page, and in the last bytes of the first one: mov $imm32, %eax; ret */
static bool can_execute(u8 *code, u32 value)
{
	unsigned int (*function)(void) = (unsigned int (*)(void))code;

	code[0] = 0xb8;
	memcpy(code + 1, &value, sizeof(value));
	code[5] = 0xc3;
	return function() == value;
}

static void check_windows(void)
{
	unsigned int n;
	bool kept = true;
	u16 word;

	for (n = 0; n < 32; n += 4)
		mmio_write32(WINDOW_32 + n, 0xc0ffee00 + n);
	for (n = 0; n < 32; n += 4)
		kept &= mmio_read32(WINDOW_32 + n) == 0xc0ffee00 + n;
	check(kept, "a window into a page keeps 32-bit values");

	word = mmio_read16(WINDOW_8_16);
	check(mmio_read8(WINDOW_8_16) == (word & 0xff), "8 and 16 bits can be read where the window has both widths");
	word = mmio_read8(WINDOW_8_16 + 1) | (mmio_read8(WINDOW_8_16 + 2) << 8);
	check(mmio_read16(WINDOW_8_16 + 1) == word, "16 bits can be read unaligned where the window says so");
	mmio_read8(WINDOW_8_16 + 15);
	check(true, "the last byte of a window can be read");
}

void inmate_main(void)
{
	test_begin("memory");
	map_range(READ_ONLY, 0x200000, MAP_CACHED);
	map_range(SMALL_PAGES, SMALL_SIZE, MAP_CACHED);

	if (cmdline_parse_bool("fresh", false))
		check_fresh();
	mmio_read32(READ_ONLY);
	mmio_read32(READ_ONLY + PAGE_SIZE - 4);
	check(true, "read-only memory can be read");
	check(keeps_values(NO_EXECUTE, PAGE_SIZE), "memory that cannot be executed keeps values");
	check(keeps_values(SMALL_PAGES, SMALL_SIZE), "2 MiB in small pages keep values");
	check(can_execute(SMALL_PAGES + SMALL_SIZE - 16, 0x12345678), "code runs in the last small page");
	check(can_execute(SMALL_PAGES + PAGE_SIZE - 3, 0x87654321), "code runs across the border of two small pages");
	check_windows();
	test_end();
}
