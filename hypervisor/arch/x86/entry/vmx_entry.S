/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmx_entry - the VMX run loop, and two instructions whose faults or effects need assembly.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <x86/layout.h>
#include <hypervisor/arch/x86/entry/mitigations.inc>

#define FIELD_HOST_RSP	0x6c14
#define FIELD_HOST_RIP	0x6c16

	.text

	/* RBP and R8 to R15, which vmx_handle_fast() keeps; RAX = the register file */
	.macro LOAD_KEPT
	mov	0x28(%rax), %rbp
	mov	0x40(%rax), %r8
	mov	0x48(%rax), %r9
	mov	0x50(%rax), %r10
	mov	0x58(%rax), %r11
	mov	0x60(%rax), %r12
	mov	0x68(%rax), %r13
	mov	0x70(%rax), %r14
	mov	0x78(%rax), %r15
	.endm

	/* The others, and into the guest by \instruction; RAX = the register file */
	.macro ENTER_GUEST instruction, guarded
	.if	\guarded
	FLUSH_L1D
	movabs	$LOCAL_BASE + PERCPU_REGS, %rax
	.endif
	mov	0x08(%rax), %rcx
	mov	0x10(%rax), %rdx
	mov	0x18(%rax), %rbx
	mov	0x30(%rax), %rsi
	mov	0x38(%rax), %rdi
	.if	\guarded
	CLEAR_BUFFERS
	.endif
	mov	(%rax), %rax
	\instruction
	jmp	vmx_failed
	.endm

/*
 * vmx_run_loop(struct percpu *local): enter the guest, handle its exits, for ever. RSP of the guest travels in the VMCS; the exit handler
 * keeps it in step with the register file. Two of them, as in entry.S.
 */
	.macro VMX_RUN_LOOP name, guarded
	.globl \name
\name:
	movabs	$LOCAL_BASE + PERCPU_STACK_TOP, %rsp
	mov	$FIELD_HOST_RSP, %eax
	vmwrite	%rsp, %rax
	lea	10f(%rip), %rcx
	mov	$FIELD_HOST_RIP, %eax
	vmwrite	%rcx, %rax
	movabs	$LOCAL_BASE + PERCPU_REGS, %rax
	LOAD_KEPT
	ENTER_GUEST vmlaunch, \guarded

	.balign	16
10:
	movabs	%rax, LOCAL_BASE + PERCPU_REGS
	movabs	$LOCAL_BASE + PERCPU_REGS, %rax
	mov	%rcx, 0x08(%rax)
	mov	%rdx, 0x10(%rax)
	mov	%rbx, 0x18(%rax)
	mov	%rsi, 0x30(%rax)
	mov	%rdi, 0x38(%rax)
	.if	\guarded
	FILL_RETURN_STACK
	.endif
	lea	PERCPU_VCPU - PERCPU_REGS(%rax), %rdi
	call	vmx_handle_fast
	test	%rax, %rax
	jz	12f
	ENTER_GUEST vmresume, \guarded

12:
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
	call	vmx_handle_exit
	mov	%rbx, %rax
	LOAD_KEPT
	ENTER_GUEST vmresume, \guarded
	.endm

	VMX_RUN_LOOP vmx_run_loop, 0
	VMX_RUN_LOOP vmx_run_loop_guarded, 1

	/* only for reasons in controls or host state: the guest cannot cause them */
vmx_failed:
	movabs	$LOCAL_BASE + PERCPU_VCPU, %rdi
	call	vmx_entry_failed
	int3

/* void vmx_unblock_nmis(void): after an NMI exit NMIs are blocked until an IRET (SDM vol. 3C, 28.5.5) */
	.globl vmx_unblock_nmis
vmx_unblock_nmis:
	mov	%rsp, %rax
	mov	%ss, %ecx
	push	%rcx
	push	%rax
	pushfq
	mov	%cs, %ecx
	push	%rcx
	lea	1f(%rip), %rcx
	push	%rcx
	iretq
1:	ret

/* bool xsetbv_safe(u32 index, u64 value) */
	.globl xsetbv_safe
xsetbv_safe:
	movabs	$LOCAL_BASE + PERCPU_FAULT_RESUME, %r8
	lea	1f(%rip), %rax
	mov	%rax, (%r8)
	mov	%edi, %ecx
	mov	%esi, %eax
	mov	%rsi, %rdx
	shr	$32, %rdx
	xsetbv
	movq	$0, (%r8)
	mov	$1, %eax
	ret
1:	xor	%eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
