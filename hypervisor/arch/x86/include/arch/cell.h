/* SPDX-License-Identifier: GPL-2.0 */
/* cell - x86 state of a cell: permission maps in CPU format, read by hardware. */
#ifndef ARCH_CELL_H
#define ARCH_CELL_H

#include <hv/types.h>

#define X86_MSRPM_PAGES		2	/* SVM: 8 KiB */
#define X86_IOPM_PAGES		3	/* SVM: 12 KiB */

struct arch_cell {
	u8 *msrpm;		/* X86_MSRPM_PAGES, contiguous */
	u8 *iopm;		/* X86_IOPM_PAGES, contiguous */
	u64 *stage2_top;	/* one page; what the CPU is given as root of stage 2, see x86_stage2_top() */
};

#endif /* ARCH_CELL_H */
