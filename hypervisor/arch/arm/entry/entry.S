/* SPDX-License-Identifier: GPL-2.0 */
/*
 * entry - vectors of HYP mode. While a guest runs, SP_hyp points to struct arm_regs in the CPU's
 * private area; below it is the stack.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

#define HOST_FRAME	72	/* struct hv_fault_frame, and 8 bytes' alignment */

	.syntax unified
	.arch_extension virt

	/* an exception of the hypervisor, or one that cannot be: say which */
	.macro	host_vector number
	sub	sp, sp, #HOST_FRAME
	stmia	sp, {r0 - r12}
	mov	r0, #\number
	b	host_fault
	.endm

	/* the guest's exclusive accesses do not go on with the hypervisor's: ERET alone does not end them */
	.macro	to_guest_now
	clrex
	ldmia	sp, {r0 - r12, lr}
	eret
	.endm

	.section .text.vectors, "ax"
	.balign	32
	.globl arm_vectors
arm_vectors:
	b	host_0
	b	host_1
	b	host_2
	b	host_3
	b	host_4
	b	guest_trap
	b	guest_irq
	b	host_7

host_0:	host_vector 0
host_1:	host_vector 1
host_2:	host_vector 2
host_3:	host_vector 3
host_4:	host_vector 4
host_7:	host_vector 7

guest_trap:
	stmia	sp, {r0 - r12, lr}
	mrc	p15, 4, r1, c5, c2, 0
	mov	r0, sp
	bl	arm_handle_fast
	cmp	r0, #0
	beq	guest_sync
	to_guest_now

guest_irq:
	stmia	sp, {r0 - r12, lr}
	mov	r0, sp
	bl	arm_handle_irq
	cmp	r0, #0
	bne	guest_kick
	to_guest_now

guest_sync:
	mov	r0, sp
	bl	arm_handle_sync
	b	to_guest

guest_kick:
	mov	r0, sp
	bl	arm_handle_kick
	b	to_guest

/* void arm_enter_guest(struct arm_regs *regs) */
	.globl arm_enter_guest
arm_enter_guest:
	mov	sp, r0
to_guest:
	to_guest_now

/* r0 = vector; r0 to r12 are saved. */
host_fault:
	mrs	r1, elr_hyp
	add	r2, sp, #HOST_FRAME
	str	lr, [sp, #(13 * 4)]
	str	r0, [sp, #(14 * 4)]
	str	r1, [sp, #(15 * 4)]
	str	r2, [sp, #(16 * 4)]
	mov	r0, sp
	bl	arm_host_fault
	ldmia	sp, {r0 - r12, lr}
	add	sp, sp, #HOST_FRAME
	eret

	.section .note.GNU-stack, "", %progbits
