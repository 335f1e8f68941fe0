// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Exceptions of the program itself: the CPU stops with a report, unless excp_try() expects them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../arm-common/internal.h"

#define SAME_LEVEL	4	/* synchronous, from EL1 with its own stack pointer */
enum { LR = 30, PC, PSTATE };	/* places in @frame */

void excp_handle(unsigned long *frame, unsigned int vector)
{
	u64 esr = read_sysreg(esr_el1);

	if (vector == SAME_LEVEL && excp_is_expected(esr)) {
		frame[PC] += 4;
		return;
	}
	printk("EXCEPTION: vector %u, ESR %llx, address %llx\n", vector, esr, read_sysreg(far_el1));
	printk("PC %lx, LR %lx, PSTATE %lx\n", frame[PC], frame[LR], frame[PSTATE]);
	stop();
}
