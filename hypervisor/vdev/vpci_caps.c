// SPDX-License-Identifier: GPL-2.0
/*
 * vpci_caps - where capabilities are, by hardware and by configuration
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vpci.h"

#define PCI_CAP_POINTER		0x34
#define PCI_MAX_CAPS		48	/* as many fit: an endless list ends here */

u8 vpci_find_capability(u16 bdf, u8 id)
{
	u8 pos, n;

	if (!(arch_pci_cfg_read(bdf, PCI_STATUS, 2) & PCI_STATUS_CAPS))
		return 0;
	pos = arch_pci_cfg_read(bdf, PCI_CAP_POINTER, 1) & ~3;
	for (n = 0; n < PCI_MAX_CAPS && pos >= PCI_HEADER_END; n++) {
		u32 header = arch_pci_cfg_read(bdf, pos, 2);

		if ((header & 0xff) == id)
			return pos;
		pos = header >> 8 & ~3;
	}
	return 0;
}

bool vpci_capability_listed(const struct vpci_device *d, u16 offset, unsigned int size, int id,
			    u16 flags)
{
	const struct jailhouse_pci_capability *cap = d->cell->view.pci_caps + d->info->caps_start;
	u32 i;

	for (i = 0; i < d->info->num_caps; i++, cap++) {
		if ((id >= 0 && cap->id != id) || (cap->flags & flags) != flags)
			continue;
		if (offset >= cap->start && offset + size <= (u32)cap->start + cap->len)
			return true;
	}
	return false;
}
