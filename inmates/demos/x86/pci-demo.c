// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * An Intel HD Audio controller with MSI: resets its link and prints which codecs report, each time they do.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Registers: High Definition Audio Specification 1.0a, 3.3.
 */
#include <inmate.h>

#define MSI_VECTOR		(IRQ_BASE_VECTOR + 10)

#define PCI_CFG_CLASS		0x0a
#define PCI_CLASS_HDA		0x0403

#define HDA_SIZE		0x4000
#define HDA_GCTL		0x08
# define HDA_GCTL_CRST		(1 << 0)
#define HDA_WAKEEN		0x0c
#define HDA_STATESTS		0x0e
#define HDA_INTCTL		0x20
# define HDA_INTCTL_GIE		(1U << 31)
# define HDA_INTCTL_CIE		(1U << 30)

static u8 *regs;

static void handle_irq(unsigned int irq)
{
	u16 states;

	if (irq != MSI_VECTOR)
		return;
	states = mmio_read16(regs + HDA_STATESTS);
	printk("HDA MSI received, STATESTS: 0x%04x\n", states);
	mmio_write16(regs + HDA_STATESTS, states);
}

static int find_hda(void)
{
	int bdf = -1;

	do {
		bdf = pci_find_device(PCI_ID_ANY, PCI_ID_ANY, (u16)(bdf + 1));
		if (bdf < 0)
			return -1;
	} while (pci_read_config((u16)bdf, PCI_CFG_CLASS, 2) != PCI_CLASS_HDA && bdf < 0xffff);
	return bdf;
}

static void open_controller(u16 bdf)
{
	u64 bar = pci_read_config(bdf, PCI_CFG_BAR, 4);

	if (bar & 4)
		bar |= (u64)pci_read_config(bdf, PCI_CFG_BAR + 4, 4) << 32;
	regs = (u8 *)(unsigned long)(bar & ~0xfULL);
	printk("HDA register base: %p\n", regs);
	map_range(regs, HDA_SIZE, MAP_UNCACHED);
	pci_msi_set_vector(bdf, MSI_VECTOR);
	pci_write_config(bdf, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_MASTER, 2);
}

static void reset_link(void)
{
	mmio_write32(regs + HDA_GCTL, mmio_read32(regs + HDA_GCTL) & ~HDA_GCTL_CRST);
	delay_us(1000);
	mmio_write16(regs + HDA_WAKEEN, 0x7fff);
	mmio_write32(regs + HDA_INTCTL, HDA_INTCTL_GIE | HDA_INTCTL_CIE);
	mmio_write32(regs + HDA_GCTL, mmio_read32(regs + HDA_GCTL) | HDA_GCTL_CRST);
}

void inmate_main(void)
{
	int bdf;

	irq_init(handle_irq);
	irq_enable(MSI_VECTOR);
	pci_init();
	bdf = find_hda();
	if (bdf < 0) {
		printk("No HDA controller found!\n");
		comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
		return;
	}
	printk("Found HDA %04x:%04x at %02x:%02x.%x\n", pci_read_config((u16)bdf, PCI_CFG_VENDOR_ID, 2),
	       pci_read_config((u16)bdf, PCI_CFG_DEVICE_ID, 2), bdf >> 8, (bdf >> 3) & 0x1f, bdf & 7);

	open_controller((u16)bdf);
	reset_link();
	enable_irqs();
	while (1)
		halt();
}
