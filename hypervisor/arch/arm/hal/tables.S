/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tables - switching the MMU of HYP mode, and calling the firmware.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

	.syntax unified
	.arch_extension virt
	.arch_extension sec

	.macro	flush_hyp scratch
	mov	\scratch, #0
	mcr	p15, 4, \scratch, c8, c7, 0	@ TLBIALLH
	mcr	p15, 0, \scratch, c7, c5, 0	@ ICIALLU
	mcr	p15, 0, \scratch, c7, c5, 6	@ BPIALL
	dsb	nsh
	isb
	.endm

/* Lies in one page, which every table maps at its physical address too. */
	.section .idmap, "ax"

/* r0, r1 = HTTBR, r2 = HSCTLR for it, r3 = where to go on. Clobbers r4. */
	.globl arm_idmap_switch
arm_idmap_switch:
	ldr	r4, =SCTLR_EL2_OFF
	mcr	p15, 4, r4, c1, c0, 0
	isb
	mcrr	p15, 4, r0, r1, c2
	isb
	flush_hyp r4
	mcr	p15, 4, r2, c1, c0, 0
	isb
	bx	r3

/* LR = HSCTLR of Linux; its own r0 is in HTPIDR, LR in HDFAR: no memory can be read here. */
	.globl arm_idmap_leave
arm_idmap_leave:
	mcr	p15, 4, lr, c1, c0, 0
	isb
	flush_hyp r0
	mcr	p15, 4, r0, c8, c7, 4		@ TLBIALLNSNH
	dsb	nsh
	isb
	mrc	p15, 4, lr, c6, c0, 0
	mrc	p15, 4, r0, c13, c0, 2
	eret
	.ltorg

	.text

/* void arm_run_private(u64 ttbr, u32 sctlr, void *idmap_function, void (*fn)(struct percpu *local)) */
	.globl arm_run_private
arm_run_private:
	ldr	r5, [sp]
	mov	r6, r3
	ldr	r3, =1f
	bx	r6
1:	ldr	r0, =LOCAL_BASE
	ldr	r1, =PERCPU_REGS
	add	sp, r0, r1
	bx	r5
	.ltorg

/* void arm_leave_el2(const struct arm_regs *regs, void *idmap_function, u32 sctlr) */
	.globl arm_leave_el2
arm_leave_el2:
	ldr	r3, [r0, #REGS_LR]
	mcr	p15, 4, r3, c6, c0, 0
	ldr	r3, [r0]
	mcr	p15, 4, r3, c13, c0, 2
	mov	lr, r2
	mov	sp, r1
	add	r0, r0, #4
	ldmia	r0, {r1 - r12}
	mov	r0, sp
	bx	r0

/* void arm_smc(u64 regs[8]) */
	.globl arm_smc
arm_smc:
	push	{r4 - r8, lr}
	mov	r8, r0
	ldr	r0, [r8]
	ldr	r1, [r8, #8]
	ldr	r2, [r8, #16]
	ldr	r3, [r8, #24]
	ldr	r4, [r8, #32]
	ldr	r5, [r8, #40]
	ldr	r6, [r8, #48]
	ldr	r7, [r8, #56]
	smc	#0
	mov	r4, #0
	str	r0, [r8]
	str	r4, [r8, #4]
	str	r1, [r8, #8]
	str	r4, [r8, #12]
	str	r2, [r8, #16]
	str	r4, [r8, #20]
	str	r3, [r8, #24]
	str	r4, [r8, #28]
	pop	{r4 - r8, pc}

	.section .note.GNU-stack, "", %progbits
