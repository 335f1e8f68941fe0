/* SPDX-License-Identifier: GPL-2.0 */
/* cpu - fake part of the arch contract. Copyright (c) Jailhouse contributors, 2026 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <hv/types.h>

/**
 * A CPU that waits lets the model go on: time passes, other CPUs look at their mailboxes
 * (hal/cpus.c).
 */
void arch_cpu_relax(void);

/** Model time in microseconds. */
u64 arch_cycles(void);

#endif /* ARCH_CPU_H */
