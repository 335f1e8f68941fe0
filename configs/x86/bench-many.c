// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cell for QEMU with 2 GiB of RAM: measurements (make bench), with 64 regions, each of which has both its borders inside of large pages
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#define PIECE(n) { \
		.phys_start = 0x40000000 + (n) * 0xf00000ULL + 0x1ff000, \
		.virt_start = 0x40000000 + (n) * 0xf00000ULL + 0x1ff000, \
		.size = 0x00302000, \
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE, \
	}
#define PIECES_4(n)	PIECE(n), PIECE((n) + 1), PIECE((n) + 2), PIECE((n) + 3)
#define PIECES_16(n)	PIECES_4(n), PIECES_4((n) + 4), PIECES_4((n) + 8), PIECES_4((n) + 12)

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[66];
	struct jailhouse_pio pio_regions[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "bench-many",
		.flags = JAILHOUSE_CELL_PASSIVE_COMMREG,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_pio_regions = ARRAY_SIZE(config.pio_regions),

		.console = {
			.address = 0x2f8,
			.type = JAILHOUSE_CON_TYPE_8250,
			.flags = JAILHOUSE_CON_ACCESS_PIO,
			.divider = 1,
		},
	},

	.cpus = {
		0xc,
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
		PIECES_16(0), PIECES_16(16), PIECES_16(32), PIECES_16(48),
	},

	.pio_regions = {
		PIO_RANGE(0x2f8, 0x8),		/* COM2 */
	},
};
