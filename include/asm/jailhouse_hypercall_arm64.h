/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * ARM64 part of <asm/jailhouse_hypercall.h>, which includes it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ASM_HYPERCALL_ARM64_H
#define JAILHOUSE_ASM_HYPERCALL_ARM64_H

#include <asm/jailhouse_hypercall_arm_common.h>

#define JAILHOUSE_NUM_CPU_STATS			9

#endif /* JAILHOUSE_ASM_HYPERCALL_ARM64_H */
