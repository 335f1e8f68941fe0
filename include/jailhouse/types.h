/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Fixed-width types of the interfaces: hypervisor, kernel module, host programs, inmates and configurations include this one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_TYPES_H
#define JAILHOUSE_TYPES_H

#ifndef __ASSEMBLER__

#ifdef __KERNEL__
#include <linux/types.h>
#else

#include <stdbool.h>
#include <stddef.h>

/* The same types as <linux/types.h> declares, so that a program may include both. */
typedef signed char __s8;
typedef unsigned char __u8;
typedef signed short __s16;
typedef unsigned short __u16;
typedef signed int __s32;
typedef unsigned int __u32;
__extension__ typedef signed long long __s64;
__extension__ typedef unsigned long long __u64;

#endif /* __KERNEL__ */

_Static_assert(sizeof(__u8) == 1 && sizeof(__s8) == 1, "8 bits");
_Static_assert(sizeof(__u16) == 2 && sizeof(__s16) == 2, "16 bits");
_Static_assert(sizeof(__u32) == 4 && sizeof(__s32) == 4, "32 bits");
_Static_assert(sizeof(__u64) == 8 && sizeof(__s64) == 8, "64 bits");

#endif /* __ASSEMBLER__ */

#endif /* JAILHOUSE_TYPES_H */
