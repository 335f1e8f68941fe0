// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for QEMU with the devices of qemu-x86-devices.c: what others try to disturb, on CPU 2 with COM4 and "edu". WITHOUT_DEVICES: without
 * that one (bochs-victim.c)
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
	struct jailhouse_memory mem_regions[3 + NUM_DEVICES];
	struct jailhouse_pio pio_regions[1];
	struct jailhouse_pci_device pci_devices[NUM_DEVICES];
	struct jailhouse_pci_capability pci_caps[NUM_DEVICES];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "victim",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_pio_regions = ARRAY_SIZE(config.pio_regions),
		.num_pci_devices = ARRAY_SIZE(config.pci_devices),
		.num_pci_caps = ARRAY_SIZE(config.pci_caps),

		.console = {
			.address = 0x2e8,
			.type = JAILHOUSE_CON_TYPE_8250,
			.flags = JAILHOUSE_CON_ACCESS_PIO,
			.divider = 1,
		},
	},

	.cpus = {
		0x4,
	},

	.mem_regions = {
		/* RAM */ {
			.phys_start = 0x3ee00000,
			.virt_start = 0,
			.size = 0x00100000,
			.flags = RAM,
		},
		/* communication region */ {
			.virt_start = 0x00100000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION,
		},
		/* what it publishes; others may read it */ {
			.phys_start = 0x3ef08000,
			.virt_start = 0x00208000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_ROOTSHARED,
		},
#if NUM_DEVICES
		/* 00:03.0, BAR 0 */ {
			.phys_start = 0xfea00000,
			.virt_start = 0xfea00000,
			.size = 0x100000,
			.flags = MMIO,
		},
#endif
	},

	.pio_regions = {
		PIO_RANGE(0x2e8, 0x8),		/* COM4 */
	},

#if NUM_DEVICES
	.pci_devices = {
		/* 00:03.0 edu */ {
			.type = JAILHOUSE_PCI_TYPE_DEVICE,
			.domain = 0,
			.bdf = 0x03 << 3 | 0,
			.bar_mask = { 0xfff00000, },
			.caps_start = 0,
			.num_caps = 1,
			.num_msi_vectors = 1,
			.msi_64bits = 1,
		},
	},

	.pci_caps = {
		/* 00:03.0 */ {
			.id = PCI_CAP_ID_MSI,
			.start = 0x40,
			.len = 14,
			.flags = JAILHOUSE_PCICAPS_WRITE,
		},
	},
#endif
};
