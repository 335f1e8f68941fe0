// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Exceptions of the program itself: the CPU stops with a report, unless excp_try() expects them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../arm-common/internal.h"

#define VECTOR_UNDEFINED	1
#define VECTOR_DATA_ABORT	4
enum { LR = 13, PC, CPSR };	/* places in @frame */

void excp_handle(unsigned long *frame, unsigned int vector)
{
	if ((vector == VECTOR_UNDEFINED || vector == VECTOR_DATA_ABORT) && excp_is_expected(vector)) {
		frame[PC] += 4;
		return;
	}
	printk("EXCEPTION: vector %u, DFSR %llx, DFAR %llx, IFSR %llx, IFAR %llx\n", vector, read_sysreg(dfsr),
	       read_sysreg(dfar), read_sysreg(ifsr), read_sysreg(ifar));
	printk("PC %lx, LR %lx, CPSR %lx\n", frame[PC], frame[LR], frame[CPSR]);
	stop();
}
