// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_msr_map - the permission map of MSRs as VMX reads it (SDM vol. 3C, 25.6.9): reads of 0-1fff, reads of c0000000-c0001fff, then the
 * writes of both, one bit each. Pure.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/string.h>
#include <virt/vmx_msr_map.h>

#define WORDS	(PAGE_SIZE / sizeof(u64))	/* of pairs: may a read, may a write exit */

/* The first of each pair of bits, side by side (Hacker's Delight, 7-2: five steps instead of 32) */
static u32 first_of_pairs(u64 x)
{
	x &= 0x5555555555555555;
	x = (x | x >> 1) & 0x3333333333333333;
	x = (x | x >> 2) & 0x0f0f0f0f0f0f0f0f;
	x = (x | x >> 4) & 0x00ff00ff00ff00ff;
	x = (x | x >> 8) & 0x0000ffff0000ffff;
	return x | x >> 16;
}

void vmx_msr_map_pack(u8 *map)
{
	const u64 *pairs = (const u64 *)map;
	u32 *reads = (u32 *)(map + PAGE_SIZE), *writes = reads + WORDS;

	for (unsigned int i = 0; i < WORDS; i++) {
		reads[i] = first_of_pairs(pairs[i]);
		writes[i] = first_of_pairs(pairs[i] >> 1);
	}
	memcpy(map, reads, PAGE_SIZE);
}
