/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Interrupt and exception stubs: each pushes an error code, if the CPU did not, and its vector.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "layout.h"

#define STUB_SIZE	16

	.text

/* Vectors 8, 10-14, 17, 21, 29 and 30 come with an error code. */
#define HAS_ERROR_CODE(v) (((v) == 8) || (((v) >= 10) && ((v) <= 14)) || ((v) == 17) || ((v) == 21) || ((v) == 29) || ((v) == 30))

	.macro	stub vector
	.balign	STUB_SIZE
	.if !HAS_ERROR_CODE(\vector)
	push	$0
	.endif
	push	$\vector
	jmp	common_entry
	.endm

	.balign	STUB_SIZE
	.globl	interrupt_stubs
interrupt_stubs:
	.set	i, 0
	.rept	NUM_EXCP_VECTORS + NUM_USER_VECTORS
	stub	i
	.set	i, i + 1
	.endr
	.globl	delay_stub
	.balign	STUB_SIZE
delay_stub:
	push	$0
	push	$DELAY_VECTOR
	jmp	common_entry

#ifdef __x86_64__
common_entry:
	push	%rax
	push	%rbx
	push	%rcx
	push	%rdx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, %rdi
	mov	%rsp, %rbx
	and	$-16, %rsp
	cld
	call	interrupt_dispatch
	mov	%rbx, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rbp
	pop	%rdx
	pop	%rcx
	pop	%rbx
	pop	%rax
	add	$16, %rsp
	iretq
#else
common_entry:
	push	%eax
	push	%ebx
	push	%ecx
	push	%edx
	push	%ebp
	push	%esi
	push	%edi
	mov	%esp, %ebx
	and	$-16, %esp
	sub	$12, %esp
	push	%ebx
	cld
	call	interrupt_dispatch
	mov	%ebx, %esp
	pop	%edi
	pop	%esi
	pop	%ebp
	pop	%edx
	pop	%ecx
	pop	%ebx
	pop	%eax
	add	$8, %esp
	iret
#endif

	.section .note.GNU-stack, "", @progbits
