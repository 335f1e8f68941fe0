/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A 32-bit program stays in flat protected mode without paging.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "header-common.S"

	.section ".boot", "ax"
	.code32
arch_boot_cpu:
	ret

/* EBX: C function to call, ESP: its stack */
arch_enter:
	xorl	%ebp, %ebp
	call	*%ebx
1:	cli
	hlt
	jmp	1b
