/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * From protected mode to long mode, with the first 2 MiB mapped one to one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "header-common.S"

#define CR4_PAE		0x20
#define CR0_PG_BIT	31
#define MSR_EFER	0xc0000080
#define EFER_LME_BIT	8

#define PTE_TABLE	0x003	/* present, writable */
#define PTE_LARGE_PAGE	0x083	/* present, writable, page size */

	.section ".boot", "ax"
	.code32
/* Boot CPU only: fill the page tables, which lie in the cleared bss. */
arch_boot_cpu:
	movl	$boot_pdpt + PTE_TABLE, boot_pml4
	movl	$boot_pd + PTE_TABLE, boot_pdpt
	movl	$PTE_LARGE_PAGE, boot_pd
	ret

/* EBX: C function to call, ESP: its stack */
arch_enter:
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$boot_pml4, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	btsl	$EFER_LME_BIT, %eax
	wrmsr
	movl	%cr0, %eax
	btsl	$CR0_PG_BIT, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE64, $start64

	.code64
start64:
	movl	%esp, %esp		/* upper halves are undefined after the switch */
	movl	%ebx, %ebx
	xorl	%ebp, %ebp
	call	*%rbx
1:	cli
	hlt
	jmp	1b

	.section .bss.boot_page_tables, "aw", @nobits
	.align	4096
	.globl	boot_pml4
boot_pml4:	.skip	4096
boot_pdpt:	.skip	4096
boot_pd:	.skip	4096
