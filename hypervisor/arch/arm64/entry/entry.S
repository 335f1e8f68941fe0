/* SPDX-License-Identifier: GPL-2.0 */
/*
 * entry - vectors of EL2. While a guest runs, SP_EL2 points to struct arm_regs in the CPU's
 * private area; below it is the stack.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

#define HOST_FRAME	(34 * 8)	/* struct hv_fault_frame */

/* What C code may change: not all of AAPCS64's, see HV_CFLAGS_arm64. x29 comes along. */
	.macro	save_volatile
	stp	x0, x1, [sp, #REGS_X(0)]
	stp	x2, x3, [sp, #REGS_X(2)]
	stp	x4, x5, [sp, #REGS_X(4)]
	stp	x6, x7, [sp, #REGS_X(6)]
	stp	x16, x17, [sp, #REGS_X(16)]
	stp	x29, x30, [sp, #REGS_X(29)]
	.endm

	.macro	restore_volatile
	ldp	x0, x1, [sp, #REGS_X(0)]
	ldp	x2, x3, [sp, #REGS_X(2)]
	ldp	x4, x5, [sp, #REGS_X(4)]
	ldp	x6, x7, [sp, #REGS_X(6)]
	ldp	x16, x17, [sp, #REGS_X(16)]
	ldp	x29, x30, [sp, #REGS_X(29)]
	.endm

	.macro	save_rest
	stp	x8, x9, [sp, #REGS_X(8)]
	stp	x10, x11, [sp, #REGS_X(10)]
	stp	x12, x13, [sp, #REGS_X(12)]
	stp	x14, x15, [sp, #REGS_X(14)]
	stp	x18, x19, [sp, #REGS_X(18)]
	stp	x20, x21, [sp, #REGS_X(20)]
	stp	x22, x23, [sp, #REGS_X(22)]
	stp	x24, x25, [sp, #REGS_X(24)]
	stp	x26, x27, [sp, #REGS_X(26)]
	str	x28, [sp, #REGS_X(28)]
	.endm

	.macro	restore_all
	ldp	x8, x9, [sp, #REGS_X(8)]
	ldp	x10, x11, [sp, #REGS_X(10)]
	ldp	x12, x13, [sp, #REGS_X(12)]
	ldp	x14, x15, [sp, #REGS_X(14)]
	ldp	x18, x19, [sp, #REGS_X(18)]
	ldp	x20, x21, [sp, #REGS_X(20)]
	ldp	x22, x23, [sp, #REGS_X(22)]
	ldp	x24, x25, [sp, #REGS_X(24)]
	ldp	x26, x27, [sp, #REGS_X(26)]
	ldr	x28, [sp, #REGS_X(28)]
	restore_volatile
	.endm

	/* nor does a CPU go on here in its speculation */
	.macro	eret_to_stay
	eret
	dsb	nsh
	isb
	.endm

	.macro	vector name
	.balign	128
	b	\name
	.endm

	.macro	irq_vector
	.balign	128
	save_volatile
	mov	x0, sp
	bl	arm_handle_irq
	cbnz	w0, guest_kick
	restore_volatile
	eret_to_stay
	.endm

	.macro	host_vector number
	.balign	128
	sub	sp, sp, #HOST_FRAME
	save_volatile
	mov	x0, #\number
	b	host_fault
	.endm

	.section .text.vectors, "ax"
	.balign	2048
	.globl arm_vectors
arm_vectors:
	host_vector 0
	host_vector 1
	host_vector 2
	host_vector 3
	host_vector 4
	host_vector 5
	host_vector 6
	host_vector 7

	.balign	128
	save_volatile
	mrs	x1, esr_el2
	mov	x0, sp
	bl	arm_handle_fast
	cbz	w0, guest_sync
	restore_volatile
	eret_to_stay

	irq_vector

	host_vector 10
	vector	guest_serror

	.balign	128
	save_volatile
	b	guest_sync

	irq_vector

	host_vector 14
	vector	guest_serror
	.balign	128

guest_sync:
	save_rest
	mov	x0, sp
	bl	arm64_handle_saved
	b	to_guest

guest_kick:
	save_rest
	mov	x0, sp
	bl	arm_handle_kick
	b	to_guest

guest_serror:
	save_volatile
	save_rest
	mov	x0, sp
	bl	arm_handle_serror
	b	to_guest

/* void arm_enter_guest(struct arm_regs *regs) */
	.globl arm_enter_guest
arm_enter_guest:
	mov	sp, x0
to_guest:
	restore_all
	eret_to_stay

/* An exception of the hypervisor itself: x0 = vector, save_volatile is done. */
host_fault:
	save_rest
	mrs	x1, elr_el2
	add	x2, sp, #HOST_FRAME
	stp	x0, x1, [sp, #(31 * 8)]
	str	x2, [sp, #(33 * 8)]
	mov	x0, sp
	bl	arm_host_fault
	restore_all
	add	sp, sp, #HOST_FRAME
	eret_to_stay

	.section .note.GNU-stack, "", @progbits
