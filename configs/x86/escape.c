// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for QEMU with the devices of qemu-x86-devices.c: tries to break out, on CPU 3 with COM2, a pin and the network card.
 * WITHOUT_DEVICES: without that one (bochs-escape.c); the ports of its BAR 2 are there, and answer nothing
 *
 * It has memory of every kind, with holes between the regions. The addresses are known to tests/inmates/lib/escape.h.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE)
#define MMIO	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

#ifdef WITHOUT_DEVICES
#define NUM_DEVICES	0
#else
#define NUM_DEVICES	1
#endif

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[12 + 3 * NUM_DEVICES];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pio pio_regions[2];
	struct jailhouse_pci_device pci_devices[NUM_DEVICES];
	struct jailhouse_pci_capability pci_caps[2 * NUM_DEVICES];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "escape",
		.flags = JAILHOUSE_CELL_TEST_DEVICE | JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_irqchips = ARRAY_SIZE(config.irqchips),
		.num_pio_regions = ARRAY_SIZE(config.pio_regions),
		.num_pci_devices = ARRAY_SIZE(config.pci_devices),
		.num_pci_caps = ARRAY_SIZE(config.pci_caps),

		/* an answer within 1 s, so that tests of the timeout are short */
		.msg_reply_timeout = 1000000,

		.console = {
			.address = 0x2f8,
			.type = JAILHOUSE_CON_TYPE_8250,
			.flags = JAILHOUSE_CON_ACCESS_PIO,
			.divider = 1,
		},
	},

	.cpus = {
		0x8,
	},

	.mem_regions = {
		/* RAM */ {
			.phys_start = 0x3f000000,
			.virt_start = 0x00000000,
			.size = 0x00100000,
			.flags = RAM,
		},
		/* communication region; the page behind it is the test device's */ {
			.virt_start = 0x00100000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION,
		},
		/* RAM that cannot be written */ {
			.phys_start = 0x3ef00000,
			.virt_start = 0x00200000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_LOADABLE,
		},
		/* RAM that cannot be executed */ {
			.phys_start = 0x3ef01000,
			.virt_start = 0x00201000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE,
		},
		/* 32-bit window into a page */ {
			.phys_start = 0x3ef02010,
			.virt_start = 0x00202010,
			.size = 0x00000020,
			.flags = MMIO | JAILHOUSE_MEM_IO_32,
		},
		/* read-only window into the same page */ {
			.phys_start = 0x3ef02040,
			.virt_start = 0x00202040,
			.size = 0x00000010,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 |
				JAILHOUSE_MEM_IO_UNALIGNED,
		},
		/* one 64-bit register */ {
			.phys_start = 0x3ef02080,
			.virt_start = 0x00202080,
			.size = 0x00000008,
			.flags = MMIO | JAILHOUSE_MEM_IO_64,
		},
		/* three bytes */ {
			.phys_start = 0x3ef02091,
			.virt_start = 0x00202091,
			.size = 0x00000003,
			.flags = MMIO | JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_UNALIGNED,
		},
		/* window across a border of pages */ {
			.phys_start = 0x3ef03ff8,
			.virt_start = 0x00203ff8,
			.size = 0x00000010,
			.flags = MMIO | JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_IO_64 | JAILHOUSE_MEM_IO_UNALIGNED,
		},
		/* what the cell "victim" publishes */ {
			.phys_start = 0x3ef08000,
			.virt_start = 0x00208000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED,
		},
		/* RAM in small pages */ {
			.phys_start = 0x3ec00000,
			.virt_start = 0x00400000,
			.size = 0x00200000,
			.flags = RAM | JAILHOUSE_MEM_NO_HUGEPAGES,
		},
		/* RAM in one large page */ {
			.phys_start = 0x3ea00000,
			.virt_start = 0x00800000,
			.size = 0x00200000,
			.flags = RAM,
		},
#if NUM_DEVICES
		/* 00:02.0, BAR 0 */ {
			.phys_start = 0xfeb40000,
			.virt_start = 0xfeb40000,
			.size = 0x00020000,
			.flags = MMIO,
		},
		/* BAR 1 */ {
			.phys_start = 0xfeb60000,
			.virt_start = 0xfeb60000,
			.size = 0x00020000,
			.flags = MMIO,
		},
		/* BAR 3 behind the MSI-X table */ {
			.phys_start = 0xfeb81000,
			.virt_start = 0xfeb81000,
			.size = 0x00003000,
			.flags = MMIO,
		},
#endif
	},

	.irqchips = {
		/* IOAPIC: COM2 */ {
			.address = 0xfec00000,
			.pin_bitmap = {
				1 << 3,
			},
		},
	},

	.pio_regions = {
		PIO_RANGE(0x2f8, 0x8),		/* COM2 */
		PIO_RANGE(0xc040, 0x20),	/* 00:02.0, BAR 2 */
	},

#if NUM_DEVICES
	.pci_devices = {
		/* 00:02.0 Ethernet, e1000e */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x02 << 3 | 0,
			.bar_mask = { 0xfffe0000, 0xfffe0000, 0xffffffe0, 0xffffc000, },
			.caps_start = 0,
			.num_caps = 2,
			.num_msi_vectors = 1,
			.msi_64bits = 1,
			.num_msix_vectors = 5,
			.msix_region_size = 0x1000,
			.msix_address = 0xfeb80000,
		},
	},

	.pci_caps = {
		/* 00:02.0 */ {
			.id = PCI_CAP_ID_MSIX,
			.start = 0xa0,
			.len = 12,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		}, {
			.id = PCI_CAP_ID_MSI,
			.start = 0xd0,
			.len = 14,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		},
	},
#endif
};
