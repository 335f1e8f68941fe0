/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One exit with all registers in use.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "registers.inc"

	.arch_extension sec
	.arch_extension virt
	.text
	.arm

	.macro	one name, insn, immediate
	.globl	\name
	.type	\name, %function
\name:
	enter
	\insn	#\immediate
	leave
	.endm

	one	exit_hvc, hvc, 0x4a48
	one	exit_smc, smc, 0
	one	exit_hvc_smccc, hvc, 0

	/* Until an interrupt comes, which may be pending already: its vector goes on at interrupted. */
	.globl	exit_wait
	.type	exit_wait, %function
exit_wait:
	enter
	b	wait

	.globl	exit_sgi
	.type	exit_sgi, %function
exit_sgi:
	enter
	str	r0, [r1]
wait:
	cpsie	i
1:	wfi
	b	1b

interrupted:
	cps	#0x13
	leave

	/* \name: table of functions, of which number n executes \macro with the n-th register and the one after it */
	.macro	variants name, macro
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	variant \macro, \name, \n, r\n, %(\n + 1)
	.endr
	variant_of \macro, \name, 12, r12, lr
	variant_of \macro, \name, 13, lr, r0
	.section .rodata
	.balign	4
	.globl	\name
\name:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13
	.word	\name\()_\n
	.endr
	.text
	.endm

	.altmacro
	.macro	variant macro, name, n, data, next
	variant_of \macro, \name, \n, \data, r\next
	.endm

	.macro	variant_of macro, name, n, data, address
	.type	\name\()_\n, %function
\name\()_\n:
	enter
	\macro	\n, \data, \address
	leave
	.endm

	.macro	read n, data, address
	ldr	\data, [\address]
	.endm

	.macro	write n, data, address
	str	\data, [\address]
	.endm

	.macro	next n, data, address
	ldr	\data, [\address], #4
	.endm

	/* of an odd one, and of those beside SP, a list of one */
	.macro	pair n, data, address
	.if \n % 2 || \n == 12
	ldmia	\address, {\data}
	.else
	ldrd	\data, \address, [\address]
	.endif
	.endm

	.macro	actlr_read n, data, address
	mrc	p15, 0, \data, c1, c0, 1
	.endm

	.macro	actlr_write n, data, address
	mcr	p15, 0, \data, c1, c0, 1
	.endm

	variants exit_read, read
	variants exit_write, write
	variants exit_next, next
	variants exit_pair, pair
	variants exit_actlr_read, actlr_read
	variants exit_actlr_write, actlr_write
	.thumb
	variants exit_next_thumb, next
	.arm

	.section ".vectors.pattern", "ax"
	.balign	32
	.globl	pattern_vectors
pattern_vectors:
	.set	i, 0
	.rept	8
	.if i == 6
	b	interrupted
	.else
	b	vectors + i * 4
	.endif
	.set	i, i + 1
	.endr

	.section .note.GNU-stack, "", %progbits
