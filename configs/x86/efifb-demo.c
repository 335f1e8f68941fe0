// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for the machine of qemu-x86-efi.c: tiny-demo on CPU 3, which prints on the lower half of the display (768 lines from there on are
 * its mode; those below the display's end are memory of the adapter that nobody sees)
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define LOWER_HALF	(0xc0000000 + JAILHOUSE_CON_FB_SIZE(JAILHOUSE_CON_FB_1024x768) / 2)

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[3];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "efifb-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),

		.console = {
			.address = LOWER_HALF,
			.size = JAILHOUSE_CON_FB_SIZE(JAILHOUSE_CON_FB_1024x768),
			.type = JAILHOUSE_CON_TYPE_EFIFB,
			.flags = JAILHOUSE_CON_ACCESS_MMIO | JAILHOUSE_CON_FB_1024x768,
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
		/* communication region */ {
			.virt_start = 0x00100000,
			.size = 0x00001000,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION,
		},
		/* frame buffer */ {
			.phys_start = LOWER_HALF,
			.virt_start = LOWER_HALF,
			.size = JAILHOUSE_CON_FB_SIZE(JAILHOUSE_CON_FB_1024x768),
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO,
		},
	},
};
