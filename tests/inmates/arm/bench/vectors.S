/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The library's exception table, but that an interrupt leaves its time in struct bench (tests/inmates/arm64/bench/main.c) before
 * anything else. The stack pointer of IRQ mode, which the library does not use, is the address of that.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define BENCH_EXECUTED	0
#define BENCH_ARRIVAL	24
#define BENCH_R0	32

	.syntax	unified
	.arm
	.section ".vectors.bench", "ax"
	.balign	32
bench_vectors:
	b	vectors
	b	vectors + 0x4
	b	vectors + 0x8
	b	vectors + 0xc
	b	vectors + 0x10
	b	vectors + 0x14
	/* goes on in the place of FIQ, which nobody uses */
	str	r0, [sp, #BENCH_R0]
	ldr	r0, [sp, #BENCH_EXECUTED]
	str	r0, [sp, #BENCH_ARRIVAL]
	ldr	r0, [sp, #BENCH_R0]
	b	vectors + 0x18

	.text
	.globl	bench_use_vectors
bench_use_vectors:
	ldr	r0, =bench_vectors
	mcr	p15, 0, r0, c12, c0, 0	/* VBAR */
	ldr	r0, =bench
	cps	#0x12
	mov	sp, r0
	cps	#0x13
	isb
	bx	lr
	.ltorg

	.section .note.GNU-stack, "", %progbits
