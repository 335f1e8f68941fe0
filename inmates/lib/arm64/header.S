/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * First instructions of the cell's first CPU, at the link base 0, at EL1 with MMU and caches off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.section ".boot", "ax"
	.globl	reset_entry
reset_entry:
	msr	spsel, #1
	msr	daifset, #0xf
	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
	adrp	x1, bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b
2:	adrp	x0, stack_top
	mov	sp, x0
	mov	x29, xzr
	mov	x30, xzr
	bl	boot_main
3:	wfi
	b	3b

	.section ".cmdline.default", "aw"
	.weak	cmdline
cmdline:
	.fill	256, 1, 0

	.section .note.GNU-stack, "", @progbits
