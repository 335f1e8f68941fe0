// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * First program of a cell that gets a Linux: jumps to the kernel as its boot protocol demands (Documentation/arch/arm/booting.rst):
 * MMU and data cache off, r0 zero, r1 no machine number, r2 the device tree. The CPU comes in that state, so this takes the place of
 * the library's start-up code and needs nothing of the cell but the memory that it lies in.
 *
 * Parameters: kernel=ADDRESS dtb=ADDRESS
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define NO_MACHINE	(~0UL)

void boot_main(void);

void boot_main(void)
{
	void (*kernel)(u32 zero, u32 machine, u32 dtb) = (void *)(unsigned long)cmdline_parse_int("kernel", 0);

	kernel(0, NO_MACHINE, (u32)cmdline_parse_int("dtb", 0));
}
