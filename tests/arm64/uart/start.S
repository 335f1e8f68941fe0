/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry on a bare machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.section .boot, "ax"
	.globl	_start
_start:
	adrp	x0, stack_top
	mov	sp, x0
	bl	bare_main
1:	wfi
	b	1b
