// SPDX-License-Identifier: GPL-2.0
/*
 * Physical memory that the hypervisor or a cell is to have. Two providers: reserved at boot
 * (memmap=), or taken offline at run time
 * (/sys/devices/system/memory). Memory that is offline stays "System RAM" in the resource tree, so
 * it cannot be claimed there.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "memory.h"

/* Pages that are managed at all together, and bytes that go on- and offline together */
#ifdef CONFIG_SPARSEMEM
#define MEMORY_SECTION	PAGES_PER_SECTION
#define MEMORY_PIECE	SUBSECTION_SIZE
#else
#define MEMORY_SECTION	1UL
#define MEMORY_PIECE	PAGE_SIZE
#endif

/*
 * @start and the rest of its piece. Linux knows by subsections which memory it manages, so a
 * page tells nothing about others of its section: what memmap= has reserved looks offline there.
 */
static bool piece_used_by_linux(u64 start, u64 size)
{
	return region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
		       REGION_DISJOINT &&
	       pfn_to_online_page(PHYS_PFN(start));
}

bool memory_used_by_linux(u64 start, u64 size)
{
	u64 piece;

	if (region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) ==
	    REGION_DISJOINT)
		return false;
	for (; size; start += piece, size -= piece) {
		piece = min_t(u64, size, MEMORY_PIECE - (start & (MEMORY_PIECE - 1)));
		if (piece_used_by_linux(start, piece))
			return true;
		cond_resched();
	}
	return false;
}

static bool all_pages_managed(u64 start, u64 size)
{
	u64 pfn = PHYS_PFN(start), end = PHYS_PFN(start + size - 1);

	for (; pfn <= end; pfn += MEMORY_SECTION) {
		if (!pfn_valid(pfn))
			return false;
	}
	return pfn_valid(end);
}

/*
 * Linux manages RAM section by section, also what memmap= has reserved. Reserved is what firmware
 * uses too; registers of devices are neither, or beyond all sections.
 */
bool memory_is_ram(u64 start, u64 size)
{
	if (!size || !all_pages_managed(start, size))
		return false;
	return region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
		       REGION_DISJOINT ||
	       region_intersects(start, size, IORESOURCE_MEM, IORES_DESC_RESERVED) ==
		       REGION_INTERSECTS;
}

int memory_claim(u64 start, u64 size, struct resource **claim)
{
	*claim = NULL;
	if (memory_used_by_linux(start, size))
		return -EBUSY;
	if (region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return 0;
	*claim = request_mem_region(start, size, "Jailhouse hypervisor");
	return *claim ? 0 : -EBUSY;
}

void memory_release(struct resource *claim)
{
	if (claim)
		release_mem_region(claim->start, resource_size(claim));
}
