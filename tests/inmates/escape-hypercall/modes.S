/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hypercall out of each mode that an x86 CPU has, and back to 64-bit kernel mode.
 *
 * void call_in_MODE(void): the call of mode_call, its result there as well. Interrupts are off; the program lies below 64 KiB, so that
 * 16-bit code reaches it. call_in_user64/32: the interrupt gate USER_EXIT leads to user_exit, the task register is loaded.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <tests/inmates/lib/hypercall_site.h>

#define SEL_CODE32	0x08
#define SEL_CODE64	0x10
#define SEL_DATA	0x18
#define SEL_CODE16	0x20
#define SEL_USER32	0x2b
#define SEL_USER64	0x33
#define SEL_USER_DATA	0x3b
#define USER_EXIT	0x80

#define MSR_EFER	0xc0000080
#define EFER_LME	0x100
#define CR0_PG		0x80000000
#define CR0_PE		1

	.data
	.balign	8
	.globl	mode_call
mode_call:
call_nr:	.long	0
call_arg1:	.long	0
call_arg2:	.long	0
call_result:	.long	0
saved_sp:	.quad	0

	.bss
	.balign	16
	.skip	1024
user_stack:

	/* in any mode: the arguments are in place since "enter", nothing touches them on the way */
	.macro	do_call
	mov	call_nr, %eax
	HYPERCALL
	mov	%eax, call_result
	.endm

	/* of %edi and %esi the upper halves, which are no part of a call outside of 64-bit mode */
	.macro	load_arguments
	movabs	$0xdeadbeef00000000, %rax
	mov	call_arg1, %edi
	mov	call_arg2, %esi
	or	%rax, %rdi
	or	%rax, %rsi
	.endm

	.macro	enter
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, saved_sp
	load_arguments
	.endm

	.macro	to_compat where
	pushq	$SEL_CODE32
	pushq	$\where
	lretq
	.endm

	.text
	.code64
/* every mode comes back here, with flat data segments */
leave:
	mov	saved_sp, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.globl	call_in_compat32
call_in_compat32:
	enter
	to_compat 1f
	.code32
1:	do_call
	ljmp	$SEL_CODE64, $leave

	.code64
	.globl	call_in_compat16
call_in_compat16:
	enter
	to_compat 1f
	.code32
1:	ljmp	$SEL_CODE16, $2f
	.code16
2:	do_call
	ljmpl	$SEL_CODE64, $leave

	.code64
	.globl	call_in_protected32
call_in_protected32:
	enter
	to_compat 1f
	.code32
1:	call	leave_long_mode
	do_call
	jmp	back_to_long_mode

	.code64
	.globl	call_in_protected16
call_in_protected16:
	enter
	to_compat 1f
	.code32
1:	call	leave_long_mode
	ljmp	$SEL_CODE16, $2f
	.code16
2:	do_call
	ljmpl	$SEL_CODE32, $back_to_long_mode

	.code64
	.globl	call_in_real_mode
call_in_real_mode:
	enter
	to_compat 1f
	.code32
1:	call	leave_long_mode
	ljmp	$SEL_CODE16, $2f
	.code16
2:	mov	%cr0, %eax
	and	$~CR0_PE, %eax
	mov	%eax, %cr0
	ljmp	$0, $3f
3:	xor	%ax, %ax
	mov	%ax, %ds
	do_call
	mov	%cr0, %eax
	or	$CR0_PE, %eax
	mov	%eax, %cr0
	ljmpl	$SEL_CODE32, $back_to_long_mode

	.code32
leave_long_mode:
	mov	%cr0, %eax
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	mov	$MSR_EFER, %ecx
	rdmsr
	and	$~EFER_LME, %eax
	wrmsr
	ret

back_to_long_mode:
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	%cr0, %eax
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	ljmp	$SEL_CODE64, $leave

	.code64
	.globl	call_in_user64
call_in_user64:
	enter
	pushq	$SEL_USER_DATA
	pushq	$user_stack
	pushfq
	pushq	$SEL_USER64
	pushq	$1f
	iretq
1:	mov	%edi, %edi
	mov	%esi, %esi
	do_call
	int	$USER_EXIT

	.globl	call_in_user32
call_in_user32:
	enter
	pushq	$SEL_USER_DATA
	pushq	$user_stack
	pushfq
	pushq	$SEL_USER32
	pushq	$1f
	iretq
	.code32
1:	mov	$SEL_USER_DATA, %eax
	mov	%eax, %ds
	do_call
	int	$USER_EXIT

	.code64
	.globl	user_exit
user_exit:
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	jmp	leave

	.section .note.GNU-stack, "", @progbits
