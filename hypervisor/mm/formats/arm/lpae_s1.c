// SPDX-License-Identifier: GPL-2.0
/*
 * lpae_s1 - stage 1 of EL2, for the walker: 48 bits of address, and 32 of ARMv7 (ARM DDI 0406, B3.6).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/arm/lpae.h>

#define FORMAT(name_, levels_)							\
	{									\
		.name = name_, .levels = levels_, .max_leaf_level = 2,		\
		.leaf = lpae_s1_leaf, .table = lpae_table, .present = lpae_present,	\
		.is_leaf = lpae_is_leaf, .pa = lpae_pa, .flags = lpae_s1_flags,	\
		.linear = true, .empty = LPAE_EMPTY,				\
	}

const struct pt_format pt_lpae_s1 = FORMAT("lpae_s1", 4);
const struct pt_format pt_lpae_s1_32 = FORMAT("lpae_s1_32", 3);
