/* SPDX-License-Identifier: GPL-2.0 */
/*
 * start - first instructions of the image: HYP mode, MMU off. Contract in <jailhouse/image.h>.
 *
 * Every CPU writes the same tables of the entry, in blocks of 2 MiB: the image's first at its physical
 * address, all of hypervisor memory at HV_BASE. Each GiB has a table of level 2; the two may be one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

#define ENTRY_TABLE		0x3
#define ENTRY_BLOCK		0x741		/* write-back, inner shareable, accessed; AP[1], which has to be set */
#define BLOCK_SHIFT		21

	.syntax unified
	.arch_extension virt
	.section .text.entry, "ax"

	/* store \value in entry \index of \table; clobbers r12 */
	.macro	set_entry table, index, value
	add	r12, \table, \index, lsl #3
	str	\value, [r12]
	mov	\value, #0
	str	\value, [r12, #4]
	.endm

	/* invalidate [\from, \to): the walker reads through the caches, where stale lines may be */
	.macro	invalidate from, to
1:	mcr	p15, 0, \from, c7, c6, 1
	add	\from, \from, r8
	cmp	\from, \to
	blo	1b
	.endm

	/* r2 = CPU, r3 = hv_phys; r4 to r11 and LR are Linux's */
	.globl arm_entry
arm_entry:
	mvn	r0, #21			@ -EINVAL
	ldr	r1, [r3, #HEADER_MAX_CPUS]
	cmp	r2, r1
	bhs	refused
	lsls	r1, r3, #(32 - BLOCK_SHIFT)
	bne	refused

	/* Linux's registers are put where a guest's are: it is one from now on, or goes on with them */
	ldr	r1, [r3, #HEADER_CORE_SIZE]
	add	r1, r1, r3
	ldr	r12, =PERCPU_SIZE
	mla	r1, r2, r12, r1
	ldr	r12, =PERCPU_REGS
	add	r1, r1, r12
	stmia	r1, {r0 - r12, lr}
	mov	r9, r2			@ CPU
	mov	r10, r3			@ hv_phys
	mov	r11, r1

	ldr	r4, =(boot_l1 - HV_BASE)
	add	r4, r4, r10
	add	r5, r4, #4096		@ level 2 of the physical address
	lsr	r1, r10, #30
	cmp	r1, #(HV_BASE >> 30)
	addne	r6, r5, #4096		@ level 2 of HV_BASE
	moveq	r6, r5

	orr	r0, r5, #ENTRY_TABLE
	set_entry r4, r1, r0
	mov	r1, #(HV_BASE >> 30)
	orr	r0, r6, #ENTRY_TABLE
	set_entry r4, r1, r0
	ldr	r7, =ENTRY_BLOCK
	ubfx	r1, r10, #BLOCK_SHIFT, #9
	orr	r0, r10, r7
	set_entry r5, r1, r0

	orr	r7, r7, r10
	ldr	r2, [r10, #HEADER_HV_SIZE]
	ldr	r1, =HV_MAX_SIZE
	cmp	r2, r1
	movhi	r2, r1
	ldr	r1, =(HV_BASE >> BLOCK_SHIFT & 511)
	add	r2, r2, r10
1:	mov	r0, r7
	set_entry r6, r1, r0
	add	r1, r1, #1
	add	r7, r7, #(1 << BLOCK_SHIFT)
	cmp	r7, r2
	blo	1b

	dsb	sy
	mrc	p15, 0, r1, c0, c0, 1
	ubfx	r1, r1, #16, #4
	mov	r8, #4
	lsl	r8, r8, r1		@ bytes of a line
	mov	r1, r4
	add	r2, r4, #(3 * 4096)
	invalidate r1, r2
	mov	r1, r11
	add	r2, r11, #REGS_SIZE
	invalidate r1, r2
	dsb	sy

	ldr	r1, =HMAIR0_VALUE
	mcr	p15, 4, r1, c10, c2, 0
	ldr	r1, =HTCR_VALUE
	mcr	p15, 4, r1, c2, c0, 2
	mrc	p15, 4, r8, c1, c0, 0	@ Linux's
	mov	r0, r4
	mov	r1, #0
	ldr	r2, =SCTLR_EL2_ON
	ldr	r3, =virtual
	b	arm_idmap_switch

refused:
	eret
	.ltorg

	.text
virtual:
	ldr	r3, =HV_BASE
	ldr	r1, [r3, #HEADER_CORE_SIZE]
	add	r1, r1, r3
	ldr	r3, =PERCPU_SIZE
	mla	r1, r9, r3, r1
	ldr	r3, =PERCPU_REGS
	add	sp, r1, r3
	mov	r0, r9
	mov	r2, r8
	b	hv_start
	.ltorg

	.bss
	.balign	4096
boot_l1:
	.skip	3 * 4096

	.section .note.GNU-stack, "", %progbits
