/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The library's exception table, but that an interrupt leaves its time in struct bench (main.c) before anything else.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define BENCH_EXECUTED	0
#define BENCH_ARRIVAL	24
#define BENCH_TICKS	32

	.section ".vectors.bench", "ax"
	.balign	2048
bench_vectors:
	.set	i, 0
	.rept	16
	.balign	128
	.if i == 5
	stp	x0, x1, [sp, #-16]!
	mrs	x0, cntvct_el0
	adrp	x1, bench
	add	x1, x1, :lo12:bench
	str	x0, [x1, #BENCH_TICKS]
	ldr	x0, [x1, #BENCH_EXECUTED]
	str	x0, [x1, #BENCH_ARRIVAL]
	ldp	x0, x1, [sp], #16
	.endif
	b	vectors + i * 128
	.set	i, i + 1
	.endr

	.text
	.globl	bench_use_vectors
bench_use_vectors:
	adrp	x0, bench_vectors
	add	x0, x0, :lo12:bench_vectors
	msr	vbar_el1, x0
	isb
	ret

	.section .note.GNU-stack, "", @progbits
