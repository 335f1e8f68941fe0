// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for QEMU: test programs on CPU 3, with memory of every kind and the test device
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[7];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pio pio_regions[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "test",
		.flags = JAILHOUSE_CELL_TEST_DEVICE | JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_irqchips = ARRAY_SIZE(config.irqchips),
		.num_pio_regions = ARRAY_SIZE(config.pio_regions),

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
			.virt_start = 0,
			.size = 0x00100000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE,
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
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_32,
		},
		/* read-only window into the same page */ {
			.phys_start = 0x3ef02040,
			.virt_start = 0x00202040,
			.size = 0x00000010,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 |
				JAILHOUSE_MEM_IO_UNALIGNED,
		},
		/* RAM in small pages */ {
			.phys_start = 0x3ec00000,
			.virt_start = 0x00400000,
			.size = 0x00200000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE |
				JAILHOUSE_MEM_NO_HUGEPAGES,
		},
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
	},
};
