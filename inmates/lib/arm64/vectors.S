/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Exception vectors of EL1 (ARM ARM, D1.3.1): only EL1 with its own stack pointer is in use.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.macro	save_all
	sub	sp, sp, #272
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x30, x0, [sp, #240]
	str	x1, [sp, #256]
	.endm

	.section ".vectors", "ax"
	.balign	2048
	.globl	vectors
vectors:
	.set	i, 0
	.rept	16
	.balign	128
	.if i == 5
	save_all
	bl	irq_dispatch
	b	leave
	.else
	save_all
	mov	x0, sp
	mov	x1, #i
	bl	excp_handle
	b	leave
	.endif
	.set	i, i + 1
	.endr

	.balign	128
leave:
	ldr	x1, [sp, #256]
	ldp	x30, x0, [sp, #240]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #272
	eret

	.section .note.GNU-stack, "", @progbits
