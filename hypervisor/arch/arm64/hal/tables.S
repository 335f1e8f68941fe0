/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tables - switching the MMU of EL2, and calling the firmware.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

/* Lies in one page, which every table maps at its physical address too. */
	.section .idmap, "ax"

/* x0 = TTBR0_EL2, x1 = SCTLR_EL2 for them, x17 = where to go on. */
	.globl arm_idmap_switch
arm_idmap_switch:
	ldr	x2, =SCTLR_EL2_OFF
	msr	sctlr_el2, x2
	isb
	msr	ttbr0_el2, x0
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x1
	isb
	br	x17

/* x30 = SCTLR_EL2 of Linux; its own x30 is in TPIDR_EL2, x16 in FAR_EL2: no memory can be read here. */
	.globl arm_idmap_leave
arm_idmap_leave:
	msr	sctlr_el2, x30
	isb
	mrs	x30, tpidr_el2
	mrs	x16, far_el2
	tlbi	alle2
	tlbi	alle1
	ic	iallu
	dsb	nsh
	isb
	eret
	.ltorg

	.text

/* void arm_run_private(u64 ttbr, u64 sctlr, void *idmap_function, void (*fn)(struct percpu *local)) */
	.globl arm_run_private
arm_run_private:
	mov	x19, x3
	ldr	x17, =1f
	br	x2
1:	ldr	x0, =LOCAL_BASE
	mov	x1, #PERCPU_REGS
	add	sp, x0, x1
	br	x19
	.ltorg

/* void arm_leave_el2(const struct arm_regs *regs, void *idmap_function, u64 sctlr) */
	.globl arm_leave_el2
arm_leave_el2:
	ldr	x3, [x0, #REGS_X(30)]
	msr	tpidr_el2, x3
	mov	x30, x2
	ldr	x3, [x0, #REGS_X(16)]
	msr	far_el2, x3
	mov	x16, x1
	mov	x29, x0
	ldp	x0, x1, [x29, #REGS_X(0)]
	ldp	x2, x3, [x29, #REGS_X(2)]
	ldp	x4, x5, [x29, #REGS_X(4)]
	ldp	x6, x7, [x29, #REGS_X(6)]
	ldp	x8, x9, [x29, #REGS_X(8)]
	ldp	x10, x11, [x29, #REGS_X(10)]
	ldp	x12, x13, [x29, #REGS_X(12)]
	ldp	x14, x15, [x29, #REGS_X(14)]
	ldr	x17, [x29, #REGS_X(17)]
	ldp	x18, x19, [x29, #REGS_X(18)]
	ldp	x20, x21, [x29, #REGS_X(20)]
	ldp	x22, x23, [x29, #REGS_X(22)]
	ldp	x24, x25, [x29, #REGS_X(24)]
	ldp	x26, x27, [x29, #REGS_X(26)]
	ldp	x28, x29, [x29, #REGS_X(28)]
	br	x16

/* void arm_smc(u64 regs[8]): firmware may change x4 to x17 (DEN 0028 before 1.1), of which x8 to x15 are the caller's; x18 to be safe */
	.globl arm_smc
arm_smc:
	stp	x0, x8, [sp, #-80]!
	stp	x9, x10, [sp, #16]
	stp	x11, x12, [sp, #32]
	stp	x13, x14, [sp, #48]
	stp	x15, x18, [sp, #64]
	mov	x16, x0
	ldp	x0, x1, [x16]
	ldp	x2, x3, [x16, #16]
	ldp	x4, x5, [x16, #32]
	ldp	x6, x7, [x16, #48]
	smc	#0
	ldr	x16, [sp]
	stp	x0, x1, [x16]
	stp	x2, x3, [x16, #16]
	stp	x4, x5, [x16, #32]
	stp	x6, x7, [x16, #48]
	ldp	x15, x18, [sp, #64]
	ldp	x13, x14, [sp, #48]
	ldp	x11, x12, [sp, #32]
	ldp	x9, x10, [sp, #16]
	ldp	x0, x8, [sp], #80
	ret

	.section .note.GNU-stack, "", @progbits
