// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A program built with the 32-bit library.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

void inmate_main(void)
{
	printk("Hello from 32-bit mode!\n");
	printk("EFER: 0x%llx\n", read_msr(MSR_EFER));
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
