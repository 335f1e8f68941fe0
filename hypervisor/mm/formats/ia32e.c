// SPDX-License-Identifier: GPL-2.0
/*
 * ia32e - 4-level long-mode tables (AMD APM vol. 2, 5.3; SDM vol. 3A, 4.5). EFER.NXE must be set.
 *
 * Accessed and dirty bits are set in advance: hardware then never writes the tables, which stay as
 * the walker left them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "x86_common.h"

#define IA32E_PRESENT	(1ULL << 0)
#define IA32E_WRITE	(1ULL << 1)
#define IA32E_USER	(1ULL << 2)
#define IA32E_PWT	(1ULL << 3)
#define IA32E_PCD	(1ULL << 4)
#define IA32E_ACCESSED	(1ULL << 5)
#define IA32E_DIRTY	(1ULL << 6)
#define IA32E_GLOBAL	(1ULL << 8)
#define IA32E_NX	(1ULL << 63)

/* PCD and PWT select PAT entry 3: uncacheable after reset and under Linux. */
#define IA32E_UNCACHED	(IA32E_PCD | IA32E_PWT)

u64 ia32e_leaf(u64 pa, unsigned int level, u32 flags)
{
	u64 pte = (pa & X86_PTE_ADDRESS) | IA32E_PRESENT | IA32E_ACCESSED | IA32E_DIRTY;

	if (!(flags & PT_READ))
		return X86_PTE_EMPTY;
	if (level > 0)
		pte |= X86_PTE_LARGE;
	if (flags & PT_WRITE)
		pte |= IA32E_WRITE;
	if (!(flags & PT_EXEC))
		pte |= IA32E_NX;
	if (flags & PT_DEVICE)
		pte |= IA32E_UNCACHED;
	if (flags & PT_USER)
		pte |= IA32E_USER;
	if (flags & PT_GLOBAL)
		pte |= IA32E_GLOBAL;
	return pte;
}

u64 ia32e_table(u64 pa, unsigned int level)
{
	return (pa & X86_PTE_ADDRESS) | IA32E_PRESENT | IA32E_WRITE | IA32E_USER | IA32E_ACCESSED;
}

bool ia32e_present(u64 pte, unsigned int level)
{
	return pte & IA32E_PRESENT;
}

u32 ia32e_flags(u64 pte, unsigned int level)
{
	u32 flags = PT_READ;

	if (pte & IA32E_WRITE)
		flags |= PT_WRITE;
	if (!(pte & IA32E_NX))
		flags |= PT_EXEC;
	if (pte & IA32E_PCD)
		flags |= PT_DEVICE;
	if (pte & IA32E_USER)
		flags |= PT_USER;
	if (pte & IA32E_GLOBAL)
		flags |= PT_GLOBAL;
	return flags;
}

const struct pt_format pt_ia32e = {
	.name = "ia32e",
	.levels = 4,
	.max_leaf_level = 2,
	.leaf = ia32e_leaf,
	.table = ia32e_table,
	.present = ia32e_present,
	.is_leaf = x86_is_leaf,
	.pa = x86_pa,
	.flags = ia32e_flags,
	.sign_extended = true,
	.linear = true,
	.empty = X86_PTE_EMPTY,
};
