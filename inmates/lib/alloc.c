// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Memory behind the image, handed out once.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

extern u8 stack_top[];

unsigned long heap_pos = (unsigned long)stack_top;

#define RESERVED_START	((unsigned long)COMM_REGION_BASE)
#define RESERVED_END	(RESERVED_START + 2 * PAGE_SIZE)	/* communication region, page of the test device */

static unsigned long align_up(unsigned long v, unsigned long align)
{
	return (v + align - 1) & ~(align - 1);
}

void *alloc(unsigned long size, unsigned long align)
{
	unsigned long base = align_up(heap_pos, align);

	if (base < RESERVED_END && base + size > RESERVED_START)
		base = align_up(RESERVED_END, align);
	heap_pos = base + size;
	return (void *)base;
}

void *zalloc(unsigned long size, unsigned long align)
{
	return memset(alloc(size, align), 0, size);
}
