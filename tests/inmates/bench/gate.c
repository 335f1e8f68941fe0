// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Gates for the bench's own handlers, in the table that the inmate library has set up.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>
#include "bench.h"

#define GATE_INTERRUPT	0x8e00UL	/* present, ring 0, 64-bit interrupt gate: APM 2, 4.8.4 */

struct table_register {
	u16 limit;
	u64 base;
} __attribute__((packed));

void bench_set_gate(unsigned int vector, void (*handler)(void))
{
	u64 entry = (u64)handler;
	struct table_register idtr;
	u64 *gate;
	u16 cs;

	asm volatile("sidt %0" : "=m" (idtr));
	asm volatile("mov %%cs, %0" : "=r" (cs));
	gate = (u64 *)(idtr.base + vector * 16);
	gate[0] = (entry & 0xffff) | ((u64)cs << 16) | (GATE_INTERRUPT << 32) |
		  ((entry >> 16 & 0xffff) << 48);
	gate[1] = entry >> 32;
}
