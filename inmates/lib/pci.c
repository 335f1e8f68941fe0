// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * PCI configuration space: devices, capabilities, message-signalled interrupts.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define PCI_MAX_BDF		0x10000
#define PCI_CAP_NEXT		1

#define MSI_CONTROL		2
# define MSI_CONTROL_ENABLE	(1 << 0)
# define MSI_CONTROL_MULTI	(7 << 4)
# define MSI_CONTROL_64BIT	(1 << 7)
#define MSI_ADDRESS		4

#define MSIX_CONTROL		2
# define MSIX_CONTROL_ENABLE	(1 << 15)
# define MSIX_CONTROL_MASKALL	(1 << 14)
#define MSIX_TABLE		4
#define MSIX_ENTRY_SIZE		16

u32 pci_read_config(u16 bdf, unsigned int addr, unsigned int size)
{
	return arch_pci_read(bdf, addr, size);
}

void pci_write_config(u16 bdf, unsigned int addr, u32 value, unsigned int size)
{
	arch_pci_write(bdf, addr, value, size);
}

static bool matches(u16 id, u16 wanted)
{
	return wanted == PCI_ID_ANY || id == wanted;
}

int pci_find_device(u16 vendor, u16 device, u16 start_bdf)
{
	unsigned int bdf;
	u16 id;

	for (bdf = start_bdf; bdf < PCI_MAX_BDF; bdf++) {
		id = pci_read_config(bdf, PCI_CFG_VENDOR_ID, 2);
		if (id == PCI_ID_ANY || !matches(id, vendor))
			continue;
		if (matches(pci_read_config(bdf, PCI_CFG_DEVICE_ID, 2), device))
			return bdf;
	}
	return -1;
}

int pci_find_cap(u16 bdf, u16 cap)
{
	unsigned int pos = PCI_CFG_CAP_PTR - PCI_CAP_NEXT;
	unsigned int steps = 48;	/* more do not fit between 0x40 and 0xff: a loop in the list ends here */

	if (!(pci_read_config(bdf, PCI_CFG_STATUS, 2) & PCI_STS_CAPS))
		return -1;
	while (steps--) {
		pos = pci_read_config(bdf, pos + PCI_CAP_NEXT, 1) & ~3U;
		if (!pos)
			return -1;
		if (pci_read_config(bdf, pos, 1) == cap)
			return pos;
	}
	return -1;
}

void pci_msi_set_vector(u16 bdf, unsigned int vector)
{
	int cap = pci_find_cap(bdf, PCI_CAP_ID_MSI);
	unsigned int data = MSI_ADDRESS + 4;
	u64 address = arch_msi_address();
	u16 control;

	if (cap < 0)
		return;
	control = pci_read_config(bdf, cap + MSI_CONTROL, 2);
	pci_write_config(bdf, cap + MSI_ADDRESS, (u32)address, 4);
	if (control & MSI_CONTROL_64BIT) {
		pci_write_config(bdf, cap + MSI_ADDRESS + 4, address >> 32, 4);
		data += 4;
	}
	pci_write_config(bdf, cap + data, arch_msi_data(vector), 2);
	control = (control & ~MSI_CONTROL_MULTI) | MSI_CONTROL_ENABLE;
	pci_write_config(bdf, cap + MSI_CONTROL, control, 2);
}

/* Physical address of BAR @bar, memory only */
static u64 bar_address(u16 bdf, unsigned int bar)
{
	u64 address = pci_read_config(bdf, PCI_CFG_BAR + bar * 4, 4);

	if ((address & 6) == 4)		/* 64 bits wide */
		address |= (u64)pci_read_config(bdf, PCI_CFG_BAR + bar * 4 + 4, 4) << 32;
	return address & ~0xfULL;
}

void pci_msix_set_vector(u16 bdf, unsigned int vector, u32 index)
{
	int cap = pci_find_cap(bdf, PCI_CAP_ID_MSIX);
	u64 message = arch_msi_address();
	u32 table;
	u16 control;
	u8 *entry;

	if (cap < 0)
		return;
	control = pci_read_config(bdf, cap + MSIX_CONTROL, 2);
	control = (control | MSIX_CONTROL_ENABLE) & ~MSIX_CONTROL_MASKALL;
	pci_write_config(bdf, cap + MSIX_CONTROL, control, 2);

	table = pci_read_config(bdf, cap + MSIX_TABLE, 4);
	entry = (u8 *)(unsigned long)(bar_address(bdf, table & 7) + (table & ~7U)) + index * MSIX_ENTRY_SIZE;
	map_range(entry, MSIX_ENTRY_SIZE, MAP_UNCACHED);

	mmio_write32(entry, (u32)message);
	mmio_write32(entry + 4, message >> 32);
	mmio_write32(entry + 8, arch_msi_data(vector));
	mmio_write32(entry + 12, 0);	/* unmask */
}
