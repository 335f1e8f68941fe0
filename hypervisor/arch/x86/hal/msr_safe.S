/* SPDX-License-Identifier: GPL-2.0 */
/*
 * msr_safe - MSR accesses that survive a #GP: the host's handler continues at fault_resume of the private area.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <x86/layout.h>

	.text

/* bool rdmsr_safe(u32 msr, u64 *value) */
	.globl rdmsr_safe
rdmsr_safe:
	movabs	$LOCAL_BASE + PERCPU_FAULT_RESUME, %r8
	lea	1f(%rip), %rax
	mov	%rax, (%r8)
	mov	%edi, %ecx
	rdmsr
	movq	$0, (%r8)
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, (%rsi)
	mov	$1, %eax
	ret
1:	xor	%eax, %eax
	ret

/* bool wrmsr_safe(u32 msr, u64 value) */
	.globl wrmsr_safe
wrmsr_safe:
	movabs	$LOCAL_BASE + PERCPU_FAULT_RESUME, %r8
	lea	1f(%rip), %rax
	mov	%rax, (%r8)
	mov	%edi, %ecx
	mov	%esi, %eax
	mov	%rsi, %rdx
	shr	$32, %rdx
	wrmsr
	movq	$0, (%r8)
	mov	$1, %eax
	ret
1:	xor	%eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
