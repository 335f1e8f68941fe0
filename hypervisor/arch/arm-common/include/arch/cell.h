/* SPDX-License-Identifier: GPL-2.0 */
/* cell - state of a cell that all ARMs have. */
#ifndef ARCH_CELL_H
#define ARCH_CELL_H

#include <hv/types.h>

#define ARM_IRQ_WORDS	32		/* 1024 interrupts */

struct arch_cell {
	u64 *stage2_top;		/* level 1 for CPUs that start there, or NULL; see virt/arm-common/stage2.c */
	u64 *stage2_pages;		/* what it lies in */
	u64 flushed;			/* of its memory, before the first CPU starts: its own, or the management's */
	bool ended;			/* by PSCI: none of its CPUs is switched on until it is started again; atomic */
	u32 irqs[ARM_IRQ_WORDS];	/* SPIs that the cell owns; root's shrinks and grows */
};

#endif /* ARCH_CELL_H */
