// SPDX-License-Identifier: GPL-2.0
/*
 * escape-pci: a cell reaches for devices that are not its own, and out of its own device
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule. A cell sees the devices of its configuration, the network card 00:02.0 here, by ports and by
 * MMCONFIG; of the others, also of further functions of its own device, it sees nothing. Of its own device's
 * configuration space it reads all, and writes what cannot move the device, change what it is, or send an
 * interrupt to anybody else: header by a table, MSI and MSI-X moderated, other capabilities as configured
 * (none here). BARs are the cell's own numbers: the device stays where it is.
 *
 * Expected. Foreign devices read as ones. Read-only bytes beside writable ones ignore what is written. A forbidden write stops the CPU, told as the access that it was: to
 * a port, or to memory. Accesses by MMCONFIG are 1, 2 or 4 bytes wide and aligned, or they stop the CPU. A
 * message may hold anything while it is masked or disabled; enabled it must be one to the cell's own CPUs,
 * fixed or lowest priority, from vector 16 on, or the CPU is stopped and hardware keeps what it had. The table
 * of MSI-X takes 32 bits, aligned; what else is on its pages can be read only. An access that begins in memory
 * that is mapped and ends on the table's page is completed as one of its width at the start of that page.
 *
 * Source. vdev/vpci*.c, vdev/x86/irq_route.c; docs/CONFIG.md, "PCI devices". PCI Local Bus 3.0, 6.1, 6.8.
 */
#include <tests/inmates/lib/escape.h>

#define CFG(bdf, reg)	(MMCONFIG + ((unsigned long)(bdf) << 12) + (reg))
#define ROOT_DISK	(0x1f << 3 | 2)
#define MSI		0xd0	/* capabilities of the card: QEMU's e1000e */
#define MSIX		0xa0
#define TABLE		0xfeb80000UL
#define NIC_STATUS	((u8 *)0xfeb40008UL)
#define MESSAGE		0xfee00000UL
#define TO(cpu)		((unsigned long)(cpu) << 12)
#define LOGICAL		(1UL << 2)
#define MODE(m)		((m) << 8)
#define OWN_CPU		3
#define VECTOR		0x31

static u32 load(unsigned long address, unsigned int width)
{
	u8 *p = reach(address);

	return width == 1 ? mmio_read8(p) : width == 2 ? mmio_read16(p) : mmio_read32(p);
}

static u32 ones(unsigned int width)
{
	return width == 4 ? ~0U : (1U << (8 * width)) - 1;
}

/* --- devices of others ----------------------------------------------------------------------------- */

static bool is_own(unsigned int bdf)
{
	return bdf == OWN_NIC;
}

/* All functions of bus 0, the first function of each further bus */
static const char *scan(const struct attack *a)
{
	unsigned int n, bdf;
	u32 ids;

	for (n = 0; n < 511; n++) {
		bdf = n < 256 ? n : (n - 255) << 8;
		ids = a->width ? load(CFG(bdf, 0), 4) : pci_read_config(bdf, 0, 4);
		if ((ids == ~0U) == is_own(bdf))
			return answer("0x%x reads 0x%x", bdf, ids);
	}
	return "reads ones";
}

static const char *read_all_by_ports(const struct attack *a)
{
	unsigned int width, reg;

	for (width = 1; width <= 4; width *= 2)
		for (reg = 0; reg < 256; reg += width)
			if (pci_read_config(a->address, reg, width) != ones(width))
				return answer("0x%x reads 0x%x", reg, pci_read_config(a->address, reg, width));
	return "reads ones";
}

static const char *read_all_by_memory(const struct attack *a)
{
	unsigned int width, reg;

	for (width = 1; width <= 4; width *= 2)
		for (reg = 0; reg < 0x1000; reg += reg < 64 ? width : 64)
			if (load(CFG(a->address, reg), width) != ones(width))
				return answer("0x%x reads 0x%x", reg, load(CFG(a->address, reg), width));
	return "reads ones";
}

/* --- one access ------------------------------------------------------------------------------------ */

static const char *write_port(const struct attack *a)
{
	pci_write_config(a->address >> 12, a->address & 0xfff, (u32)a->value, a->width);
	return answer("written, reads 0x%x", pci_read_config(a->address >> 12, a->address & 0xfff, a->width));
}

static const char *write_memory(const struct attack *a)
{
	u8 *p = reach(a->address);

	switch (a->width) {
	case 1:
		mmio_write8(p, (u8)a->value);
		break;
	case 2:
		mmio_write16(p, (u16)a->value);
		break;
	case 4:
		mmio_write32(p, (u32)a->value);
		break;
	default:
		mmio_write64(p, a->value);
	}
	return "written";
}

static const char *read_memory(const struct attack *a)
{
	u8 *p = reach(a->address);

	if (a->width == 8)
		return answer("read 0x%llx", mmio_read64(p));
	return answer("read 0x%x", load((unsigned long)p, a->width));
}

/* --- its own device ---------------------------------------------------------------------------------- */

static void power_up(void)
{
	reach((unsigned long)NIC_STATUS);
	pci_write_config(OWN_NIC, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_INTX_OFF, 2);
}

/* Each BAR to the other cell's device, to the IOAPIC, to RAM: the registers stay where they are. */
static const char *move_bars(const struct attack *a)
{
	static const u32 places[] = { VICTIM_BAR, 0xfec00000, 0x10000000, 0, 0xffffffff };
	unsigned int bar, n;
	u32 status, old;

	power_up();
	status = mmio_read32(NIC_STATUS);
	for (bar = 0; bar < 6; bar++) {
		old = pci_read_config(OWN_NIC, PCI_CFG_BAR + 4 * bar, 4);
		for (n = 0; n < ARRAY_SIZE(places); n++) {
			pci_write_config(OWN_NIC, PCI_CFG_BAR + 4 * bar, places[n], 4);
			if (mmio_read32(NIC_STATUS) != status)
				return answer("BAR %u moved to 0x%x", bar, places[n]);
		}
		pci_write_config(OWN_NIC, PCI_CFG_BAR + 4 * bar, old, 4);
	}
	return "own only";
}

/* A reset of decoding in between must not make hardware take the cell's numbers. */
static const char *move_bars_undecoded(const struct attack *a)
{
	u32 status, old = pci_read_config(OWN_NIC, PCI_CFG_BAR, 4);

	power_up();
	status = mmio_read32(NIC_STATUS);
	pci_write_config(OWN_NIC, PCI_CFG_COMMAND, PCI_CMD_INTX_OFF, 2);
	pci_write_config(OWN_NIC, PCI_CFG_BAR, VICTIM_BAR, 4);
	power_up();
	if (mmio_read32(NIC_STATUS) != status)
		return answer("status 0x%x", mmio_read32(NIC_STATUS));
	pci_write_config(OWN_NIC, PCI_CFG_BAR, old, 4);
	return "own only";
}

static const char *move_rom(const struct attack *a)
{
	pci_write_config(OWN_NIC, 0x30, VICTIM_BAR | 1, 4);
	return pci_read_config(OWN_NIC, 0x30, 4) ? "kept" : "ignored";
}

/* --- messages ------------------------------------------------------------------------------------------ */

static void set_message(unsigned long address, u32 data)
{
	pci_write_config(OWN_NIC, MSI + 4, (u32)address, 4);
	pci_write_config(OWN_NIC, MSI + 8, address >> 32, 4);
	pci_write_config(OWN_NIC, MSI + 12, data, 2);
}

static const char *msi_disabled(const struct attack *a)
{
	set_message(0xfffffffffffffffcUL, 0xffff);
	if (pci_read_config(OWN_NIC, MSI + 4, 4) != 0xfffffffc || pci_read_config(OWN_NIC, MSI + 12, 2) != 0xffff)
		return answer("address 0x%x", pci_read_config(OWN_NIC, MSI + 4, 4));
	set_message(0, 0);
	return "own only";
}

static const char *msi_own(const struct attack *a)
{
	u16 control;

	set_message(MESSAGE | TO(OWN_CPU), VECTOR);
	pci_write_config(OWN_NIC, MSI + 2, 0x71, 2);	/* 128 messages are wanted, one is there */
	control = pci_read_config(OWN_NIC, MSI + 2, 2);
	pci_write_config(OWN_NIC, MSI + 2, 0, 2);
	return (control & 0x71) == 1 ? "own only" : answer("control 0x%x", control);
}

static const char *msi_enable(const struct attack *a)
{
	set_message(a->address, (u32)a->value);
	pci_write_config(OWN_NIC, MSI + 2, 1, 2);
	return "enabled";
}

/* While it is enabled: one byte of the address */
static const char *msi_redirect(const struct attack *a)
{
	set_message(MESSAGE | TO(OWN_CPU), VECTOR);
	pci_write_config(OWN_NIC, MSI + 2, 1, 2);
	pci_write_config(OWN_NIC, MSI + 5, 0, 1);
	return "redirected";
}

static void set_vector(unsigned int n, unsigned long address, u32 data)
{
	u8 *entry = (u8 *)reach(TABLE) + 16 * n;

	mmio_write32(entry + 12, 1);
	mmio_write32(entry, (u32)address);
	mmio_write32(entry + 4, address >> 32);
	mmio_write32(entry + 8, data);
}

static const char *msix_masked(const struct attack *a)
{
	unsigned int n;

	power_up();
	for (n = 0; n < 5; n++) {
		set_vector(n, 0xfffffffffffffffcUL, 0xffffffff);
		if (load(TABLE + 16 * n, 4) != 0xfffffffc && load(TABLE + 16 * n, 4) != 0xffffffff)
			return answer("entry %u reads 0x%x", n, load(TABLE + 16 * n, 4));
	}
	return "own only";
}

static const char *msix_unmask(const struct attack *a)
{
	power_up();
	set_vector(a->width, a->address, (u32)a->value);
	mmio_write32((u8 *)TABLE + 16 * a->width + 12, 0);
	return "unmasked";
}

static const char *msix_write(const struct attack *a)
{
	power_up();
	return write_memory(a);
}

/* Two bytes in BAR 1, two on the page of the table, whose first entry is masked: the table's owner is the only one who is fooled. */
static const char *msix_straddle(const struct attack *a)
{
	power_up();
	set_vector(0, 0, 0);
	reach(TABLE - 4);
	mmio_write32((u8 *)TABLE - 2, 0x12345678);
	return load(TABLE, 4) == 0x12345678 || !load(TABLE, 4) ? "own only" : answer("entry 0x%x", load(TABLE, 4));
}

/* --- the table ----------------------------------------------------------------------------------------- */

/* 0xcfc + register modulo 4 */
#define PORT(name, target, bdf, reg, bytes, what, port) \
	{ name, target, "stopped: port write at " #port ", " #bytes " bytes", write_port, \
	  .address = (bdf) << 12 | (reg), .width = bytes, .value = what }
#define OWN_PORT(name, target, reg, bytes, what, port)	PORT(name, target, OWN_NIC, reg, bytes, what, port)
#define CONFIG(name, target, kind, function, where, bytes) \
	{ name, target, "stopped: memory " kind " at " #where ", " #bytes " bytes", function, \
	  .address = where, .width = bytes, .value = ~0UL }
#define MESSAGE_TO(name, target, where, what) \
	{ name, target, "stopped: port write at 0xcfe, 2 bytes", msi_enable, .address = where, .value = what }
#define VECTOR_TO(name, target, where, what, entry) \
	{ name, target, "stopped: memory write at 0xfeb800" #entry "c, 4 bytes", msix_unmask, \
	  .address = where, .value = what, .width = 0x ## entry }

static const struct attack attacks[] = {
	{ "scan-ports", "all devices, by ports", "reads ones", scan, .width = 0 },
	{ "scan-memory", "all devices, by memory", "reads ones", scan, .width = 4 },
	{ "bridge-ports", "the host bridge, by ports, all registers", "reads ones", read_all_by_ports, .address = ROOT_DEVICE },
	{ "victim-ports", "the other cell's device, by ports", "reads ones", read_all_by_ports, .address = VICTIM_DEVICE },
	{ "disk-ports", "root's disk controller, by ports", "reads ones", read_all_by_ports, .address = ROOT_DISK },
	{ "bridge-memory", "the host bridge, by memory", "reads ones", read_all_by_memory, .address = ROOT_DEVICE },
	{ "victim-memory", "the other cell's device, by memory", "reads ones", read_all_by_memory, .address = VICTIM_DEVICE },
	{ "function-memory", "another function of its device", "reads ones", read_all_by_memory, .address = OWN_NIC + 1 },

	PORT("bridge-write", "the host bridge: where MMCONFIG is", ROOT_DEVICE, 0x60, 4, 0, 0xcfc),
	PORT("victim-command", "the other cell's device: off", VICTIM_DEVICE, 4, 2, 0, 0xcfc),
	PORT("victim-bar", "the other cell's device: elsewhere", VICTIM_DEVICE, 0x10, 4, 0xfeb40000, 0xcfc),
	PORT("victim-msi", "the other cell's device: its message", VICTIM_DEVICE, 0x42, 2, 0, 0xcfe),
	PORT("disk-command", "root's disk controller: off", ROOT_DISK, 4, 1, 0, 0xcfc),
	PORT("nobody", "a device of nobody", 0x10 << 3, 4, 4, 0, 0xcfc),
	CONFIG("victim-command-memory", "the other cell's device: off", "write", write_memory, 0xb0018004, 2),
	CONFIG("bridge-memory-write", "the host bridge: where MMCONFIG is", "write", write_memory, 0xb0000060, 4),
	CONFIG("wide-read", "its device, 64 bits", "read", read_memory, 0xb0010000, 8),
	CONFIG("wide-write", "its device, 64 bits", "write", write_memory, 0xb0010010, 8),
	CONFIG("unaligned-2", "its device, unaligned", "read", read_memory, 0xb0010001, 2),
	CONFIG("unaligned-4", "its device, unaligned", "read", read_memory, 0xb0010002, 4),
	CONFIG("straddle-out", "from its device to the next function", "write", write_memory, 0xb0010ffe, 4),
	CONFIG("straddle-in", "from another device into its own", "write", write_memory, 0xb000fffe, 4),
	CONFIG("last-bus", "the last function of all", "write", write_memory, 0xbffff004, 4),
	CONFIG("behind", "behind configuration space", "read", read_memory, 0xc0000000, 4),
	CONFIG("before", "before configuration space", "read", read_memory, 0xaffffffc, 4),

	{ "bars", "elsewhere with its device", "own only", move_bars },
	{ "bars-undecoded", "elsewhere while it does not decode", "own only", move_bars_undecoded },
	{ "rom", "its device's ROM", "ignored", move_rom },
	OWN_PORT("ids", "what its device is", 0, 4, 0x11e81234, 0xcfc), OWN_PORT("class", "its device's class", 0xb, 1, 6, 0xcff),
	{ "header-type", "its device's header", "written, reads 0x0", write_port, .address = OWN_NIC << 12 | 0xe, .width = 1, .value = 1 },
	{ "msi-next", "the list of capabilities", "written, reads 0xe0", write_port, .address = OWN_NIC << 12 | (MSI + 1), .width = 1, .value = 0x40 },
	OWN_PORT("subsystem", "its device's identity", 0x2c, 4, 0, 0xcfc),
	OWN_PORT("capabilities", "the list of capabilities", 0x34, 1, 0x40, 0xcfc), OWN_PORT("pin", "its device's pin", 0x3d, 1, 0, 0xcfd),
	OWN_PORT("line-and-pin", "its device's pin", 0x3c, 2, 0, 0xcfc), OWN_PORT("power", "a capability that is not its own", 0xcc, 2, 3, 0xcfc),
	OWN_PORT("express", "a reset of its device", 0xe8, 2, 0x8000, 0xcfc), OWN_PORT("outside", "no capability at all", 0x40, 4, ~0U, 0xcfc),
	OWN_PORT("msix-table", "where the table is", 0xa4, 4, 0, 0xcfc),
	OWN_PORT("msix-pending", "where the pending bits are", 0xa8, 4, 0, 0xcfc), OWN_PORT("msix-half", "half of a control word", 0xa3, 1, 0x80, 0xcff),
	CONFIG("aer", "an extended capability", "write", write_memory, 0xb0010104, 4),

	{ "msi-disabled", "a disabled message, all bits", "own only", msi_disabled },
	{ "msi-own", "a message to itself, more than it has", "own only", msi_own },
	MESSAGE_TO("msi-root", "root's CPU by a message", MESSAGE | TO(ROOT_CPU), VECTOR),
	MESSAGE_TO("msi-victim", "the other cell's CPU", MESSAGE | TO(VICTIM_CPU), VECTOR),
	MESSAGE_TO("msi-all", "all CPUs", MESSAGE | TO(0xff), VECTOR),
	MESSAGE_TO("msi-logical", "its own CPU and the other cell's", MESSAGE | TO(0xc) | LOGICAL, VECTOR),
	MESSAGE_TO("msi-smi", "system management", MESSAGE | TO(OWN_CPU), MODE(2)),
	MESSAGE_TO("msi-nmi", "an NMI", MESSAGE | TO(OWN_CPU), MODE(4)),
	MESSAGE_TO("msi-init", "a reset", MESSAGE | TO(OWN_CPU), MODE(5)),
	MESSAGE_TO("msi-extint", "the interrupt controller of the PC", MESSAGE | TO(OWN_CPU), MODE(7)),
	MESSAGE_TO("msi-vector", "a vector of exceptions", MESSAGE | TO(OWN_CPU), 14),
	MESSAGE_TO("msi-memory", "RAM by a message", 0x10000000, VECTOR),
	MESSAGE_TO("msi-high", "an address above 4 GiB", 1UL << 32 | MESSAGE | TO(OWN_CPU), VECTOR),
	MESSAGE_TO("msi-neighbour", "the page behind the messages", MESSAGE + 0x100000 + TO(OWN_CPU), VECTOR),
	{ "msi-redirect", "root's CPU, by one byte of the address", "stopped: port write at 0xcfd, 1 bytes", msi_redirect },

	{ "msix-masked", "masked vectors, all bits", "own only", msix_masked },
	{ "msix-straddle", "the table, from the memory before it", "own only", msix_straddle },
	VECTOR_TO("msix-root", "root's CPU by a vector", MESSAGE | TO(ROOT_CPU), VECTOR, 0),
	VECTOR_TO("msix-victim", "the other cell's CPU", MESSAGE | TO(VICTIM_CPU), VECTOR, 4),
	VECTOR_TO("msix-all", "all CPUs", MESSAGE | TO(0xff), VECTOR, 1),
	VECTOR_TO("msix-nmi", "an NMI", MESSAGE | TO(OWN_CPU), MODE(4), 2),
	VECTOR_TO("msix-init", "a reset of the other cell's CPU", MESSAGE | TO(VICTIM_CPU), MODE(5), 3),
	VECTOR_TO("msix-memory", "RAM by a vector", 0x3a000000, VECTOR, 0),
	VECTOR_TO("msix-high", "an address above 4 GiB", 1UL << 40 | MESSAGE | TO(OWN_CPU), VECTOR, 0),
	CONFIG("msix-8", "the table by bytes", "write", msix_write, 0xfeb8000c, 1),
	CONFIG("msix-64", "the table, 64 bits", "write", msix_write, 0xfeb80000, 8),
	CONFIG("msix-unaligned", "the table, unaligned", "write", msix_write, 0xfeb8000a, 4),
	CONFIG("msix-behind", "a vector behind the last one", "write", msix_write, 0xfeb8005c, 4),
	CONFIG("msix-page-end", "the end of the table's page", "write", msix_write, 0xfeb80ffc, 4),
	CONFIG("msix-over-end", "from the table's page on", "write", msix_write, 0xfeb80ffe, 4),
};

void inmate_main(void)
{
	pci_init();
	escape_main("escape-pci", attacks, ARRAY_SIZE(attacks));
}
