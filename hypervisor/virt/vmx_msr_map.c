// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_msr_map - the permission map of MSRs as VMX reads it (SDM vol. 3C, 25.6.9): reads of 0-1fff, reads of c0000000-c0001fff, then the
 * writes of both, one bit each. Pure.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/string.h>
#include <virt/vmx_msr_map.h>

#define RANGE_MSRS	0x2000
#define RANGES		2
#define BITMAP_SIZE	(RANGE_MSRS / 8)

static bool bit(const u8 *map, unsigned int n)
{
	return map[n / 8] >> (n % 8) & 1;
}

static void put(u8 *map, unsigned int n, bool value)
{
	map[n / 8] |= value << (n % 8);
}

void vmx_msr_map_pack(u8 *map)
{
	u8 *packed = map + PAGE_SIZE;

	memset(packed, 0, PAGE_SIZE);
	for (unsigned int i = 0; i < RANGES * RANGE_MSRS; i++) {
		put(packed, i, bit(map, 2 * i));
		put(packed + RANGES * BITMAP_SIZE, i, bit(map, 2 * i + 1));
	}
	memcpy(map, packed, PAGE_SIZE);
}
