/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Handlers of the bench. The stamp comes first; the interrupt is ended afterwards, by an MSR
 * that the hypervisor emulates in xAPIC mode.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "bench.h"

#define X2APIC_EOI	0x80b
#define X2APIC_ICR	0x830
#define ICR_ASSERT	0x4000

	.macro	end_of_interrupt
	mov	$X2APIC_EOI, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	.endm

	.text
	.globl	bench_vector_stamp
bench_vector_stamp:
	push	%rax
	push	%rdx
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, bench_arrival
	push	%rcx
	end_of_interrupt
	pop	%rcx
	pop	%rdx
	pop	%rax
	iretq

	.globl	bench_vector_echo
bench_vector_echo:
	push	%rax
	push	%rdx
	push	%rcx
	mov	bench_first_cpu, %edx
	mov	$(ICR_ASSERT | VECTOR_STAMP), %eax
	mov	$X2APIC_ICR, %ecx
	wrmsr
	end_of_interrupt
	pop	%rcx
	pop	%rdx
	pop	%rax
	iretq

	.globl	bench_vector_wake
bench_vector_wake:
	push	%rax
	push	%rdx
	push	%rcx
	end_of_interrupt
	pop	%rcx
	pop	%rdx
	pop	%rax
	iretq

	.section .note.GNU-stack, "", @progbits
