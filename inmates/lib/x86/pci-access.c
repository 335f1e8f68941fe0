// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * PCI configuration space by ports, the extended part by MMCONFIG.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define PORT_ADDRESS		0xcf8
#define PORT_DATA		0xcfc
#define ADDRESS_ENABLE		(1U << 31)

#define PORT_SPACE_SIZE		0x100
#define MSI_ADDRESS_BASE	0xfee00000U

static u8 *mmconfig;

int pci_init(void)
{
	mmconfig = (u8 *)(unsigned long)comm_region->pci_mmconfig_base;
	return 0;
}

static u8 *mmconfig_address(u16 bdf, unsigned int addr)
{
	u8 *p = mmconfig + ((unsigned long)bdf << 12) + addr;

	map_range(p, 4, MAP_UNCACHED);
	return p;
}

static u16 select_register(u16 bdf, unsigned int addr)
{
	outl(ADDRESS_ENABLE | ((u32)bdf << 8) | (addr & 0xfc), PORT_ADDRESS);
	return PORT_DATA + (addr & 3);
}

static u32 port_read(u16 bdf, unsigned int addr, unsigned int size)
{
	u16 port = select_register(bdf, addr);

	switch (size) {
	case 1:
		return inb(port);
	case 2:
		return inw(port);
	default:
		return inl(port);
	}
}

static u32 mmconfig_read(u16 bdf, unsigned int addr, unsigned int size)
{
	u8 *p = mmconfig_address(bdf, addr);

	switch (size) {
	case 1:
		return mmio_read8(p);
	case 2:
		return mmio_read16(p);
	default:
		return mmio_read32(p);
	}
}

static void port_write(u16 bdf, unsigned int addr, u32 value, unsigned int size)
{
	u16 port = select_register(bdf, addr);

	switch (size) {
	case 1:
		outb((u8)value, port);
		break;
	case 2:
		outw((u16)value, port);
		break;
	default:
		outl(value, port);
	}
}

static void mmconfig_write(u16 bdf, unsigned int addr, u32 value, unsigned int size)
{
	u8 *p = mmconfig_address(bdf, addr);

	switch (size) {
	case 1:
		mmio_write8(p, (u8)value);
		break;
	case 2:
		mmio_write16(p, (u16)value);
		break;
	default:
		mmio_write32(p, value);
	}
}

u32 arch_pci_read(u16 bdf, unsigned int addr, unsigned int size)
{
	if (addr < PORT_SPACE_SIZE)
		return port_read(bdf, addr, size);
	return mmconfig ? mmconfig_read(bdf, addr, size) : ~0U;
}

void arch_pci_write(u16 bdf, unsigned int addr, u32 value, unsigned int size)
{
	if (addr < PORT_SPACE_SIZE)
		port_write(bdf, addr, value, size);
	else if (mmconfig)
		mmconfig_write(bdf, addr, value, size);
}

u64 arch_msi_address(void)
{
	return MSI_ADDRESS_BASE | (cpu_id() << 12);
}

u32 arch_msi_data(unsigned int vector)
{
	return vector;
}
