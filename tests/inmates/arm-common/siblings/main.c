// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * siblings: a CPU of a cell that breaks its border stops alone
 *
 * For a cell of two CPUs. The first one starts its sibling, which says that it goes on, again and again, and reads memory of root's.
 *
 *	siblings: going on, N
 *	siblings: the read came back
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define ROOT_MEMORY	0x48000000UL

static volatile bool started;

static void go_on(void *arg)
{
	unsigned int n;
	u64 start;

	for (n = 1; ; n++) {
		printk("siblings: going on, %u\n", n);
		started = true;
		for (start = timer_get_ticks(); timer_ticks_to_ns(timer_get_ticks() - start) < 200000000; )
			cpu_relax();
	}
}

void inmate_main(void)
{
	map_range((void *)ROOT_MEMORY, PAGE_SIZE, MAP_CACHED);
	if (smp_start_cpu(cpu_id() ^ 1, go_on, NULL))
		printk("siblings: there is no sibling\n");
	while (!started)
		cpu_relax();
	mmio_read32((void *)ROOT_MEMORY);
	printk("siblings: the read came back\n");
}
