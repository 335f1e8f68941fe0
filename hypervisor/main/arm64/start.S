/* SPDX-License-Identifier: GPL-2.0 */
/*
 * start - first instructions of the image: EL2, MMU off. Contract in <jailhouse/image.h>.
 *
 * Every CPU writes the same tables of the entry: the image's first 2 MiB at their physical address,
 * all of hypervisor memory at HV_BASE, in blocks of 2 MiB.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/layout.h>

#define ENTRY_TABLE		0x3
#define ENTRY_BLOCK		0x741		/* write-back, inner shareable, accessed; AP[1], which has to be set */
#define BLOCK_SIZE		0x200000

	.section .text.entry, "ax"

/* \reg = physical address of \symbol; x10 = hv_phys */
	.macro	phys reg, symbol
	ldr	\reg, =(\symbol - HV_BASE)
	add	\reg, \reg, x10
	.endm

	/* store \value in entry \index of the table at \table; clobbers \value */
	.macro	set_entry table, index, value
	str	\value, [\table, \index, lsl #3]
	.endm

	.globl arm_entry
arm_entry:
	mov	x9, x0			/* CPU */
	mov	x10, x1			/* hv_phys */
	mov	x0, #-22
	ldr	w11, [x10, #HEADER_MAX_CPUS]
	cmp	w9, w11
	b.hs	refused
	tst	x10, #(BLOCK_SIZE - 1)
	b.ne	refused

	/* x11 … x15: tables */
	phys	x11, boot_l0
	add	x12, x11, #4096		/* level 1, physical */
	add	x13, x12, #4096		/* level 2, physical */
	add	x14, x13, #4096		/* level 1, HV_BASE */
	add	x15, x14, #4096		/* level 2, HV_BASE */

	ubfx	x2, x10, #39, #9
	orr	x3, x12, #ENTRY_TABLE
	set_entry x11, x2, x3
	ubfx	x2, x10, #30, #9
	orr	x3, x13, #ENTRY_TABLE
	set_entry x12, x2, x3
	ubfx	x2, x10, #21, #9
	ldr	x4, =ENTRY_BLOCK
	orr	x3, x10, x4
	set_entry x13, x2, x3

	mov	x2, #(HV_BASE >> 39 & 511)
	orr	x3, x14, #ENTRY_TABLE
	set_entry x11, x2, x3
	orr	x3, x15, #ENTRY_TABLE
	str	x3, [x14]
	ldr	x5, [x10, #HEADER_HV_SIZE]
	mov	x6, x10
	mov	x2, #0
1:	orr	x3, x6, x4
	set_entry x15, x2, x3
	add	x2, x2, #1
	add	x6, x6, #BLOCK_SIZE
	cmp	x2, #512
	b.eq	2f
	cmp	x5, x2, lsl #21
	b.hi	1b
2:

	/* the walker reads through the caches, where stale lines may be: Linux maps this memory */
	dsb	sy
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x3, x3, x2
	mov	x2, x11
	add	x5, x11, #(5 * 4096)
1:	dc	ivac, x2
	add	x2, x2, x3
	cmp	x2, x5
	b.lo	1b
	dsb	sy

	ldr	x2, =MAIR_EL2_VALUE
	msr	mair_el2, x2
	mrs	x2, id_aa64mmfr0_el1
	and	x2, x2, #7
	mov	x3, #5			/* 48 bits */
	cmp	x2, x3
	csel	x2, x2, x3, ls
	ldr	x3, =TCR_EL2_BASE
	orr	x2, x3, x2, lsl #16	/* PS */
	msr	tcr_el2, x2
	mrs	x8, sctlr_el2		/* Linux's */
	mov	x0, x11
	ldr	x1, =SCTLR_EL2_ON
	ldr	x17, =virtual
	b	arm_idmap_switch

refused:
	sxtw	x0, w0
	eret
	.ltorg

	.text
/* MMU on. The rest of Linux's registers is put where a guest's are: it is one from now on, or goes on with them. */
virtual:
	ldr	x3, =HV_BASE
	ldr	x4, [x3, #HEADER_CORE_SIZE]
	add	x3, x3, x4
	mov	w5, w9
	mov	x6, #PERCPU_SIZE
	madd	x1, x5, x6, x3
	mov	x3, #PERCPU_REGS
	add	x3, x1, x3
	mov	sp, x3
	stp	x18, x19, [sp, #REGS_X(18)]	/* x18: Linux may have a stack there */
	stp	x20, x21, [sp, #REGS_X(20)]
	stp	x22, x23, [sp, #REGS_X(22)]
	stp	x24, x25, [sp, #REGS_X(24)]
	stp	x26, x27, [sp, #REGS_X(26)]
	stp	x28, x29, [sp, #REGS_X(28)]
	str	x30, [sp, #REGS_X(30)]
	mov	w0, w9
	mov	x2, x8
	b	hv_start

	.bss
	.balign	4096
boot_l0:
	.skip	5 * 4096

	.section .note.GNU-stack, "", @progbits
