// SPDX-License-Identifier: GPL-2.0
/*
 * npt - nested page tables of AMD SVM (AMD APM vol. 2, 15.25): the long-mode format of the host,
 * walked as user accesses, so that every entry carries U/S. G is ignored there. Accessed and dirty
 * bits are set in advance, see ia32e.c.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "x86_common.h"

#define NPT_PRESENT	(1ULL << 0)
#define NPT_PCD		(1ULL << 4)

/* Entry 3 of the host's PAT, UC, which devices get, wins over whatever the guest asks for (APM vol. 2, 15.25.8). */
static u64 npt_leaf(u64 pa, unsigned int level, u32 flags)
{
	return ia32e_leaf(pa, level, (flags & ~(u32)PT_GLOBAL) | PT_USER);
}

static u32 npt_flags(u64 pte, unsigned int level)
{
	return ia32e_flags(pte, level) & ~(u32)PT_USER;
}

const struct pt_format pt_npt = {
	.name = "npt",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = npt_leaf,
	.table = ia32e_table,
	.present = ia32e_present,
	.is_leaf = x86_is_leaf,
	.pa = x86_pa,
	.flags = npt_flags,
	.present_mask = NPT_PRESENT,
	.large_mask = X86_PTE_LARGE,
	.address_mask = X86_PTE_ADDRESS,
	.ram_mask = NPT_PRESENT | NPT_PCD,
	.ram_value = NPT_PRESENT,
	.linear = true,
	.empty = X86_PTE_EMPTY,
};
