// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Calls of the hypervisor and the firmware, with numbers and arguments that nobody should give (docs/ARCHITECTURE.md; DEN 0022, DEN 0028).
 * Unknown ones answer with an error, those that name what is not the cell's with a refusal; another immediate of HVC ends the CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "escape.h"

static void every_hypercall(void *arg)
{
	unsigned int n;

	value = 1;
	for (n = 0; n < 0x1f10; n++)
		if (n != JAILHOUSE_HC_CPU_GET_INFO && n != JAILHOUSE_HC_DEBUG_CONSOLE_PUTC && jailhouse_call_arg1(n, 0) >= 0)
			value = 0x10000 + n;
}

static void hvc_of_the_stub(void *arg)
{
	value = (u64)hvc_call(1, ROOT_MEMORY, 0, 0);
}

static void hvc_of_another_kind(void *arg)
{
	asm volatile("hvc #0x1234" : : : "memory");
}

/* CPU_SUSPEND, CPU_OFF, SYSTEM_OFF and SYSTEM_RESET do what they say. */
static bool ends_the_cpu(u64 function)
{
	u64 n = function & 0xff;

	return (function >> 24 & 0x3f) == 4 && (n == 1 || n == 2 || n == 8 || n == 9 || n == 0x12);
}

static void every_smc(void *arg)
{
	u64 owner, kind, n;
	long answer;

	value = 1;
	for (owner = 0; owner < 64; owner++)
		for (kind = 0; kind < 4; kind++)
			for (n = 0; n < 0x20; n++) {
				u64 function = owner << 24 | kind << 30 | n;

				if (ends_the_cpu(function))
					continue;
				answer = smc_call(function, 0x80000000, ROOT_MEMORY, 0);
				if (owner > 4 && (int)answer != PSCI_NOT_SUPPORTED)
					value = function;
			}
}

static void cpu_on_of_root(void *arg)
{
	value = (u64)smc_call(PSCI_CPU_ON, 0, 0, 0);
}

static void cpu_on_of_nobody(void *arg)
{
	value = (u64)smc_call(PSCI_CPU_ON, (unsigned long)0xff00ffffffULL, HYPERVISOR, 0) | (u64)smc_call(PSCI_CPU_ON, ~0UL, HYPERVISOR, 0);
}

/* ARCH_WORKAROUND_1 (DEN 0028, 7.5): ARMv7 has it without its firmware, of which the emulator has none. */
static void forget_branches(void *arg)
{
	value = (u64)smc_call(0x80000001, 0x80008000, 0, 0) | (u64)smc_call(0x80008000, 0, 0, 0);
}

const struct attempt call_attempts[] = {
	ATTEMPT(every_hypercall), ATTEMPT(hvc_of_the_stub), ATTEMPT(hvc_of_another_kind), ATTEMPT(every_smc), ATTEMPT(cpu_on_of_root),
	ATTEMPT(cpu_on_of_nobody), ATTEMPT(forget_branches), NO_MORE,
};
