// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * ZCU102 (Zynq UltraScale+), as qemu-system-aarch64 -M xlnx-zcu102,virtualization=on -m 2G -smp 4; kernel parameter mem=1792M. Root Linux
 * has the first UART, the hypervisor and the cells share the second.
 *
 *	0x00000000 - 0x6fffffff   Linux
 *	0x70000000 - 0x7f7fffff   cells
 *	0x7f800000 - 0x7fffffff   the hypervisor
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA)
#define MMIO	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

#define GICD	0xf9010000

struct {
	struct jailhouse_system header;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[5];
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
			.address = 0xff010000,
			.size = 0x1000,
			.type = JAILHOUSE_CON_TYPE_XUARTPS,
			.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_REGDIST_4,
		},
		/* The GIC-400's pages are repeated within 64 KiB each: the last one of the first 64 KiB is followed by the second. */
		.platform_info.arm = {
			.maintenance_irq = 25,
			.gic_version = 2,
			.gicd_base = GICD,
			.gicc_base = 0xf902f000,
			.gich_base = 0xf9040000,
			.gicv_base = 0xf906f000,
		},
		.root_cell = {
			.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
			.architecture = JAILHOUSE_ARM64,
			.revision = JAILHOUSE_CONFIG_REVISION,
			.name = "zcu102",
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = ARRAY_SIZE(config.mem_regions),
			.num_irqchips = ARRAY_SIZE(config.irqchips),
		},
	},

	.cpus = { 0xf },

	.mem_regions = {
		/* Linux's RAM */ {
			.phys_start = 0x00000000,
			.virt_start = 0x00000000,
			.size = 0x70000000,
			.flags = RAM,
		},
		/* RAM of the cells */ {
			.phys_start = 0x70000000,
			.virt_start = 0x70000000,
			.size = 0x0f800000,
			.flags = RAM,
		},
		/* programmable logic, QSPI, PCI memory */ {
			.phys_start = 0x80000000,
			.virt_start = 0x80000000,
			.size = 0x78000000,
			.flags = MMIO,
		},
		/* devices, on-chip memory */ {
			.phys_start = 0xfd000000,
			.virt_start = 0xfd000000,
			.size = 0x03000000,
			.flags = MMIO,
		},
		/* PCI configuration space */ {
			.phys_start = 0x8000000000ULL,
			.virt_start = 0x8000000000ULL,
			.size = 0x10000000,
			.flags = MMIO,
		},
	},

	/* 160 shared interrupts */
	.irqchips = {
		{
			.address = GICD,
			.pin_base = 32,
			.pin_bitmap = { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
		},
		{
			.address = GICD,
			.pin_base = 160,
			.pin_bitmap = { 0xffffffff },
		},
	},
};
