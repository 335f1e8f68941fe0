/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Boot ROM that runs an inmate on a bare emulated machine, without any hypervisor.
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * It proves the inmate itself right: what a test expects of the hypervisor is first what real (here: emulated) hardware does.
 * The ROM plays the loader (copies PAYLOAD to 0, CMDLINE to 0x1000) and the hypervisor's part of the communication region, then
 * starts all CPUs at 0 in real mode. Console is COM1. Used as: qemu-system-x86_64 -M q35 -bios inmate.rom
 * Inmates drive the APIC through MSRs: interrupts, timer and more than one CPU need x2APIC (-cpu …,+x2apic, QEMU 9 or later).
 */
#define ROM_SIZE	0x40000
#define ROM_BASE	(0x100000000 - ROM_SIZE)
#define COMM_REGION	0x100000

	.macro	pci_write address, value
	mov	$0xcf8, %dx
	mov	$\address, %eax
	out	%eax, %dx
	mov	$0xcfc, %dx
	mov	$\value, %eax
	out	%eax, %dx
	.endm

	.text
	.globl	rom_start
rom_start:

payload:
	.incbin	PAYLOAD
payload_end:

cmdline:
	.asciz	CMDLINE
cmdline_end:

	.balign	8
comm:
	.ascii	"JHCOMM"
	.word	2			/* revision */
	.long	0, 0, 0			/* state, message, reply */
	.long	0			/* flags */
	.quad	0x3f8			/* console: COM1 */
	.long	0
	.word	2, 0			/* 8250, ports */
	.long	1, 0
	.quad	0
	.quad	0			/* no MMCONFIG */
	.word	0x608			/* PM timer */
	.word	NUM_CPUS
	.long	0			/* TSC frequency: measure it */
	.long	0			/* APIC clock, see below */
comm_end:

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08 code, 32 bits, flat */
	.quad	0x00cf93000000ffff	/* 0x10 data, flat */
	.quad	0x00009b0f0000ffff	/* 0x18 code, 16 bits, base 0xf0000 */
	.quad	0x000093000000ffff	/* 0x20 data, 16 bits, base 0 */
gdt_end:

	/* 0xf0000, alias of the ROM's last 64 KiB. An INIT that the inmate sends later keeps x2APIC mode. */
	.org	ROM_SIZE - 0x10000
	.code16
ap_start16:
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x100000, %ecx		/* let the first CPU win: an INIT would send it to the reset vector, into this ROM */
1:	pause
	loopl	1b
	ljmp	$0, $0

	.org	ROM_SIZE - 0x1000
	.code16
start16:
	cli
	lgdtl	%cs:(gdt_ptr - rom_start - (ROM_SIZE - 0x10000))
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	ljmpl	$0x08, $start32

	.code32
start32:
	mov	$0x10, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss

	pci_write 0x8000f840, 0x601		/* ICH9 LPC 1f.0: PMBASE = 0x600 */
	pci_write 0x8000f844, 0x80		/* ACPI enabled */
	pci_write 0x80001810, 0xfea00000	/* BARs of devices that a test may add: 00:03.0 */
	pci_write 0x80001010, 0xfeb40000	/* 00:02.0 */
	pci_write 0x80001014, 0xfeb60000
	pci_write 0x8000101c, 0xfeb80000

	cld
	mov	$payload, %esi
	xor	%edi, %edi
	mov	$payload_end - payload, %ecx
	rep movsb
	mov	$cmdline, %esi
	mov	$0x1000, %edi
	mov	$cmdline_end - cmdline, %ecx
	rep movsb
	mov	$comm, %esi
	mov	$COMM_REGION, %edi
	mov	$comm_end - comm, %ecx
	rep movsb

	/* The inmate drives its APIC through MSRs: x2APIC mode where the machine has it, else no APIC clock, thus no timer. */
	mov	$1, %eax
	cpuid
	movl	$0, COMM_REGION + 72	/* apic_khz */
	bt	$21, %ecx
	jnc	1f
	movl	$1000000, COMM_REGION + 72
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x830, %ecx		/* all but self: INIT, then start-up at 0xf0000, ap_start16 */
	xor	%edx, %edx
	mov	$0xc4500, %eax
	wrmsr
	mov	$0xc46f0, %eax
	wrmsr
1:
	/* back to real mode, as a start-up IPI would leave it */
	mov	$0x20, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	ljmp	$0x18, $(real - rom_start - (ROM_SIZE - 0x10000))

	.code16
real:
	mov	%cr0, %eax
	and	$~1, %al
	mov	%eax, %cr0
	ljmp	$0, $0

	.balign	4
gdt_ptr:
	.word	gdt_end - gdt - 1
	.long	gdt

	.org	ROM_SIZE - 16
	jmp	start16
	.org	ROM_SIZE

	.section .note.GNU-stack, "", @progbits
