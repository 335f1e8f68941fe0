/* SPDX-License-Identifier: GPL-2.0 */
/* cell - fake state of a cell. Copyright (c) Jailhouse contributors, 2026 */
#ifndef ARCH_CELL_H
#define ARCH_CELL_H

#include <hv/types.h>

#define FAKE_PERMISSION_PAGES 3
#define ARM_IRQ_WORDS 32

struct arch_cell {
	/* FAKE_PERMISSION_PAGES, contiguous: something that takes pool pages */
	u8 *permissions;
	u32 updates;		/* calls of arch_cell_update() */
	u64 flushed;
	bool ended;		/* vdev/arm: by PSCI */
	u32 irqs[ARM_IRQ_WORDS];	/* vdev/arm: SPIs that the cell owns */
};

#endif /* ARCH_CELL_H */
