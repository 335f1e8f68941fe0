// SPDX-License-Identifier: GPL-2.0
/*
 * canary: a cell that notices when somebody else writes its memory
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * The victim in tests of isolation. All memory between the program and the communication region, and one more range if the
 * parameters name it, is filled with a pattern that depends on the address. Once per tick the whole of it is verified and rewritten
 * with the next pattern; so are the values kept in registers and on the stack by simply going on. Output per tick:
 *
 *	canary: ok 17
 *	canary: CORRUPTED at 0x2340: 0x0, not 0x9e3779b9...	(at most 8 of these, then the cell's state becomes FAILED)
 *
 * While another cell or root does what it may not do, the count must go on and no word be corrupted. A tick that comes late shows in
 * the count as well. The cell agrees to shut down.
 *
 * Parameters: tick=MS (100). start=ADDRESS, size=BYTES: a further range of the cell's memory. quiet: print every tenth tick only.
 */
#include <tests/inmates/lib/check.h>

#define MAX_REPORTS	8

struct patch {
	u64 *words;
	unsigned long count;
};

static struct patch patches[2];
static unsigned int corrupted;

static u64 pattern(const u64 *word, unsigned int tick)
{
	return ((unsigned long)word + tick + 1) * 0x9e3779b97f4a7c15ULL;
}

static void fill(const struct patch *patch, unsigned int tick)
{
	unsigned long n;

	for (n = 0; n < patch->count; n++)
		*(volatile u64 *)&patch->words[n] = pattern(&patch->words[n], tick);
}

static void report(const u64 *word, u64 seen, u64 expected)
{
	if (++corrupted <= MAX_REPORTS)
		printk("canary: CORRUPTED at %p: 0x%llx, not 0x%llx\n", (const void *)word, seen, expected);
}

static void verify(const struct patch *patch, unsigned int tick)
{
	unsigned long n;
	u64 seen;

	for (n = 0; n < patch->count; n++) {
		seen = *(volatile u64 *)&patch->words[n];
		if (seen != pattern(&patch->words[n], tick))
			report(&patch->words[n], seen, pattern(&patch->words[n], tick));
	}
}

static void choose_patches(void)
{
	unsigned long start = (unsigned long)cmdline_parse_int("start", 0);
	unsigned long size = (unsigned long)cmdline_parse_int("size", 0);

	patches[0].words = (u64 *)heap_pos;
	patches[0].count = (COMM_REGION_BASE - heap_pos) / sizeof(u64);
	if (!size)
		return;
	heap_pos = COMM_REGION_BASE - 16 * PAGE_SIZE;	/* page tables */
	patches[0].count -= 16 * PAGE_SIZE / sizeof(u64);
	map_range((void *)start, size, MAP_CACHED);
	patches[1].words = (u64 *)start;
	patches[1].count = size / sizeof(u64);
}

static void tick_once(unsigned int tick)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(patches); n++)
		verify(&patches[n], tick);
	for (n = 0; n < ARRAY_SIZE(patches); n++)
		fill(&patches[n], tick + 1);
}

void inmate_main(void)
{
	unsigned long tick_us = (unsigned long)cmdline_parse_int("tick", 100) * 1000;
	bool quiet = cmdline_parse_bool("quiet", false);
	unsigned int tick, n;

	test_begin("canary");
	tsc_init();
	choose_patches();
	printk("canary: watching %lu KiB\n", (unsigned long)(patches[0].count + patches[1].count) * sizeof(u64) / 1024);

	for (n = 0; n < ARRAY_SIZE(patches); n++)
		fill(&patches[n], 0);
	for (tick = 0; !corrupted; tick++) {
		delay_us(tick_us);
		tick_once(tick);
		if (!corrupted && (!quiet || tick % 10 == 0))
			printk("canary: ok %u\n", tick + 1);
		test_answer_messages();
	}
	comm_region->cell_state = JAILHOUSE_CELL_FAILED;
}
