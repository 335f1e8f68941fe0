/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * First instructions of every CPU of the cell, at the link base 0, in real mode.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * All CPUs of a cell come here at once when the cell starts, and one by one when another CPU sends them a start-up IPI with vector 0.
 *
 *	ap_entry set:	this CPU was started on purpose: take ap_stack, go to ap_main()
 *	first to come:	boot CPU: clear bss, take the stack, go to boot_main()
 *	otherwise:	register the APIC id, halt with interrupts off until INIT and start-up IPI
 *
 * The counters live in this section, not in bss: other CPUs use them while the boot CPU clears bss. An image that ran must be
 * loaded again before the cell starts again.
 */
#include "layout.h"

#define CR0_BITS	0x33	/* PE, MP, ET, NE; the reset value's CD and NW go */

	.section ".boot", "ax"
	.code16
	.globl reset_entry
reset_entry:
	cli
	ljmp	$0, $1f
1:
	lgdtl	%cs:boot_gdt_ptr
	movl	$CR0_BITS, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $start32

	.code32
start32:
	movl	$SEL_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs

	movl	ap_entry, %eax
	testl	%eax, %eax
	jnz	start_ap

	movl	$1, %eax
	cpuid
	shrl	$24, %ebx		/* initial APIC id */
	movl	$1, %ecx
	lock xaddl %ecx, boot_claims
	cmpl	$255, %ecx		/* SMP_MAX_CPUS */
	jae	wait_for_start
	movl	%ebx, smp_cpu_ids(,%ecx,4)
	lock incl smp_num_cpus
	testl	%ecx, %ecx
	jz	start_boot_cpu

wait_for_start:
	cli
	hlt
	jmp	wait_for_start

start_boot_cpu:
	cld
	movl	$bss_start, %edi
	movl	$bss_dwords, %ecx
	xorl	%eax, %eax
	rep stosl
	movl	$stack_top, %esp
	movl	$boot_main, %ebx
	call	arch_boot_cpu
	jmp	arch_enter

start_ap:
	movl	ap_stack, %esp
	movl	$ap_main, %ebx
	jmp	arch_enter

	.align	8
boot_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08 code, 32 bits, flat */
	.quad	0x00af9b000000ffff	/* 0x10 code, 64 bits */
	.quad	0x00cf93000000ffff	/* 0x18 data, flat */
boot_gdt_end:

boot_gdt_ptr:
	.word	boot_gdt_end - boot_gdt - 1
	.long	boot_gdt

	.align	8
	.globl	ap_entry, ap_stack, smp_num_cpus
ap_entry:	.quad	0
ap_stack:	.quad	0
smp_num_cpus:	.long	0
boot_claims:	.long	0

	.section ".cmdline.default", "aw"
	.weak	cmdline
cmdline:
	.fill	256, 1, 0

	.data
	.align	4
	.globl	smp_cpu_ids
smp_cpu_ids:
	.fill	255, 4, 0		/* SMP_MAX_CPUS */

	.section .note.GNU-stack, "", @progbits
