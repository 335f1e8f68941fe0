// SPDX-License-Identifier: GPL-2.0
/*
 * ept - extended page tables of Intel VMX (SDM vol. 3C, 29.3.2). An entry is present when any of
 * its access rights is set.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "x86_common.h"

#define EPT_READ	(1ULL << 0)
#define EPT_WRITE	(1ULL << 1)
#define EPT_EXEC	(1ULL << 2)
#define EPT_RIGHTS	(EPT_READ | EPT_WRITE | EPT_EXEC)
#define EPT_TYPE_UC	(0ULL << 3)
#define EPT_TYPE_WB	(6ULL << 3)
#define EPT_TYPE_MASK	(7ULL << 3)
#define EPT_IGNORE_PAT	(1ULL << 6)	/* devices: the guest's PAT cannot make them cacheable */
#define EPT_ACCESSED	(1ULL << 8)
#define EPT_DIRTY	(1ULL << 9)

static u64 ept_leaf(u64 pa, unsigned int level, u32 flags)
{
	u64 pte = (pa & X86_PTE_ADDRESS) | EPT_READ | EPT_ACCESSED | EPT_DIRTY;

	if (!(flags & PT_READ))
		return X86_PTE_EMPTY;
	if (level > 0)
		pte |= X86_PTE_LARGE;
	if (flags & PT_WRITE)
		pte |= EPT_WRITE;
	if (flags & PT_EXEC)
		pte |= EPT_EXEC;
	return pte | (flags & PT_DEVICE ? EPT_TYPE_UC | EPT_IGNORE_PAT : EPT_TYPE_WB);
}

static u64 ept_table(u64 pa, unsigned int level)
{
	return (pa & X86_PTE_ADDRESS) | EPT_RIGHTS | EPT_ACCESSED;
}

static bool ept_present(u64 pte, unsigned int level)
{
	return pte & EPT_RIGHTS;
}

static u32 ept_flags(u64 pte, unsigned int level)
{
	u32 flags = PT_READ;

	if (pte & EPT_WRITE)
		flags |= PT_WRITE;
	if (pte & EPT_EXEC)
		flags |= PT_EXEC;
	if ((pte & EPT_TYPE_MASK) == EPT_TYPE_UC)
		flags |= PT_DEVICE;
	return flags;
}

const struct pt_format pt_ept = {
	.name = "ept",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = ept_leaf,
	.table = ept_table,
	.present = ept_present,
	.is_leaf = x86_is_leaf,
	.pa = x86_pa,
	.flags = ept_flags,
	.present_mask = EPT_RIGHTS,
	.large_mask = X86_PTE_LARGE,
	.address_mask = X86_PTE_ADDRESS,
	.ram_mask = EPT_READ | EPT_TYPE_MASK,
	.ram_value = EPT_READ | EPT_TYPE_WB,
	.linear = true,
	.empty = X86_PTE_EMPTY,
};
