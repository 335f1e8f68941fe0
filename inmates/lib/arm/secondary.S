/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * First instructions of a CPU that smp_start_cpu() switched on, in supervisor mode with MMU and caches off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.syntax	unified
	.arm
	.section ".text", "ax"
/* r0: struct cpu_start */
	.globl	secondary_entry
secondary_entry:
	cpsid	aif, #0x13
	ldr	sp, [r0]
	mov	fp, #0
	bl	secondary_main
4:	wfi
	b	4b

	.section .note.GNU-stack, "", %progbits
