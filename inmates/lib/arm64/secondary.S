/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * First instructions of a CPU that smp_start_cpu() switched on, at EL1 with MMU and caches off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.section ".text", "ax"
/* x0: struct cpu_start */
	.globl	secondary_entry
secondary_entry:
	msr	spsel, #1
	msr	daifset, #0xf
	ldr	x1, [x0]
	mov	sp, x1
	mov	x29, xzr
	mov	x30, xzr
	bl	secondary_main
4:	wfi
	b	4b

	.section .note.GNU-stack, "", @progbits
