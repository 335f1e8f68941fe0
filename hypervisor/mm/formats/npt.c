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
#define NPT_WRITE	(1ULL << 1)
#define NPT_USER	(1ULL << 2)
#define NPT_PWT		(1ULL << 3)
#define NPT_PCD		(1ULL << 4)
#define NPT_ACCESSED	(1ULL << 5)
#define NPT_DIRTY	(1ULL << 6)
#define NPT_NX		(1ULL << 63)

/* Entry 3 of the host's PAT, UC, wins over whatever the guest asks for (APM vol. 2, 15.25.8). */
#define NPT_UNCACHED	(NPT_PCD | NPT_PWT)

static u64 npt_leaf(u64 pa, unsigned int level, u32 flags)
{
	u64 pte = (pa & X86_PTE_ADDRESS) | NPT_PRESENT | NPT_USER | NPT_ACCESSED | NPT_DIRTY;

	if (!(flags & PT_READ))
		return X86_PTE_EMPTY;
	if (level > 0)
		pte |= X86_PTE_LARGE;
	if (flags & PT_WRITE)
		pte |= NPT_WRITE;
	if (!(flags & PT_EXEC))
		pte |= NPT_NX;
	if (flags & PT_DEVICE)
		pte |= NPT_UNCACHED;
	return pte;
}

static u64 npt_table(u64 pa, unsigned int level)
{
	return (pa & X86_PTE_ADDRESS) | NPT_PRESENT | NPT_WRITE | NPT_USER | NPT_ACCESSED;
}

static bool npt_present(u64 pte, unsigned int level)
{
	return pte & NPT_PRESENT;
}

static bool npt_is_leaf(u64 pte, unsigned int level)
{
	return level == 0 || pte & X86_PTE_LARGE;
}

static u64 npt_pa(u64 pte, unsigned int level)
{
	return pte & X86_PTE_ADDRESS;
}

static u32 npt_flags(u64 pte, unsigned int level)
{
	u32 flags = PT_READ;

	if (pte & NPT_WRITE)
		flags |= PT_WRITE;
	if (!(pte & NPT_NX))
		flags |= PT_EXEC;
	if (pte & NPT_PCD)
		flags |= PT_DEVICE;
	return flags;
}

const struct pt_format pt_npt = {
	.name = "npt",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = npt_leaf,
	.table = npt_table,
	.present = npt_present,
	.is_leaf = npt_is_leaf,
	.pa = npt_pa,
	.flags = npt_flags,
	.present_mask = NPT_PRESENT,
	.large_mask = X86_PTE_LARGE,
	.address_mask = X86_PTE_ADDRESS,
	.ram_mask = NPT_PRESENT | NPT_PCD,
	.ram_value = NPT_PRESENT,
	.linear = true,
	.empty = X86_PTE_EMPTY,
};
