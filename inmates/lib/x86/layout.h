/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Segment selectors and vectors that assembly and C parts of the library share.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_X86_LAYOUT_H
#define INMATE_X86_LAYOUT_H

#define SEL_CODE32	0x08
#define SEL_CODE64	0x10
#define SEL_DATA	0x18

#ifdef __x86_64__
#define SEL_CODE	SEL_CODE64
#else
#define SEL_CODE	SEL_CODE32
#endif

#define NUM_EXCP_VECTORS	32
#define NUM_USER_VECTORS	32
/* One vector above the program's: the end of a delay. */
#define DELAY_VECTOR		0xef

#define INMATE_STACK_SIZE	0x1000

#endif /* INMATE_X86_LAYOUT_H */
