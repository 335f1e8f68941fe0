/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bits that the x86 page-table formats have in common. Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_MM_FORMATS_X86_COMMON_H
#define HV_MM_FORMATS_X86_COMMON_H

#include <hv/pt.h>

#define X86_PTE_ADDRESS		0x000ffffffffff000ULL
#define X86_PTE_LARGE		(1ULL << 7)

/*
 * Non-present entries point beyond any memory: a CPU that speculates through one (L1 terminal
 * fault) finds nothing cached there.
 */
#define X86_PTE_EMPTY		X86_PTE_ADDRESS

static inline bool x86_is_leaf(u64 pte, unsigned int level)
{
	return level == 0 || pte & X86_PTE_LARGE;
}

static inline u64 x86_pa(u64 pte, unsigned int level)
{
	return pte & X86_PTE_ADDRESS;
}

/* Of the host's tables, for formats made like them */
u64 ia32e_leaf(u64 pa, unsigned int level, u32 flags);
u64 ia32e_table(u64 pa, unsigned int level);
bool ia32e_present(u64 pte, unsigned int level);
u32 ia32e_flags(u64 pte, unsigned int level);

#endif /* HV_MM_FORMATS_X86_COMMON_H */
