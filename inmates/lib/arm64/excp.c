// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Exceptions of the program itself: reported, and the CPU stops; or counted, where a program expects them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

static bool expected;
static u64 syndrome;

u64 excp_try(void (*code)(void *arg), void *arg)
{
	syndrome = 0;
	expected = true;
	memory_barrier();
	code(arg);
	memory_barrier();
	expected = false;
	return syndrome;
}

void excp_handle(struct excp_frame *frame, unsigned int vector)
{
	u64 esr = read_sysreg(esr_el1);

	if (expected && vector == 4) {
		syndrome = esr;
		frame->pc += 4;
		return;
	}
	expected = false;
	printk("EXCEPTION: vector %u, ESR %llx, address %llx\n", vector, esr, read_sysreg(far_el1));
	printk("PC %llx, LR %llx, PSTATE %llx\n", frame->pc, frame->x[30], frame->pstate);
	stop();
}
