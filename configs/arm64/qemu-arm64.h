/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * QEMU's "virt" machine with virtualization=on and 1 GiB of RAM, of which Linux gets 768 MiB (kernel parameter mem=768M).
 *
 *	0x40000000 - 0x6fffffff   Linux
 *	0x70000000 - 0x7f7fffff   cells
 *	0x7f800000 - 0x7fffffff   the hypervisor
 *
 * The file that includes this defines NAME, NUM_CPUS, and GIC: members of .platform_info.arm.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define MMIO	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

#define GICD	0x08000000

struct {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[8];
	struct jailhouse_irqchip irqchips[2];
} __attribute__((packed)) config = {
	.header = {
		.signature = JAILHOUSE_SYSTEM_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.flags = JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = 0x7f800000,
			.size = 0x800000,
		},
		.debug_console = {
			.address = 0x09000000,
			.size = 0x1000,
			.type = JAILHOUSE_CON_TYPE_PL011,
			.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4,
		},
		.platform_info.arm = {
			.maintenance_irq = 25,
			.gicd_base = GICD,
			GIC
		},
		.root_cell = {
			.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
			.architecture = JAILHOUSE_ARM64,
			.revision = JAILHOUSE_CONFIG_REVISION,
			.name = NAME,
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = ARRAY_SIZE(config.mem_regions),
			.num_irqchips = ARRAY_SIZE(config.irqchips),
		},
	},

	.cpus = { (1ULL << NUM_CPUS) - 1 },

	.mem_regions = {
		/* flash */ {
			.phys_start = 0x00000000,
			.virt_start = 0x00000000,
			.size = 0x08000000,
			.flags = MMIO,
		},
		/* UARTs, RTC, GPIO; behind the GIC */ {
			.phys_start = 0x09000000,
			.virt_start = 0x09000000,
			.size = 0x00050000,
			.flags = MMIO,
		},
		/* virtio */ {
			.phys_start = 0x0a000000,
			.virt_start = 0x0a000000,
			.size = 0x00004000,
			.flags = MMIO,
		},
		/* PCI memory and ports */ {
			.phys_start = 0x10000000,
			.virt_start = 0x10000000,
			.size = 0x2f000000,
			.flags = MMIO,
		},
		/* Linux's RAM */ {
			.phys_start = 0x40000000,
			.virt_start = 0x40000000,
			.size = 0x30000000,
			.flags = RAM,
		},
		/* RAM of the cells */ {
			.phys_start = 0x70000000,
			.virt_start = 0x70000000,
			.size = 0x0f800000,
			.flags = RAM,
		},
		/* PCI configuration space */ {
			.phys_start = 0x4010000000ULL,
			.virt_start = 0x4010000000ULL,
			.size = 0x10000000,
			.flags = MMIO,
		},
		/* PCI memory above 4 GiB */ {
			.phys_start = 0x8000000000ULL,
			.virt_start = 0x8000000000ULL,
			.size = 0x8000000000ULL,
			.flags = MMIO,
		},
	},

	/* 256 shared interrupts */
	.irqchips = {
		{
			.address = GICD,
			.pin_base = 32,
			.pin_bitmap = { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
		},
		{
			.address = GICD,
			.pin_base = 160,
			.pin_bitmap = { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
		},
	},
};
