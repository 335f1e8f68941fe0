// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about an ARMv7 machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/math.h>
#include <asm/barrier.h>
#include <asm/cacheflush.h>
#include <asm/cputype.h>

#include "arch.h"
#include "refusal.h"

int arch_check_machine(struct jailhouse_refusal *why)
{
	return arm_check_el2(why);
}

bool arch_header_is_sane(const struct hv_image_header *h)
{
	return h->link_base == HV_LINK_BASE_ARM;
}

/* To the point of coherency: what runs next has its MMU off and sees memory without caches. */
void arch_publish_memory(void *mem, size_t size)
{
	unsigned long start = (unsigned long)mem, addr;
	size_t line = 4UL << ((read_cpuid_cachetype() >> 16) & 0xf); /* ARM DDI 0406, B4.1.42: DminLine, log2 of words */

	for (addr = round_down(start, line); addr < start + size; addr += line)
		asm volatile("mcr p15, 0, %0, c7, c14, 1" : : "r"(addr) : "memory");
	dsb(sy);
	flush_icache_range(start, start + size);
}
