/* SPDX-License-Identifier: GPL-2.0 */
/* cell - ARM state of a cell. */
#ifndef ARCH_CELL_H
#define ARCH_CELL_H

#include <hv/types.h>

#define ARM_IRQ_WORDS	32		/* 1024 interrupts */

struct arch_cell {
	u64 *stage2_top;		/* level 1, where the CPUs start; see virt/arm-common/stage2.c */
	u64 *stage2_pages;		/* what it lies in */
	u64 flushed;			/* as on ARM64 */
	bool ended;
	u32 irqs[ARM_IRQ_WORDS];	/* SPIs that the cell owns; root's shrinks and grows */
};

#endif /* ARCH_CELL_H */
