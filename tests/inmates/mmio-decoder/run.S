/* SPDX-License-Identifier: GPL-2.0 */
/*
 * void run_insn(void): load all registers, the stack pointer too, from run_before, jump to run_code, which comes back to
 * run_insn_return; store all registers to run_after. Interrupts must be off: there is no stack meanwhile.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
	.text
	.globl	run_insn, run_insn_return

#ifdef __x86_64__
run_insn:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, saved_sp
	movb	run_before + 128, %ah
	sahf
	mov	run_before + 0, %rax
	mov	run_before + 8, %rcx
	mov	run_before + 16, %rdx
	mov	run_before + 24, %rbx
	mov	run_before + 32, %rsp
	mov	run_before + 40, %rbp
	mov	run_before + 48, %rsi
	mov	run_before + 56, %rdi
	mov	run_before + 64, %r8
	mov	run_before + 72, %r9
	mov	run_before + 80, %r10
	mov	run_before + 88, %r11
	mov	run_before + 96, %r12
	mov	run_before + 104, %r13
	mov	run_before + 112, %r14
	mov	run_before + 120, %r15
	jmp	*run_code
run_insn_return:
	mov	%rax, run_after + 0
	mov	%rcx, run_after + 8
	mov	%rdx, run_after + 16
	mov	%rbx, run_after + 24
	mov	%rsp, run_after + 32
	mov	%rbp, run_after + 40
	mov	%rsi, run_after + 48
	mov	%rdi, run_after + 56
	mov	%r8, run_after + 64
	mov	%r9, run_after + 72
	mov	%r10, run_after + 80
	mov	%r11, run_after + 88
	mov	%r12, run_after + 96
	mov	%r13, run_after + 104
	mov	%r14, run_after + 112
	mov	%r15, run_after + 120
	lahf
	movb	%ah, run_after + 128
	mov	saved_sp, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
#else
run_insn:
	push	%ebx
	push	%ebp
	push	%esi
	push	%edi
	mov	%esp, saved_sp
	movb	run_before + 32, %ah
	sahf
	mov	run_before + 0, %eax
	mov	run_before + 4, %ecx
	mov	run_before + 8, %edx
	mov	run_before + 12, %ebx
	mov	run_before + 16, %esp
	mov	run_before + 20, %ebp
	mov	run_before + 24, %esi
	mov	run_before + 28, %edi
	jmp	*run_code
run_insn_return:
	mov	%eax, run_after + 0
	mov	%ecx, run_after + 4
	mov	%edx, run_after + 8
	mov	%ebx, run_after + 12
	mov	%esp, run_after + 16
	mov	%ebp, run_after + 20
	mov	%esi, run_after + 24
	mov	%edi, run_after + 28
	lahf
	movb	%ah, run_after + 32
	mov	saved_sp, %esp
	pop	%edi
	pop	%esi
	pop	%ebp
	pop	%ebx
	ret
#endif

	.bss
	.balign	8
saved_sp:
	.skip	8

	.section .note.GNU-stack, "", @progbits
