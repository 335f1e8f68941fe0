/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One exit with all registers in use.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "registers.inc"

	.macro	one name, insn:vararg
	.globl	\name
\name:
	enter
	\insn
	leave
	.endm

	one	exit_hvc, hvc #0x4a48
	one	exit_smc, smc #0
	one	exit_hvc_smccc, hvc #0
	one	exit_read_zero, ldr wzr, [x0]
	one	exit_write_zero, str wzr, [x0]

	/* Until an interrupt comes, which may be pending already: its vector goes on at interrupted. */
	.globl	exit_wait
exit_wait:
	enter
	b	wait

	.globl	exit_sgi_v3
exit_sgi_v3:
	enter
	msr	s3_0_c12_c11_5, x0
	b	wait

	.globl	exit_sgi_v2
exit_sgi_v2:
	enter
	str	w0, [x1]
wait:
	msr	daifclr, #2
1:	wfi
	b	1b

interrupted:
	leave

	/* \name: table of functions, of which number n executes \macro with n and the register after it */
	.macro	variants name, macro
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29
	variant \macro, \name, \n, %(\n + 1)
	.endr
	variant	\macro, \name, 30, 0
	.section .rodata
	.balign	8
	.globl	\name
\name:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	.quad	\name\()_\n
	.endr
	.text
	.endm

	.altmacro
	.macro	variant macro, name, n, address
\name\()_\n:
	enter
	\macro	\n, \address
	leave
	.endm

	.macro	read n, address
	ldr	w\n, [x\address]
	.endm

	.macro	write n, address
	str	w\n, [x\address]
	.endm

	.macro	next n, address
	ldr	w\n, [x\address], #4
	.endm

	.macro	pair n, address
	.if \n == 30
	ldp	w\n, w15, [x\address]
	.else
	ldp	w\n, w\address, [x\address]
	.endif
	.endm

	.macro	sgi_write n, address
	msr	s3_0_c12_c11_5, x\n
	.endm

	variants exit_read, read
	variants exit_write, write
	variants exit_next, next
	variants exit_pair, pair
	variants exit_sgi_write, sgi_write

	.section ".vectors.pattern", "ax"
	.balign	2048
	.globl	pattern_vectors
pattern_vectors:
	.set	i, 0
	.rept	16
	.balign	128
	.if i == 5
	b	interrupted
	.else
	b	vectors + i * 128
	.endif
	.set	i, i + 1
	.endr

	.section .note.GNU-stack, "", @progbits
