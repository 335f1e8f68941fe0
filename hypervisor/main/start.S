/* SPDX-License-Identifier: GPL-2.0 */
/*
 * start - first instructions of the image.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <x86/layout.h>

	.section .text.entry, "ax"

/*
 * int x86_entry(u32 cpu, struct hv_cpu_handover *): contract in <jailhouse/image.h>. On Linux's stack and the transition
 * table. Works on the CPU's private stack; returns only when enabling failed.
 */
	.globl x86_entry
x86_entry:
	endbr64
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15

	/* linear address of the private area: base + core_size + cpu * PERCPU_SIZE; checked against max_cpus before use */
	mov	%edi, %edi
	movabs	$hv_header, %rax
	mov	$-22, %ebx
	cmp	HEADER_MAX_CPUS(%rax), %edi
	jae	1f
	mov	HEADER_CORE_SIZE(%rax), %rcx
	mov	%rdi, %rdx
	imul	$PERCPU_SIZE, %rdx, %rdx
	lea	(%rax,%rcx), %rcx
	lea	(%rcx,%rdx), %rdx		/* third argument: percpu, linear */
	mov	%rsp, PERCPU_LINUX_SP(%rdx)
	mov	%rsp, %rbp
	lea	PERCPU_STACK_TOP(%rdx), %rsp
	movabs	$hv_start, %rax
	call	*%rax
	mov	%eax, %ebx
	mov	%rbp, %rsp
1:	mov	%ebx, %eax
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	int3

	.section .note.GNU-stack, "", @progbits
