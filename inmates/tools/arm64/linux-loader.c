// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * First program of a cell that gets a Linux: jumps to the kernel as its boot protocol demands (Documentation/arch/arm64/booting.rst):
 * MMU and data cache off, x0 the device tree, x1 to x3 zero. The CPU comes in that state, so this takes the place of the library's
 * start-up code and needs nothing of the cell but the memory that it lies in.
 *
 * Parameters: kernel=ADDRESS dtb=ADDRESS
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

void boot_main(void);

void boot_main(void)
{
	void (*kernel)(u64 dtb, u64, u64, u64) = (void *)cmdline_parse_int("kernel", 0);

	kernel((u64)cmdline_parse_int("dtb", 0), 0, 0, 0);
}
