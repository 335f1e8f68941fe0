// SPDX-License-Identifier: GPL-2.0
/*
 * pci: devices of a cell, their configuration space and interrupts
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * The cell owns two devices that QEMU emulates (configs/x86/test-devices.c): "edu" at 00:03.0 with MSI, and an e1000e network card at
 * 00:02.0 with MSI-X. What holds (PCI Local Bus Specification 3.0, 6.1, 6.2, 6.8):
 *
 *  - A scan finds exactly the cell's devices; all other functions read as all ones.
 *  - Reads of 8, 16 and 32 bits agree. Read-only registers do not change when written.
 *  - Size of a BAR: all ones written, the address bits read back as its size says; the old value written, it is back.
 *  - Devices were reset when the cell started: memory space, bus master and MSI are off.
 *  - The cell owns no pin of the IOAPIC, so the devices' own pins stay off (bit 10 of the command register) whatever it writes.
 *  - The registers behind the BARs work; a message-signalled interrupt of each device arrives at the vector that the program chose, once
 *    for each cause.
 *
 * Registers of edu: QEMU, docs/specs/edu. Registers of e1000e: Intel 82574 data sheet, chapter 10.
 *
 * Parameters: edu=BDF, e1000e=BDF: in place of 00:03.0 and 00:02.0. bare: no hypervisor; do not check the scan and the reset.
 */
#include <tests/inmates/lib/check.h>

#define EDU_BDF			(3 << 3)
#define EDU_VENDOR		0x1234
#define EDU_DEVICE		0x11e8
#define EDU_ID			0x00
#define EDU_LIVENESS		0x04
#define EDU_FACTORIAL		0x08
#define EDU_STATUS		0x20
#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_RAISE		0x60
#define EDU_IRQ_ACK		0x64

#define NIC_BDF			(2 << 3)
#define NIC_VENDOR		0x8086
#define NIC_STATUS		0x0008
#define NIC_ICR			0x00c0
#define NIC_ICS			0x00c8
#define NIC_IMS			0x00d0
#define NIC_IMC			0x00d8
#define NIC_IVAR		0x00e4
# define NIC_IVAR_RXQ0(entry)	(0x8 | (entry))
# define NIC_CAUSE_RXQ0		(1 << 20)

#define VECTOR_EDU		(IRQ_BASE_VECTOR + 8)
#define VECTOR_NIC		(IRQ_BASE_VECTOR + 9)
#define SETTLE_US		20000
#define MAX_BUS0_BDF		0xff

static volatile unsigned int edu_interrupts, nic_interrupts;
static u16 edu, nic;
static u8 *edu_regs, *nic_regs;

static void handle_irq(unsigned int irq)
{
	if (irq == VECTOR_EDU) {
		edu_interrupts++;
		mmio_write32(edu_regs + EDU_IRQ_ACK, mmio_read32(edu_regs + EDU_IRQ_STATUS));
	} else if (irq == VECTOR_NIC) {
		nic_interrupts++;
	}
}

static void check_scan(void)
{
	unsigned int bdf, found = 0, foreign = 0;

	for (bdf = 0; bdf <= MAX_BUS0_BDF; bdf++) {
		if (pci_read_config((u16)bdf, PCI_CFG_VENDOR_ID, 4) == 0xffffffff)
			continue;
		found++;
		foreign += bdf != edu && bdf != nic;
	}
	check(found == 2 && !foreign, "a scan finds the cell's two devices and no other (%u, %u)", found, foreign);
	check(pci_find_device(EDU_VENDOR, EDU_DEVICE, 0) == edu, "edu is found by its ids");
	check(pci_find_device(EDU_VENDOR, EDU_DEVICE, edu + 1) == -1, "there is no second one");
}

static void check_reset(u16 bdf)
{
	u16 command = pci_read_config(bdf, PCI_CFG_COMMAND, 2);
	int msi = pci_find_cap(bdf, PCI_CAP_ID_MSI);

	check(!(command & (PCI_CMD_IO | PCI_CMD_MEM | PCI_CMD_MASTER)), "device %x does not decode or master at start (0x%x)", bdf, command);
	if (msi > 0)
		check(!(pci_read_config(bdf, msi + 2, 2) & 1), "MSI of device %x is off at start", bdf);
}

static void check_widths(u16 bdf)
{
	u32 ids = pci_read_config(bdf, PCI_CFG_VENDOR_ID, 4);
	bool agree;

	agree = pci_read_config(bdf, PCI_CFG_VENDOR_ID, 2) == (ids & 0xffff) &&
		pci_read_config(bdf, PCI_CFG_DEVICE_ID, 2) == ids >> 16 &&
		pci_read_config(bdf, PCI_CFG_DEVICE_ID + 1, 1) == ids >> 24;
	check(agree, "reads of 8, 16 and 32 bits of device %x agree (0x%x)", bdf, ids);
}

static void check_bar_size(u16 bdf, u32 size)
{
	u32 old = pci_read_config(bdf, PCI_CFG_BAR, 4), mask;

	pci_write_config(bdf, PCI_CFG_BAR, 0xffffffff, 4);
	mask = pci_read_config(bdf, PCI_CFG_BAR, 4);
	pci_write_config(bdf, PCI_CFG_BAR, old, 4);
	check((mask & ~0xfU) == ~(size - 1), "BAR 0 of device %x shows its size (0x%x)", bdf, mask);
	check(pci_read_config(bdf, PCI_CFG_BAR, 4) == old, "BAR 0 of device %x is back (0x%x)", bdf, old);
}

static void check_intx(u16 bdf)
{
	pci_write_config(bdf, PCI_CFG_COMMAND, 0, 2);
	check(pci_read_config(bdf, PCI_CFG_COMMAND, 2) & PCI_CMD_INTX_OFF, "the pin of device %x cannot be switched on", bdf);
	pci_write_config(bdf, PCI_CFG_COMMAND + 1, 0, 1);
	check(pci_read_config(bdf, PCI_CFG_COMMAND, 2) & PCI_CMD_INTX_OFF, "nor by a byte");
}

static u8 *open_device(u16 bdf, unsigned long size)
{
	u8 *regs = (u8 *)(unsigned long)(pci_read_config(bdf, PCI_CFG_BAR, 4) & ~0xfU);

	map_range(regs, size, MAP_UNCACHED);
	pci_write_config(bdf, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_MASTER | PCI_CMD_INTX_OFF, 2);
	check((pci_read_config(bdf, PCI_CFG_COMMAND, 2) & (PCI_CMD_MEM | PCI_CMD_MASTER)) == (PCI_CMD_MEM | PCI_CMD_MASTER),
	      "device %x can be switched on", bdf);
	return regs;
}

static void test_edu(void)
{
	unsigned int n;

	check_bar_size(edu, 0x100000);
	edu_regs = open_device(edu, 0x100000);
	check(mmio_read32(edu_regs + EDU_ID) == 0x010000ed, "edu shows its identification (0x%x)", mmio_read32(edu_regs + EDU_ID));
	mmio_write32(edu_regs + EDU_LIVENESS, 0x12345678);
	check(mmio_read32(edu_regs + EDU_LIVENESS) == ~0x12345678U, "edu inverts what is written to its liveness register");

	pci_msi_set_vector(edu, VECTOR_EDU);
	for (n = 1; n <= 10; n++) {
		mmio_write32(edu_regs + EDU_IRQ_RAISE, n);
		delay_us(SETTLE_US);
	}
	check(edu_interrupts == 10, "each of 10 MSIs of edu arrives once (%u)", edu_interrupts);
	pci_write_config(edu, pci_find_cap(edu, PCI_CAP_ID_MSI) + 2, 0, 2);
	mmio_write32(edu_regs + EDU_IRQ_RAISE, 1);
	delay_us(SETTLE_US);
	check(edu_interrupts == 10, "with MSI switched off none arrives");
	mmio_write32(edu_regs + EDU_IRQ_ACK, 1);
}

static void test_nic(void)
{
	unsigned int n;

	check_bar_size(nic, 0x20000);
	nic_regs = open_device(nic, 0x20000);
	check(mmio_read32(nic_regs + NIC_STATUS) != 0xffffffff, "the network card shows its status (0x%x)",
	      mmio_read32(nic_regs + NIC_STATUS));

	pci_msix_set_vector(nic, VECTOR_NIC, 1);
	mmio_write32(nic_regs + NIC_IMC, ~0U);
	mmio_read32(nic_regs + NIC_ICR);
	mmio_write32(nic_regs + NIC_IVAR, NIC_IVAR_RXQ0(1));
	mmio_write32(nic_regs + NIC_IMS, NIC_CAUSE_RXQ0);
	for (n = 0; n < 10; n++) {
		mmio_write32(nic_regs + NIC_ICS, NIC_CAUSE_RXQ0);
		delay_us(SETTLE_US);
		mmio_write32(nic_regs + NIC_ICR, NIC_CAUSE_RXQ0);
	}
	check(nic_interrupts >= 10, "10 MSI-X messages of the network card arrive (%u)", nic_interrupts);
	n = nic_interrupts;
	pci_write_config(nic, pci_find_cap(nic, PCI_CAP_ID_MSIX) + 2, 0, 2);
	mmio_write32(nic_regs + NIC_IMC, ~0U);
	delay_us(SETTLE_US);
	check(nic_interrupts == n, "with MSI-X switched off none arrives");
}

void inmate_main(void)
{
	bool bare = cmdline_parse_bool("bare", false);

	test_begin("pci");
	tsc_init();
	edu = (u16)cmdline_parse_int("edu", EDU_BDF);
	nic = (u16)cmdline_parse_int("e1000e", NIC_BDF);
	irq_init(handle_irq);
	irq_enable(VECTOR_EDU);
	irq_enable(VECTOR_NIC);
	enable_irqs();
	pci_init();

	if (!bare) {
		check_scan();
		check_reset(edu);
		check_reset(nic);
		check_intx(edu);
		check_intx(nic);
	}
	check_widths(edu);
	check_widths(nic);
	test_edu();
	test_nic();
	test_end();
}
