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

/* Pages that go on- and offline, or are managed at all, together */
#ifdef CONFIG_SPARSEMEM
#define MEMORY_SECTION	PAGES_PER_SECTION
#else
#define MEMORY_SECTION	1UL
#endif

static bool any_section_online(u64 start, u64 size)
{
	unsigned long pfn = round_down(PHYS_PFN(start), MEMORY_SECTION);
	unsigned long last = PHYS_PFN(start + size - 1);

	for (; pfn <= last; pfn += MEMORY_SECTION) {
		if (pfn_to_online_page(max(pfn, PHYS_PFN(start))))
			return true;
	}
	return false;
}

bool memory_used_by_linux(u64 start, u64 size)
{
	if (!size)
		return false;
	if (region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) ==
	    REGION_DISJOINT)
		return false;
	return any_section_online(start, size);
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
