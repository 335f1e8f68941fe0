// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Memory of others (stage 2: ARM DDI 0406, B3.6; DDI 0487, D8.2). A translation fault, or of what a region's rights leave out a permission
 * fault, ends the CPU with a line that says what it was, where, and by which instruction.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "escape.h"

static void read_root(void *arg)
{
	read_at(ROOT_MEMORY);
}

static void write_root(void *arg)
{
	write_at(ROOT_MEMORY);
}

static void read_hypervisor(void *arg)
{
	read_at(HYPERVISOR);
}

static void write_hypervisor(void *arg)
{
	write_at(HYPERVISOR);
}

static void write_other_cell(void *arg)
{
	write_at(OTHER_CELL);
}

static void read_nowhere(void *arg)
{
	read_at(NOWHERE);
}

static void write_device(void *arg)
{
	write_at(RTC);
}

static void execute_root(void *arg)
{
	map_range((void *)ROOT_MEMORY, 8, MAP_CACHED);
	((void (*)(void))ROOT_MEMORY)();
}

/* --- configs/arm64/regions.c: what a region's rights leave out --- */

#define READ_ONLY	0x400000UL
#define NOT_EXECUTABLE	0x401000UL
#define SMALL_PAGES	0x600000UL

static void read_read_only(void *arg)
{
	read_at(READ_ONLY);
}

static void write_read_only(void *arg)
{
	write_at(READ_ONLY);
}

static void use_not_executable(void *arg)
{
	write_at(NOT_EXECUTABLE);
	read_at(NOT_EXECUTABLE);
}

static void execute_not_executable(void *arg)
{
	map_range((void *)NOT_EXECUTABLE, 8, MAP_CACHED);
	mmio_write32((void *)NOT_EXECUTABLE, RETURN);
	sync_code((void *)NOT_EXECUTABLE);
	((void (*)(void))NOT_EXECUTABLE)();
}

static void use_small_pages(void *arg)
{
	unsigned long address;

	map_range((void *)SMALL_PAGES, HUGE_PAGE_SIZE, MAP_CACHED);
	for (address = SMALL_PAGES; address < SMALL_PAGES + HUGE_PAGE_SIZE; address += PAGE_SIZE) {
		mmio_write32((void *)address, address);
		value += mmio_read32((void *)address) == address;
	}
}

/* --- the edges of its own RAM: two bytes, or an instruction, in front of what is behind it --- */

static void read_over_the_end(void *arg)
{
	read_at(RAM_END - 2);
}

static void write_over_the_end(void *arg)
{
	write_at(RAM_END - 2);
}

static void read_behind_the_end(void *arg)
{
	read_at(RAM_END);
}

static void execute_over_the_end(void *arg)
{
	u32 *last = (u32 *)RAM_END - 1;

	mmio_write32(last, NOP);
	sync_code(last);
	((void (*)(void))last)();
}

static void write_behind_comm_region(void *arg)
{
	write_at(COMM_REGION_BASE + PAGE_SIZE);
}

const struct attempt memory_attempts[] = {
	ATTEMPT(read_root), ATTEMPT(write_root), ATTEMPT(read_hypervisor), ATTEMPT(write_hypervisor), ATTEMPT(write_other_cell),
	ATTEMPT(read_nowhere), ATTEMPT(write_device), ATTEMPT(execute_root), ATTEMPT(read_read_only), ATTEMPT(write_read_only),
	ATTEMPT(use_not_executable), ATTEMPT(execute_not_executable), ATTEMPT(use_small_pages), ATTEMPT(read_over_the_end),
	ATTEMPT(write_over_the_end), ATTEMPT(read_behind_the_end), ATTEMPT(execute_over_the_end), ATTEMPT(write_behind_comm_region),
	NO_MORE,
};
