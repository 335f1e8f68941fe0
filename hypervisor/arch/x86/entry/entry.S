/* SPDX-License-Identifier: GPL-2.0 */
/*
 * entry - to the CPU's own tables, the SVM run loop, host exceptions, and the way back.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <x86/layout.h>
#include <hypervisor/arch/x86/entry/mitigations.inc>

	.text

/*
 * int x86_call_private(struct percpu *linear, int (*fn)(struct percpu *local), u64 cr3, u64 cr4):
 * run fn on the CPU's own tables and the local alias of its stack, then come back to the transition table.
 */
	.globl x86_call_private
x86_call_private:
	push	%rbx
	push	%rbp
	push	%r12
	mov	%cr3, %rbx
	mov	%cr4, %r12
	mov	%rsp, %rbp
	mov	%rcx, %cr4
	mov	%rdx, %cr3
	/* same offset in the stack, local alias */
	movabs	$LOCAL_BASE, %rax
	sub	%rdi, %rsp
	add	%rax, %rsp
	mov	%rax, %rdi
	call	*%rsi
	mov	%rbx, %cr3
	mov	%r12, %cr4
	mov	%rbp, %rsp
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	int3

/*
 * svm_run_loop(struct percpu *local): enter the guest, handle its exits, for ever. GIF is 0 while we run.
 * RAX and RSP of the guest travel in the VMCB; the exit handler keeps them in step with the register file.
 * Two of them: a CPU that needs no mitigation on this path does not even ask.
 */
	.macro SVM_RUN_LOOP name, guarded
	.globl \name
\name:
	movabs	$LOCAL_BASE + PERCPU_STACK_TOP, %rsp
	movabs	$LOCAL_BASE + PERCPU_REGS, %rax
	.balign	16
10:
	mov	0x28(%rax), %rbp
	mov	0x40(%rax), %r8
	mov	0x48(%rax), %r9
	mov	0x50(%rax), %r10
	mov	0x58(%rax), %r11
	mov	0x60(%rax), %r12
	mov	0x68(%rax), %r13
	mov	0x70(%rax), %r14
	mov	0x78(%rax), %r15
11:
	mov	0x08(%rax), %rcx
	mov	0x10(%rax), %rdx
	mov	0x18(%rax), %rbx
	mov	0x30(%rax), %rsi
	mov	0x38(%rax), %rdi
	.if	\guarded
	CLEAR_BUFFERS
	.endif
	mov	PERCPU_VMCB_PA - PERCPU_REGS(%rax), %rax
	vmrun	%rax
	/*
	 * QEMU 7.2 forgets an interrupt request that another CPU makes while it leaves a guest
	 * (do_vmexit() changes the word of requests without a lock). Writing CR8 makes it look at the
	 * APIC again; on a real CPU this changes nothing.
	 */
	mov	%cr8, %rax
	mov	%rax, %cr8
	movabs	$LOCAL_BASE + PERCPU_REGS, %rax
	/* what svm_handle_fast() may change, and RBX, which CPUID writes; it keeps the others */
	mov	%rcx, 0x08(%rax)
	mov	%rdx, 0x10(%rax)
	mov	%rbx, 0x18(%rax)
	mov	%rsi, 0x30(%rax)
	mov	%rdi, 0x38(%rax)
	.if	\guarded
	FILL_RETURN_STACK
	.endif
	lea	PERCPU_VCPU - PERCPU_REGS(%rax), %rdi
	call	svm_handle_fast
	test	%rax, %rax
	jnz	11b

	movabs	$LOCAL_BASE + PERCPU_REGS, %rax
	mov	%rbp, 0x28(%rax)
	mov	%r8, 0x40(%rax)
	mov	%r9, 0x48(%rax)
	mov	%r10, 0x50(%rax)
	mov	%r11, 0x58(%rax)
	mov	%r12, 0x60(%rax)
	mov	%r13, 0x68(%rax)
	mov	%r14, 0x70(%rax)
	mov	%r15, 0x78(%rax)
	mov	%rax, %rbx
	lea	PERCPU_VCPU - PERCPU_REGS(%rax), %rdi
	call	svm_handle_exit
	mov	%rbx, %rax
	jmp	10b
	.endm

	SVM_RUN_LOOP svm_run_loop, 0
	SVM_RUN_LOOP svm_run_loop_guarded, 1

/*
 * void x86_leave_switch(struct percpu *linear, u64 transition_cr3, u64 rax): to the transition table and the linear alias of
 * the stack, then Linux's state. Does not return.
 */
	.globl x86_leave_switch
x86_leave_switch:
	mov	%rsi, %cr3
	lea	PERCPU_STACK_TOP(%rdi), %rsp
	mov	%rdx, %rsi
	call	x86_leave_finish
	int3

/* --- host interrupts and exceptions --------------------------------------------------------------------------------- */

/* 256 stubs of 16 bytes: an error code (real or 0), the vector, the common part. */
	.balign	16
	.globl x86_vector_stubs
x86_vector_stubs:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	!(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	push	$0
	.endif
	pushq	$vector
	jmp	x86_vector_common
	.set	vector, vector + 1
	.endr

	.balign	16
	.globl x86_vector_ignore
x86_vector_ignore:
	iretq

	.balign	16
x86_vector_common:
	push	%rax
	push	%rcx
	push	%rdx
	push	%rbx
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
	cld
	mov	%rsp, %rdi
	mov	%rsp, %rbp
	and	$-16, %rsp
	call	x86_host_vector
	mov	%rbp, %rsp
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
	pop	%rbx
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
