/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Out of 64-bit mode into 32-bit protected mode, without paging and with descriptor tables of its own, and back: from whatever the code
 * there does.
 *
 * void run_legacy(void (*code)(void)): @code is 32-bit code with flat segments; it ends by a jump to legacy_done, an exception (its vector
 * in legacy.vector), or INT 0x80. Interrupts are off. Everything here lies below 64 KiB, so that 16-bit code reaches it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <tests/inmates/lib/hypercall_site.h>
#include "selectors.h"

#define MSR_EFER	0xc0000080
#define EFER_LME	0x100
#define CR0_PG		0x80000000
#define CR4_PSE		0x10
#define CR4_PAE		0x20
#define EFLAGS_IOPL3	0x3000
#define EFLAGS_VM	0x20000
#define V86_STACK	0xf000		/* below 64 KiB, behind the program's data */

	.data
	.balign	8
	.globl	legacy
legacy:			/* struct legacy of main.c */
legacy_arg:	.long	0, 0, 0, 0
legacy_result:	.long	0
legacy_vector:	.long	0
legacy_cr3:	.long	0
legacy_port:	.long	0
saved_sp:	.quad	0
saved_cr3:	.quad	0
saved_cr4:	.quad	0
saved_idt:	.skip	10
		.balign	8
saved_gdt:	.skip	10
		.balign	8
legacy_idt_register:
		.word	LEGACY_GATES * 8 - 1
		.long	legacy_idt
		.balign	8
legacy_gdt_register:
		.word	LEGACY_SELECTORS * 8 - 1
		.quad	legacy_gdt
code:		.long	0

	.text
	.code64
	.globl	run_legacy
run_legacy:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, saved_sp
	mov	%edi, code
	mov	%cr3, %rax
	mov	%rax, saved_cr3
	mov	%cr4, %rax
	mov	%rax, saved_cr4
	sidt	saved_idt
	sgdt	saved_gdt
	lgdt	legacy_gdt_register
	pushq	$SEL_CODE32
	pushq	$1f
	lretq
	.code32
1:	mov	%cr0, %eax
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	mov	$MSR_EFER, %ecx
	rdmsr
	and	$~EFER_LME, %eax
	wrmsr
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	lidt	legacy_idt_register
	mov	$SEL_TASK, %eax
	ltr	%ax
	jmp	*code

	.globl	legacy_done
legacy_done:
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%cr0, %eax
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	mov	saved_cr4, %eax
	mov	%eax, %cr4
	mov	saved_cr3, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	%cr0, %eax
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	ljmp	$SEL_CODE64, $1f
	.code64
1:	lgdt	saved_gdt
	lidt	saved_idt
	mov	saved_sp, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

/* --- exceptions: gates of 8 bytes lead to stubs of 16 --------------------------------------------------------------------- */

	.code32
	.balign	16
	.globl	legacy_stubs
legacy_stubs:
	.set	vector, 0
	.rept	LEGACY_EXCEPTIONS
	.balign	16
	push	$vector
	jmp	1f
	.set	vector, vector + 1
	.endr
1:	pop	%ebx
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%ebx, legacy_vector
	jmp	legacy_done

/* --- tasks ----------------------------------------------------------------------------------------------------------------- */

	.globl	task_jump, task_call, task_gate, task_entry
task_jump:
	ljmp	$SEL_OTHER_TASK, $0
	jmp	legacy_done

task_call:
	lcall	$SEL_OTHER_TASK, $0
	incl	legacy_result
	jmp	legacy_done

task_gate:
	int	$VECTOR_TASK
	incl	legacy_result
	jmp	legacy_done

/* The other task: goes back where it was called from; by a jump it cannot. */
task_entry:
	incl	legacy_result
	pushf
	testl	$0x4000, (%esp)		/* NT */
	jz	legacy_done
	popf
	iret

/* --- paging of 32 bits and PAE: the table at legacy_cr3, then a load from legacy_arg ----------------------------------------- */

	.globl	load_pae, load_32, load_stale
load_32:
	mov	%cr4, %eax
	and	$~CR4_PAE, %eax
	or	$CR4_PSE, %eax
	mov	%eax, %cr4
load_pae:
	mov	legacy_cr3, %eax
	mov	%eax, %cr3
	mov	%cr0, %eax
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	mov	legacy_arg, %ebx
	mov	(%ebx), %eax
	mov	%eax, legacy_result
	jmp	legacy_done

/* The pointers to page directories change after the CPU has loaded them; a second load, from legacy_arg + 4. */
load_stale:
	mov	legacy_cr3, %eax
	mov	%eax, %cr3
	mov	%cr0, %ecx
	or	$CR0_PG, %ecx
	mov	%ecx, %cr0
	mov	legacy_arg, %ebx
	mov	legacy_arg + 4, %edx
	mov	legacy_arg + 8, %ecx
	mov	%ecx, (%eax)
	mov	(%edx), %eax
	mov	%eax, legacy_result
	jmp	legacy_done

/* --- virtual-8086 mode ------------------------------------------------------------------------------------------------------- */

	.macro	V86 name
	.code32
	.globl	\name
\name:
	mov	$1f, %eax
	jmp	enter_v86
	.code16
1:
	.endm

	.code32
enter_v86:
	pushl	$0			/* GS FS DS ES */
	pushl	$0
	pushl	$0
	pushl	$0
	pushl	$0
	pushl	$V86_STACK
	pushl	$(EFLAGS_VM | EFLAGS_IOPL3 | 2)
	pushl	$0
	push	%eax
	iret

	V86	v86_call
	mov	legacy_arg, %eax
	mov	legacy_arg + 4, %edi
	mov	legacy_arg + 8, %esi
	HYPERCALL
	mov	%eax, legacy_result
	int	$VECTOR_DONE

	V86	v86_in8
	mov	legacy_port, %dx
	in	%dx, %al
	movzbl	%al, %eax
	mov	%eax, legacy_result
	int	$VECTOR_DONE

	V86	v86_in32
	mov	legacy_port, %dx
	in	%dx, %eax
	mov	%eax, legacy_result
	int	$VECTOR_DONE

	V86	v86_out8
	mov	legacy_port, %dx
	mov	legacy_arg, %al
	out	%al, %dx
	int	$VECTOR_DONE

	V86	v86_out16
	mov	legacy_port, %dx
	mov	legacy_arg, %ax
	out	%ax, %dx
	int	$VECTOR_DONE

/* Two bytes to and from the program's own memory */
	V86	v86_outs
	cld
	mov	legacy_port, %dx
	mov	$legacy_arg, %si
	mov	$2, %cx
	rep outsb
	int	$VECTOR_DONE

	V86	v86_ins
	cld
	mov	legacy_port, %dx
	mov	$legacy_result, %di
	mov	$2, %cx
	rep insb
	int	$VECTOR_DONE

	V86	v86_cpuid
	xor	%eax, %eax
	mov	$0x40000000, %eax
	cpuid
	mov	%ebx, legacy_result
	int	$VECTOR_DONE

	V86	v86_rdmsr
	mov	legacy_arg, %ecx
	rdmsr
	int	$VECTOR_DONE

	V86	v86_vmrun
	xor	%eax, %eax
	vmrun
	int	$VECTOR_DONE

/* The last 64 KiB less 16 bytes that a segment can reach: from 0x100000 on */
	V86	v86_load_high
	mov	$0xffff, %ax
	mov	%ax, %ds
	mov	0x1010, %al
	int	$VECTOR_DONE

	V86	v86_store_high
	mov	$0xffff, %ax
	mov	%ax, %ds
	movw	%ax, 0x1010
	int	$VECTOR_DONE

	V86	v86_jump_high
	ljmp	$0xffff, $0x0010

	.section .note.GNU-stack, "", @progbits
