// SPDX-License-Identifier: GPL-2.0
/*
 * lpae_s1 - stage 1 of EL2, for the walker.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/lpae.h>

const struct pt_format pt_lpae_s1 = {
	.name = "lpae_s1",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = lpae_s1_leaf,
	.table = lpae_table,
	.present = lpae_present,
	.is_leaf = lpae_is_leaf,
	.pa = lpae_pa,
	.flags = lpae_s1_flags,
	.linear = true,
	.empty = LPAE_EMPTY,
};
