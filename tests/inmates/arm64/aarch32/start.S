/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * First instructions at 0, in supervisor mode, MMU and caches off; vectors; a stack for each mode that is used.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.arch	armv7ve
	.arm
	.section ".boot", "ax"
	.globl	_start
_start:
	ldr	sp, =stack_top
	ldr	r0, =vectors
	mcr	p15, 0, r0, c12, c0, 0		@ VBAR
	isb
	bl	program
1:	wfi
	b	1b
	.ltorg

	/* Parameters are loaded here. */
	.section ".cmdline", "aw"
	.globl	cmdline
cmdline:
	.fill	256, 1, 0

	.text
	.balign	32
vectors:
	b	.				@ not used
	b	unexpected			@ undefined instruction
	b	unexpected			@ supervisor call
	b	unexpected			@ prefetch abort
	b	unexpected			@ data abort
	b	unexpected			@ hypervisor trap: not in this mode
	b	interrupted
	b	unexpected			@ fast interrupt

interrupted:
	sub	lr, lr, #4
	srsdb	sp!, #0x13			@ go on in supervisor mode, as where it came from
	cps	#0x13
	push	{r0-r3, r12, lr}
	bl	handle_interrupt
	pop	{r0-r3, r12, lr}
	rfeia	sp!

unexpected:
	ldr	sp, =stack_top
	bl	handle_unexpected
	b	.

	.section .note.GNU-stack, "", %progbits
