// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Calls to the firmware, as the cell sees it (ARM DEN0028, DEN0022).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define STACK_SIZE	0x2000

extern char secondary_entry[];

#define CALL(insn, function, a1, a2, a3) ({				\
	register u64 x0 asm("x0") = (function);				\
	register u64 x1 asm("x1") = (a1);				\
	register u64 x2 asm("x2") = (a2);				\
	register u64 x3 asm("x3") = (a3);				\
	asm volatile(insn " #0" : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3) : : \
		     "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory"); \
	(long)x0;							\
})

long smc_call(u64 function, u64 arg1, u64 arg2, u64 arg3)
{
	return CALL("smc", function, arg1, arg2, arg3);
}

long hvc_call(u64 function, u64 arg1, u64 arg2, u64 arg3)
{
	return CALL("hvc", function, arg1, arg2, arg3);
}

/* The other CPU reads it with its caches off. */
static void publish(const void *mem, size_t size)
{
	u64 line = 4ULL << (read_sysreg(ctr_el0) >> 16 & 0xf), addr;

	for (addr = (u64)mem & ~(line - 1); addr < (u64)mem + size; addr += line)
		asm volatile("dc civac, %0" : : "r" (addr) : "memory");
	asm volatile("dsb sy" : : : "memory");
}

long smp_start_cpu(u64 mpidr, void (*entry)(void *arg), void *arg)
{
	struct cpu_start *start = alloc(sizeof(*start), PAGE_SIZE);

	start->stack = (u8 *)alloc(STACK_SIZE, PAGE_SIZE) + STACK_SIZE;
	start->entry = entry;
	start->arg = arg;
	publish(start, sizeof(*start));
	return smc_call(PSCI_CPU_ON, mpidr, (u64)secondary_entry, (u64)start);
}
