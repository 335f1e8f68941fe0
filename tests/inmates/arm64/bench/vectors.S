/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The library's exception table, but that an interrupt leaves the time in bench_arrival before anything else.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.section ".vectors.bench", "ax"
	.balign	2048
	.globl	bench_vectors
bench_vectors:
	.set	i, 0
	.rept	16
	.balign	128
	.if i == 5
	stp	x0, x1, [sp, #-16]!
	mrs	x0, cntvct_el0
	adrp	x1, bench_arrival
	str	x0, [x1, :lo12:bench_arrival]
	ldp	x0, x1, [sp], #16
	.endif
	b	vectors + i * 128
	.set	i, i + 1
	.endr

	.section .note.GNU-stack, "", @progbits
