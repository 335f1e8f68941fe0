/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Into random code with random registers, and out of it by whatever exception or interrupt comes first.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#define CR0_WP		0x10000
#define VECTOR_DB	1

/* struct fuzz_registers */
#define REG(n)		(8 * (n))
#define R_RIP		REG(16)
#define R_CS		REG(17)
#define R_FLAGS		REG(18)

	.text
/*
 * void fuzz_run(const struct fuzz_registers *r): from here to fuzz_caught the program cannot be written. Registers in the order of their
 * encoding; the stack is that of the random code.
 */
	.globl	fuzz_run
fuzz_run:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, resume_sp
	pushq	$0x18
	pushq	REG(4)(%rdi)
	pushq	R_FLAGS(%rdi)
	pushq	R_CS(%rdi)
	pushq	R_RIP(%rdi)
	mov	%cr0, %rax
	or	$CR0_WP, %eax
	mov	%rax, %cr0
	mov	REG(0)(%rdi), %rax
	mov	REG(1)(%rdi), %rcx
	mov	REG(2)(%rdi), %rdx
	mov	REG(3)(%rdi), %rbx
	mov	REG(5)(%rdi), %rbp
	mov	REG(6)(%rdi), %rsi
	mov	REG(8)(%rdi), %r8
	mov	REG(9)(%rdi), %r9
	mov	REG(10)(%rdi), %r10
	mov	REG(11)(%rdi), %r11
	mov	REG(12)(%rdi), %r12
	mov	REG(13)(%rdi), %r13
	mov	REG(14)(%rdi), %r14
	mov	REG(15)(%rdi), %r15
	mov	REG(7)(%rdi), %rdi
	iretq

/* One stub for each vector, all on the stack of fuzz_tss. */
	.balign	16
	.globl	fuzz_stubs
fuzz_stubs:
	.set	vector, 0
	.rept	256
	.balign	16
	pushq	$vector
	jmp	fuzz_caught
	.set	vector, vector + 1
	.endr

/* A single step, as long as there are some left, goes on; everything else is the end of this try. */
fuzz_caught:
	push	%rax
	mov	normal_cr0, %rax
	mov	%rax, %cr0
	mov	8(%rsp), %rax
	cmp	$VECTOR_DB, %eax
	jne	1f
	incl	fuzz_steps
	decl	fuzz_steps_left
	js	1f
	mov	%cr0, %rax
	or	$CR0_WP, %eax
	mov	%rax, %cr0
	pop	%rax
	add	$8, %rsp
	iretq

1:	mov	%eax, fuzz_vector
	mov	normal_cr3, %rax
	mov	%rax, %cr3
	mov	normal_cr4, %rax
	mov	%rax, %cr4
	xor	%eax, %eax
	mov	%rax, %cr8
	mov	$0x400, %eax
	mov	%rax, %dr7
	lgdt	fuzz_gdt_register
	lidt	fuzz_idt_register
	mov	$0x18, %eax
	mov	%eax, %ss
	mov	%eax, %ds
	mov	%eax, %es
	cld
	mov	resume_sp, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.bss
	.balign	8
resume_sp:	.skip	8
	.globl	normal_cr0, normal_cr3, normal_cr4
normal_cr0:	.skip	8
normal_cr3:	.skip	8
normal_cr4:	.skip	8
	.globl	fuzz_vector, fuzz_steps, fuzz_steps_left
fuzz_vector:	.skip	4
fuzz_steps:	.skip	4
fuzz_steps_left: .skip	4

	.section .note.GNU-stack, "", @progbits
