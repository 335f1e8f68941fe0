/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Exception vectors (ARM DDI 0406, B1.8.1): all are handled in supervisor mode, on its stack.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.syntax	unified
	.arm

	/* \offset: from LR to the instruction that goes on, or that raised it */
	.macro	enter offset, handler, number
	sub	lr, lr, #\offset
	srsdb	sp!, #0x13
	cps	#0x13
	push	{r0 - r12, lr}
	mov	r0, sp
	mov	r1, #\number
	mov	r4, sp
	bic	sp, sp, #7
	bl	\handler
	mov	sp, r4
	pop	{r0 - r12, lr}
	rfeia	sp!
	.endm

	.section ".vectors", "ax"
	.balign	32
	.globl	vectors
vectors:
	b	.
	b	undefined
	b	.
	b	prefetch_abort
	b	data_abort
	b	.
	b	irq
	b	.

undefined:	enter 4, excp_handle, 1
prefetch_abort:	enter 4, excp_handle, 3
data_abort:	enter 8, excp_handle, 4
irq:		enter 4, irq_dispatch, 6

	.section .note.GNU-stack, "", %progbits
