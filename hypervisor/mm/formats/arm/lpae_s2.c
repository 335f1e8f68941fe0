// SPDX-License-Identifier: GPL-2.0
/*
 * lpae_s2 - stage 2 (ARM ARM, D8.3.1, D8.5.5). XN is one bit, as without FEAT_XNX; with it bit 54
 * alone means the same.
 *
 * Always from level 0. A CPU with few bits of physical address walks from level 1, through a copy of
 * that level (virt/arm64/stage2.c).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/lpae.h>

#define S2_ATTR_MASK	(0xfULL << 2)
#define S2_ATTR_NORMAL	(0xfULL << 2)	/* write-back */
#define S2_ATTR_DEVICE	(0x1ULL << 2)	/* nGnRE */
#define S2_READ		(1ULL << 6)
#define S2_WRITE	(1ULL << 7)

static u64 s2_leaf(u64 pa, unsigned int level, u32 flags)
{
	u64 pte = lpae_leaf(pa, level, flags) | S2_READ;

	if (!(flags & PT_READ))
		return LPAE_EMPTY;
	if (flags & PT_WRITE)
		pte |= S2_WRITE;
	return pte | (flags & PT_DEVICE ? S2_ATTR_DEVICE : S2_ATTR_NORMAL | LPAE_SH_INNER);
}

static u32 s2_flags(u64 pte, unsigned int level)
{
	return lpae_flags(pte) | (pte & S2_WRITE ? PT_WRITE : 0) |
	       ((pte & S2_ATTR_MASK) == S2_ATTR_DEVICE ? PT_DEVICE : 0);
}

const struct pt_format pt_lpae_s2 = {
	.name = "lpae_s2",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = s2_leaf,
	.table = lpae_table,
	.present = lpae_present,
	.is_leaf = lpae_is_leaf,
	.pa = lpae_pa,
	.flags = s2_flags,
	.present_mask = LPAE_VALID,
	.large_mask = LPAE_SW_LARGE,
	.address_mask = LPAE_ADDRESS,
	.ram_mask = LPAE_VALID | S2_READ | S2_ATTR_MASK,
	.ram_value = LPAE_VALID | S2_READ | S2_ATTR_NORMAL,
	.linear = true,
	.empty = LPAE_EMPTY,
};
