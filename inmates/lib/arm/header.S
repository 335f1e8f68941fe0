/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * First instructions of the cell's first CPU, at the link base 0, in supervisor mode with MMU and caches off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.syntax	unified
	.arm
	.section ".boot", "ax"
	.globl	reset_entry
reset_entry:
	cpsid	aif, #0x13
	ldr	r0, =bss_start
	ldr	r1, =bss_end
	mov	r2, #0
1:	cmp	r0, r1
	bhs	2f
	str	r2, [r0], #4
	b	1b
2:	ldr	sp, =stack_top
	mov	fp, #0
	bl	boot_main
3:	wfi
	b	3b
	.ltorg

	.section ".cmdline.default", "aw"
	.weak	cmdline
cmdline:
	.fill	256, 1, 0

	.section .note.GNU-stack, "", %progbits
