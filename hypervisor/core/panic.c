// SPDX-License-Identifier: GPL-2.0
/*
 * panic - the end of a CPU on which an invariant of ours is broken. The other CPUs go on.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/log.h>
#include <arch/contract.h>

void hv_panic(const char *file, int line, const char *what)
{
	log_printf_panic("PANIC: %s:%d: %s, this CPU stops\n", file, line, what);
	arch_cpu_stop();
}
