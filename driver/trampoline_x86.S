/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way beneath Linux and back. Lives in the module's text, which the kernel half of every page
 * table maps executable.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/linkage.h>
#include <asm/asm-offsets.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>
#include "compat.h"

/* struct hv_cpu_handover and hv_leave_frame, checked against the structs in enter_x86.c */
#define HANDOVER_TRANSITION_CR3	0
#define HANDOVER_CR4		16
#define HANDOVER_CR3		24
#define FRAME_CR3		0
#define FRAME_CR4		8
#define FRAME_R15		16
#define FRAME_DS		176
#define FRAME_ES		184

/*
 * PGE and PCIDE: the image contract. CET: with IBT in force the hypervisor's indirect branches would
 * need ENDBR. Clearing PGE also drops Linux's global translations.
 */
#define CR4_PGE			(1 << 7)
#define CR4_PCIDE		(1 << 17)
#define CR4_CET			(1 << 23)
#define CR4_OFF			(CR4_PGE | CR4_PCIDE | CR4_CET)

/*
 * Restore CR3 = \cr3, CR4 = \cr4. PCIDE may be set only while CR3[11:0] is zero (SDM 3A 4.10.1), so
 * the PCID comes last.
 */
.macro RESTORE_CR3_CR4 cr3:req cr4:req scratch:req
	mov	\cr3, \scratch
	and	$~0xfff, \scratch
	mov	\scratch, %cr3
	mov	\cr4, %cr4
	mov	\cr3, %cr3
.endm

	.text

/*
 * int enter_trampoline(u32 cpu, struct hv_cpu_handover *handover, u64 entry)
 *
 * Needs: interrupts off. Returns what the hypervisor's entry returned; on 0 Linux runs beneath the
 * hypervisor on this CPU from the call on.
 */
SYM_FUNC_START(enter_trampoline)
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14

	/*
	 * A process may have left selectors of its LDT here, which the transition table need not map:
	 * the hypervisor finds none.
	 */
	mov	%ds, %ebx
	mov	%es, %r14d
	xor	%eax, %eax
	mov	%eax, %ds
	mov	%eax, %es

	mov	%cr3, %r12
	mov	%cr4, %r13
	mov	%r12, HANDOVER_CR3(%rsi)
	mov	%r13, HANDOVER_CR4(%rsi)
	mov	%r13, %rax
	and	$~CR4_OFF, %rax
	mov	%rax, %cr4
	mov	HANDOVER_TRANSITION_CR3(%rsi), %rax
	mov	%rax, %cr3

	ANNOTATE_RETPOLINE_SAFE
	call	*%rdx

	RESTORE_CR3_CR4 %r12 %r13 %rcx
	mov	%ebx, %ds
	mov	%r14d, %es

	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	RET
SYM_FUNC_END(enter_trampoline)

/*
 * The hypervisor jumps here when this CPU leaves it: RDI = struct hv_leave_frame, on the transition
 * page table, interrupts off.
 */
SYM_CODE_START(leave_thunk)
	UNWIND_HINT_NO_FRAME
	ENDBR
	mov	FRAME_CR3(%rdi), %rax
	mov	FRAME_CR4(%rdi), %rcx
	RESTORE_CR3_CR4 %rax %rcx %rdx
	mov	FRAME_DS(%rdi), %eax
	mov	%eax, %ds
	mov	FRAME_ES(%rdi), %eax
	mov	%eax, %es

	lea	FRAME_R15(%rdi), %rsp
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
	iretq
SYM_CODE_END(leave_thunk)
