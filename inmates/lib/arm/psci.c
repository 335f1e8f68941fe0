// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Calls to the firmware, as the cell sees it (ARM DEN0028, DEN0022).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "../arm64/internal.h"

#define STACK_SIZE	0x2000

extern char secondary_entry[];

#define CALL(insn, function, a1, a2, a3) ({				\
	register u32 r0 asm("r0") = (function);				\
	register u32 r1 asm("r1") = (a1);				\
	register u32 r2 asm("r2") = (a2);				\
	register u32 r3 asm("r3") = (a3);				\
	asm volatile(".arch_extension sec\n\t.arch_extension virt\n\t" insn " #0" \
		     : "+r" (r0), "+r" (r1), "+r" (r2), "+r" (r3) : : "r12", "memory"); \
	(long)r0;							\
})

long smc_call(u32 function, u32 arg1, u32 arg2, u32 arg3)
{
	return CALL("smc", function, arg1, arg2, arg3);
}

long hvc_call(u32 function, u32 arg1, u32 arg2, u32 arg3)
{
	return CALL("hvc", function, arg1, arg2, arg3);
}

/* The other CPU reads it with its caches off. */
static void publish(const void *mem, size_t size)
{
	u32 line = 4U << (read_sysreg(ctr_el0) >> 16 & 0xf), addr;

	for (addr = (u32)mem & ~(line - 1); addr < (u32)mem + size; addr += line)
		CP15_WRITE(addr, 0, c7, c14, 1);	/* DCCIMVAC */
	asm volatile("dsb sy" : : : "memory");
}

long smp_start_cpu(u64 mpidr, void (*entry)(void *arg), void *arg)
{
	struct cpu_start *start = alloc(sizeof(*start), PAGE_SIZE);

	start->stack = (u8 *)alloc(STACK_SIZE, PAGE_SIZE) + STACK_SIZE;
	start->entry = entry;
	start->arg = arg;
	publish(start, sizeof(*start));
	return smc_call(PSCI_CPU_ON, (u32)mpidr, (u32)secondary_entry, (u32)start);
}
