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

#endif /* HV_MM_FORMATS_X86_COMMON_H */
