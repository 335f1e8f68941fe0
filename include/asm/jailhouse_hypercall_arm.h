/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * ARM part of <asm/jailhouse_hypercall.h>, which includes it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ASM_HYPERCALL_ARM_H
#define JAILHOUSE_ASM_HYPERCALL_ARM_H

#include <asm/jailhouse_hypercall_arm_common.h>

#define JAILHOUSE_CPU_STAT_VMEXITS_CP15		9
#define JAILHOUSE_NUM_CPU_STATS			10

#endif /* JAILHOUSE_ASM_HYPERCALL_ARM_H */
