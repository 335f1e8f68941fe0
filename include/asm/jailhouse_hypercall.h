/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Architecture part of the hypercall interface: calling convention, statistics numbers, platform part of the communication region.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_ASM_HYPERCALL_H
#define JAILHOUSE_ASM_HYPERCALL_H

#include <jailhouse/types.h>

#if defined(__x86_64__) || defined(__i386__)
#include <asm/jailhouse_hypercall_x86.h>
#elif defined(__aarch64__)
#include <asm/jailhouse_hypercall_arm64.h>
#elif defined(__arm__)
#include <asm/jailhouse_hypercall_arm.h>
#else
#error "architecture without a hypercall convention"
#endif

#endif /* JAILHOUSE_ASM_HYPERCALL_H */
