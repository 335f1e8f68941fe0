// SPDX-License-Identifier: GPL-2.0
/*
 * devices - model PCI functions, one IOAPIC, ports: what vdev reaches through the contract's x86
 * part.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fake/fake.h>
#include <arch/contract.h>
#include <hv/x86/vdev.h>
#include <string.h>

#define IOAPIC_VERSION	(0x20 | (FAKE_IOAPIC_PINS - 1) << 16)

static struct vlapic vlapics[FAKE_MAX_CPUS];
static struct { u16 bdf; u8 space[256]; } functions[FAKE_PCI_FUNCTIONS];
static struct { u32 index; u32 entries[2 * FAKE_IOAPIC_PINS]; } ioapic;

void fake_devices_reset(void);

void fake_devices_reset(void)
{
	u32 n;

	memset(vlapics, 0, sizeof(vlapics));
	memset(functions, 0, sizeof(functions));
	memset(&ioapic, 0, sizeof(ioapic));
	for (n = 0; n < FAKE_IOAPIC_PINS; n++)
		ioapic.entries[2 * n] = 1 << 16;
	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++) {
		functions[n].bdf = FAKE_PCI_BDF(n);
		functions[n].space[0] = 0x34;		/* vendor 0x1234, device 0x5600 + n */
		functions[n].space[1] = 0x12;
		functions[n].space[2] = n;
		functions[n].space[3] = 0x56;
	}
}

struct vlapic *arch_vlapic(struct vcpu *v)
{
	return &vlapics[v - fake_vcpus];
}

/* --- PCI ---------------------------------------------------------------------------------- */

static u8 *config_space(u16 bdf, u16 offset)
{
	u32 n;

	for (n = 0; n < FAKE_PCI_FUNCTIONS; n++)
		if (functions[n].bdf == bdf && offset < sizeof(functions[n].space))
			return functions[n].space + offset;
	return NULL;
}

u32 arch_pci_cfg_read(u16 bdf, u16 offset, unsigned int size)
{
	const u8 *p = config_space(bdf, offset);
	u32 value = 0xffffffff >> (32 - 8 * size);

	if (p)
		memcpy(&value, p, size);
	return value;
}

void arch_pci_cfg_write(u16 bdf, u16 offset, unsigned int size, u32 value)
{
	u8 *p = config_space(bdf, offset);

	if (p && offset >= 4)
		memcpy(p, &value, size);
}

/* --- ports: nothing answers --------------------------------------------------------------- */

u32 arch_pio_read(u16 port, unsigned int size)
{
	return 0xffffffff >> (32 - 8 * size);
}

void arch_pio_write(u16 port, unsigned int size, u32 value)
{
}

/* --- registers in memory ------------------------------------------------------------------ */

static u32 *ioapic_register(void)
{
	u32 entry = ioapic.index - 0x10;

	return entry < ARRAY_SIZE(ioapic.entries) ? &ioapic.entries[entry] : NULL;
}

u64 arch_device_read(hpa_t addr, unsigned int size)
{
	if (addr.v == FAKE_IOAPIC_ADDRESS)
		return ioapic.index;
	if (addr.v != FAKE_IOAPIC_ADDRESS + 0x10)
		return ~0ULL;
	if (ioapic.index == 1)
		return IOAPIC_VERSION;
	return ioapic_register() ? *ioapic_register() : 0;
}

void arch_device_write(hpa_t addr, unsigned int size, u64 value)
{
	if (addr.v == FAKE_IOAPIC_ADDRESS)
		ioapic.index = value;
	else if (addr.v == FAKE_IOAPIC_ADDRESS + 0x10 && ioapic_register())
		*ioapic_register() = value;
}

u64 fake_ioapic_entry(u32 pin)
{
	return ioapic.entries[2 * pin] | (u64)ioapic.entries[2 * pin + 1] << 32;
}
