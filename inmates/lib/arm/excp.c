// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Exceptions of the program itself: reported, and the CPU stops; or counted, where a program expects them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../arm64/internal.h"

#define VECTOR_UNDEFINED	1
#define VECTOR_DATA_ABORT	4

static bool expected;
static u64 last_vector;

u64 excp_try(void (*code)(void *arg), void *arg)
{
	last_vector = 0;
	expected = true;
	memory_barrier();
	code(arg);
	memory_barrier();
	expected = false;
	return last_vector;
}

/* @frame: r0 to r12, LR of supervisor mode, PC, CPSR */
void arm_excp_handle(u32 *frame, unsigned int vector);

void arm_excp_handle(u32 *frame, unsigned int vector)
{
	if (expected && (vector == VECTOR_UNDEFINED || vector == VECTOR_DATA_ABORT)) {
		last_vector = vector;
		frame[14] += 4;
		return;
	}
	expected = false;
	printk("EXCEPTION: vector %u, DFSR %llx, DFAR %llx, IFSR %llx, IFAR %llx\n", vector, read_sysreg(dfsr),
	       read_sysreg(dfar), read_sysreg(ifsr), read_sysreg(ifar));
	printk("PC %x, LR %x, CPSR %x\n", frame[14], frame[13], frame[15]);
	stop();
}
