// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Calls to the firmware, as the cell sees it (ARM DEN0028, DEN0022).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"
#include "cpu.h"

#define STACK_SIZE	0x2000

extern char secondary_entry[];

#define CALL(insn, function, a1, a2, a3) ({				\
	register unsigned long x0 asm(ARM_REG "0") = (function);	\
	register unsigned long x1 asm(ARM_REG "1") = (a1);		\
	register unsigned long x2 asm(ARM_REG "2") = (a2);		\
	register unsigned long x3 asm(ARM_REG "3") = (a3);		\
	asm volatile(ARM_CALL(insn) : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3) : : ARM_CALL_CLOBBERS, "memory"); \
	(long)x0;							\
})

long smc_call(unsigned long function, unsigned long arg1, unsigned long arg2, unsigned long arg3)
{
	return CALL("smc", function, arg1, arg2, arg3);
}

long hvc_call(unsigned long function, unsigned long arg1, unsigned long arg2, unsigned long arg3)
{
	return CALL("hvc", function, arg1, arg2, arg3);
}

/* The other CPU reads it with its caches off. */
static void publish(const void *mem, size_t size)
{
	unsigned long line = 4UL << (read_sysreg(ctr_el0) >> 16 & 0xf), addr;

	for (addr = (unsigned long)mem & ~(line - 1); addr < (unsigned long)mem + size; addr += line)
		flush_line(addr);
	asm volatile("dsb sy" : : : "memory");
}

long smp_start_cpu(u64 mpidr, void (*entry)(void *arg), void *arg)
{
	struct cpu_start *start = alloc(sizeof(*start), PAGE_SIZE);

	start->stack = (u8 *)alloc(STACK_SIZE, PAGE_SIZE) + STACK_SIZE;
	start->entry = entry;
	start->arg = arg;
	publish(start, sizeof(*start));
	return smc_call(PSCI_CPU_ON, mpidr, (unsigned long)secondary_entry, (unsigned long)start);
}
