// SPDX-License-Identifier: GPL-2.0
/*
 * vpci_header - what an owner may do in the first 64 bytes of its device's configuration space, as
 * tables (PCI Local Bus 3.0, 6.1; PCI-to-PCI Bridge 1.2, 3.2)
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "vpci.h"

/**
 * struct header_reg - bits of one dword: @pass go to hardware, @ignore are swallowed; a write that
 * touches a byte with other bits is rejected
 */
struct header_reg {
	u32 pass, ignore;
};

#define PASS_ALL	{ .pass = 0xffffffff }
#define IGNORE_ALL	{ .ignore = 0xffffffff }

static const struct header_reg endpoint_regs[PCI_HEADER_END / 4] = {
	[0x04 / 4] = PASS_ALL,				/* command, status */
	[0x0c / 4] = PASS_ALL,				/* cache line, latency, BIST */
	[0x30 / 4] = IGNORE_ALL,			/* expansion ROM */
	[0x3c / 4] = { .pass = 0x000000ff },		/* interrupt line */
};

/* Bridge control bit 6 resets the secondary bus, where devices of other cells may be. */
#define BRIDGE_BUS_RESET	(0x0040u << 16)

static const struct header_reg bridge_regs[PCI_HEADER_END / 4] = {
	[0x04 / 4] = PASS_ALL,
	[0x0c / 4] = PASS_ALL,
	[0x1c / 4] = { .ignore = 0x0000ffff },		/* I/O window */
	[0x20 / 4 ... 0x30 / 4] = IGNORE_ALL,		/* memory and upper I/O windows */
	[0x3c / 4] = { .pass = 0xffff00ff & ~BRIDGE_BUS_RESET, .ignore = BRIDGE_BUS_RESET },
};

#define PCI_ROM_BAR	0x30

static bool is_bridge(const struct vpci_device *d)
{
	return d->info->type == JAILHOUSE_PCI_TYPE_BRIDGE;
}

/* The owner's shadow; a bridge shows its BARs as they are. */
static u32 *shadow_bar(struct vpci_device *d, u16 offset)
{
	u32 i = (offset - PCI_BAR0) / 4;

	return offset >= PCI_BAR0 && i < PCI_BAR_COUNT && !is_bridge(d) ? &d->bar[i] : NULL;
}

/* Flag bits below the mask stay as hardware has them; a BAR without mask does not exist. */
void vpci_header_init(struct vpci_device *d)
{
	u32 i;

	for (i = 0; i < PCI_BAR_COUNT; i++)
		d->bar[i] = d->info->bar_mask[i] ? d->machine_bar[i] : 0;
}

/* PCI-to-PCI Bridge 1.2, 3.2: bus numbers and windows stand where others have more BARs. */
static u32 bar_count(const struct vpci_device *d)
{
	return is_bridge(d) ? 2 : PCI_BAR_COUNT;
}

static u32 hw_bar(const struct vpci_device *d, u32 i)
{
	return arch_pci_cfg_read(d->info->bdf, PCI_BAR0 + 4 * i, 4);
}

void vpci_header_adopt(struct vpci_device *d, const struct vpci_device *roots)
{
	u32 i;

	for (i = 0; i < bar_count(d); i++)
		d->machine_bar[i] = roots ? roots->machine_bar[i] : hw_bar(d, i);
	vpci_header_init(d);
}

void vpci_header_restore_bars(struct vpci_device *d)
{
	u32 i;

	for (i = 0; i < bar_count(d); i++)
		if (hw_bar(d, i) != d->machine_bar[i])
			arch_pci_cfg_write(d->info->bdf, PCI_BAR0 + 4 * i, 4, d->machine_bar[i]);
}

/*
 * After a reset - by capability, or by leaving a power state - decoding is off. The owner's own
 * way to restore BARs ends in the shadow.
 */
static void before_decoding(struct vpci_device *d, u16 offset, u32 value)
{
	if (offset == PCI_COMMAND && (value & PCI_COMMAND_DECODE) &&
	    !(arch_pci_cfg_read(d->info->bdf, PCI_COMMAND, 2) & PCI_COMMAND_DECODE))
		vpci_header_restore_bars(d);
}

/*
 * The pin's message goes to where the IOAPIC says, and that is the owner of the IOAPIC's pin: a cell
 * without any could only interrupt somebody else.
 */
static bool owns_a_pin(const struct cell *c)
{
	u32 i, word, pins = 0;

	for (i = 0; i < c->view.num_irqchips; i++)
		for (word = 0; word < ARRAY_SIZE(c->view.irqchips[i].pin_bitmap); word++)
			pins |= c->view.irqchips[i].pin_bitmap[word];
	return pins;
}

/* Bits of the dword at @offset that are set whatever the owner writes. */
static u32 forced(const struct vpci_device *d, u16 offset)
{
	if ((offset & ~3) != PCI_COMMAND || cell_is_root(d->cell) || owns_a_pin(d->cell))
		return 0;
	return PCI_COMMAND_INTX_OFF;
}

u32 vpci_header_read(struct vpci_device *d, u16 offset, unsigned int size)
{
	const u32 *bar = shadow_bar(d, offset);

	if (bar)
		return vpci_extract(*bar, offset, size);
	if (!is_bridge(d) && (offset & ~3) == PCI_ROM_BAR)
		return 0;
	return arch_pci_cfg_read(d->info->bdf, offset, size);
}

enum vdev_result vpci_header_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value)
{
	const struct header_reg *reg = &(is_bridge(d) ? bridge_regs : endpoint_regs)[offset / 4];
	u32 pass = vpci_extract(reg->pass, offset, size), *bar = shadow_bar(d, offset);

	if (bar) {
		*bar = vpci_merge(*bar, d->info->bar_mask[bar - d->bar], offset, size, value);
		return VDEV_OK;
	}
	if (vpci_lanes(offset, size) & ~(reg->pass | reg->ignore))
		return VDEV_DENIED;
	before_decoding(d, offset, value);
	value |= vpci_extract(forced(d, offset), offset, size);
	if (pass)
		arch_pci_cfg_write(d->info->bdf, offset, size, value & pass);
	return VDEV_OK;
}
