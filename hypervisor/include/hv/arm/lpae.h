/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lpae - long descriptors with 4 KiB granule (ARM ARM, D8.3): what the formats of both stages have in
 * common, and stage 1 of EL2, whose private tables are made without the walker.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_LPAE_H
#define HV_ARM_LPAE_H

#include <hv/pt.h>

#define LPAE_VALID		(1ULL << 0)
#define LPAE_TABLE_OR_PAGE	(1ULL << 1)	/* a block when clear */
#define LPAE_SH_INNER		(3ULL << 8)
#define LPAE_AF			(1ULL << 10)
#define LPAE_ADDRESS		0x0000fffffffff000ULL
#define LPAE_XN			(1ULL << 54)
/* Bits 55 to 58 are software's. */
#define LPAE_SW_NO_HUGE		(1ULL << 55)
#define LPAE_SW_LARGE		(1ULL << 56)	/* a block, for lookups with masks */

/* Valid bit clear; the rest is ignored, but names no memory that could be there. */
#define LPAE_EMPTY		LPAE_ADDRESS

static inline u64 lpae_leaf(u64 pa, unsigned int level, u32 flags)
{
	u64 pte = (pa & LPAE_ADDRESS) | LPAE_VALID | LPAE_AF;

	pte |= level > 0 ? LPAE_SW_LARGE : LPAE_TABLE_OR_PAGE;
	if (!(flags & PT_EXEC))
		pte |= LPAE_XN;
	if (flags & PT_NO_HUGE)
		pte |= LPAE_SW_NO_HUGE;
	return pte;
}

static inline u64 lpae_table(u64 pa, unsigned int level)
{
	return (pa & LPAE_ADDRESS) | LPAE_VALID | LPAE_TABLE_OR_PAGE;
}

static inline bool lpae_present(u64 pte, unsigned int level)
{
	return pte & LPAE_VALID;
}

static inline bool lpae_is_leaf(u64 pte, unsigned int level)
{
	return level == 0 || !(pte & LPAE_TABLE_OR_PAGE);
}

static inline u64 lpae_pa(u64 pte, unsigned int level)
{
	return pte & LPAE_ADDRESS;
}

static inline u32 lpae_flags(u64 pte)
{
	return PT_READ | (pte & LPAE_XN ? 0 : PT_EXEC) | (pte & LPAE_SW_NO_HUGE ? PT_NO_HUGE : 0);
}

/*
 * Stage 1 of EL2 (D8.3.1): one privilege level, so AP[1] is 1 and AP[2] alone says who may write.
 * MAIR_EL2: attribute 0 is write-back memory, 1 Device-nGnRE.
 */
#define S1_ATTR_DEVICE	(1ULL << 2)
#define S1_AP1		(1ULL << 6)
#define S1_READ_ONLY	(1ULL << 7)

static inline u64 lpae_s1_leaf(u64 pa, unsigned int level, u32 flags)
{
	u64 pte = lpae_leaf(pa, level, flags) | S1_AP1;

	if (!(flags & PT_READ))
		return LPAE_EMPTY;
	if (!(flags & PT_WRITE))
		pte |= S1_READ_ONLY;
	return pte | (flags & PT_DEVICE ? S1_ATTR_DEVICE : LPAE_SH_INNER);
}

static inline u32 lpae_s1_flags(u64 pte, unsigned int level)
{
	return lpae_flags(pte) | (pte & S1_READ_ONLY ? 0 : PT_WRITE) |
	       (pte & S1_ATTR_DEVICE ? PT_DEVICE : 0);
}

#endif /* HV_ARM_LPAE_H */
