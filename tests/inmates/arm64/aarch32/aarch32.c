// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * aarch32: a program in AArch32 state, in a cell with JAILHOUSE_CELL_AARCH32 (ARM ARM, part G). It prints by hypercall, so the cell needs
 * the virtual console; is interrupted by its timer and by itself; asks the firmware; and, with the parameter "forbidden", reads what is
 * root's at last, which ends the CPU.
 *
 *	aarch32: started in mode 13, MMU off, PSCI 10001
 *	aarch32: timer interrupt
 *	aarch32: interrupt 3 of itself
 *	aarch32: memory of root
 *	aarch32: end
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <jailhouse/types.h>

#define COMM_REGION	0x80000000UL
/* struct jailhouse_comm_region (jailhouse/hypercall.h, asm/jailhouse_hypercall_arm64.h) */
#define COMM_CELL_STATE	8
#define COMM_GIC_VERSION	64
#define COMM_GICD_BASE	72
#define COMM_GICC_BASE	80
#define COMM_GICR_BASE	88
#define CELL_SHUT_DOWN	2

#define HC_DEBUG_CONSOLE_PUTC	8
#define PSCI_VERSION		0x84000000
#define ROOT_MEMORY		0x48000000UL
#define TIMER_IRQ		27
#define SGI			3
#define SPURIOUS_IRQ		1020

#define GICD_CTLR	0x000
#define GICD_ISENABLER	0x100
#define GICD_SGIR	0xf00
#define GICC_CTLR	0x000
#define GICC_PMR	0x004
#define GICC_IAR	0x00c
#define GICC_EOIR	0x010
#define GICR_TYPER	0x0008
#define GICR_TYPER_VLPIS	0x2
#define GICR_ISENABLER0	0x10100
#define FRAME		0x10000UL

extern char cmdline[];

static volatile __u32 timer_interrupts, own_interrupts;

/* Coprocessor registers (ARM ARM, G7.3): CRn, opc1, CRm, opc2 */
#define READ_CP15(crn, opc1, crm, opc2) ({							\
	__u32 _v;										\
	asm volatile("mrc p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 : "=r" (_v));	\
	_v;											\
})
#define WRITE_CP15(value, crn, opc1, crm, opc2)							\
	asm volatile("mcr p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 "; isb" : : "r" (value) : "memory")
#define WRITE_CP15_64(value, opc1, crm)								\
	asm volatile("mcrr p15, " #opc1 ", %0, %1, c" #crm "; isb" : : "r" ((__u32)(value)), "r" ((__u32)((value) >> 32)) : "memory")

static __u64 counter(void)
{
	__u32 low, high;

	asm volatile("isb; mrrc p15, 1, %0, %1, c14" : "=r" (low), "=r" (high) : : "memory");
	return (__u64)high << 32 | low;
}

static __u32 hypercall(__u32 number, __u32 argument)
{
	register __u32 r0 asm("r0") = number;
	register __u32 r1 asm("r1") = argument;

	asm volatile(".arch_extension virt; hvc #0x4a48" : "+r" (r0), "+r" (r1) : : "r2", "r3", "memory");
	return r0;
}

static __u32 firmware_call(__u32 function)
{
	register __u32 r0 asm("r0") = function;

	asm volatile(".arch_extension sec; smc #0" : "+r" (r0) : : "r1", "r2", "r3", "memory");
	return r0;
}

static __u32 read32(__u32 address)
{
	__u32 v;

	asm volatile("ldr %0, [%1]" : "=r" (v) : "r" (address) : "memory");
	return v;
}

static void write32(__u32 address, __u32 v)
{
	asm volatile("str %0, [%1]" : : "r" (v), "r" (address) : "memory");
}

static void print(const char *text)
{
	while (*text)
		hypercall(HC_DEBUG_CONSOLE_PUTC, (__u32)*text++);
}

static void print_hex(__u32 value)
{
	int shift = 28;

	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		hypercall(HC_DEBUG_CONSOLE_PUTC, (__u32)"0123456789abcdef"[value >> shift & 0xf]);
}

/* --- interrupt controller ------------------------------------------------------------------------------------------------ */

static __u32 gicd, gicc, gicr;
static int is_v3;

static void find_gic(void)
{
	is_v3 = *(volatile __u8 *)(COMM_REGION + COMM_GIC_VERSION) == 3;
	gicd = read32(COMM_REGION + COMM_GICD_BASE);
	gicc = read32(COMM_REGION + COMM_GICC_BASE);
	gicr = read32(COMM_REGION + COMM_GICR_BASE);
}

/* All CPUs have Aff3 0 in this state. */
static __u32 own_affinity(void)
{
	return READ_CP15(0, 0, 0, 5) & 0xffffff;
}

static void find_redistributor(void)
{
	while (read32(gicr + GICR_TYPER + 4) != own_affinity())
		gicr += read32(gicr + GICR_TYPER) & GICR_TYPER_VLPIS ? 4 * FRAME : 2 * FRAME;
}

static void start_gic(void)
{
	if (is_v3) {
		find_redistributor();
		write32(gicd + GICD_CTLR, 0x12);
		WRITE_CP15(1, 12, 0, 12, 5);	/* ICC_SRE */
		WRITE_CP15(0xf0, 4, 0, 6, 0);	/* ICC_PMR */
		WRITE_CP15(1, 12, 0, 12, 7);	/* ICC_IGRPEN1 */
		write32(gicr + GICR_ISENABLER0, 1U << TIMER_IRQ | 1U << SGI);
	} else {
		write32(gicd + GICD_CTLR, 1);
		write32(gicc + GICC_PMR, 0xf0);
		write32(gicc + GICC_CTLR, 1);
		write32(gicd + GICD_ISENABLER, 1U << TIMER_IRQ | 1U << SGI);
	}
}

static void interrupt_itself(void)
{
	__u32 id = own_affinity();
	__u64 to = (__u64)(id >> 16) << 32 | (__u64)(id >> 4 & 0xf) << 44 | (id >> 8 & 0xff) << 16 | SGI << 24 | 1U << (id & 0xf);

	if (is_v3)
		WRITE_CP15_64(to, 0, 12);	/* ICC_SGI1R */
	else
		write32(gicd + GICD_SGIR, 1U << (16 + (id & 7)) | SGI);
}

static __u32 acknowledge(void)
{
	return is_v3 ? READ_CP15(12, 0, 12, 0) : read32(gicc + GICC_IAR);
}

static void end_of_interrupt(__u32 acknowledged)
{
	if (is_v3)
		WRITE_CP15(acknowledged, 12, 0, 12, 1);
	else
		write32(gicc + GICC_EOIR, acknowledged);
}

static void set_timer(__u64 deadline, __u32 control)
{
	WRITE_CP15_64(deadline, 3, 14);		/* CNTV_CVAL */
	WRITE_CP15(control, 14, 0, 3, 1);	/* CNTV_CTL */
}

void handle_interrupt(void);
void handle_interrupt(void)
{
	__u32 acknowledged = acknowledge(), irq = acknowledged & 0x3ff;

	if (irq >= SPURIOUS_IRQ)
		return;
	if (irq == TIMER_IRQ) {
		set_timer(0, 0);
		timer_interrupts++;
	}
	if (irq == SGI)
		own_interrupts++;
	end_of_interrupt(acknowledged);
}

void handle_unexpected(void);
void handle_unexpected(void)
{
	print("aarch32: unexpected exception\n");
}

/* --- the program --------------------------------------------------------------------------------------------------------- */

static void wait_for(volatile __u32 *count)
{
	while (!*count)
		asm volatile("cpsid i; dsb; wfi; cpsie i; isb" : : : "memory");
}

static void tell_state(void)
{
	__u32 mode;

	asm volatile("mrs %0, cpsr" : "=r" (mode));
	print("aarch32: started in mode ");
	print_hex(mode & 0x1f);
	print(READ_CP15(1, 0, 0, 0) & 1 ? ", MMU on" : ", MMU off");
	print(", PSCI ");
	print_hex(firmware_call(PSCI_VERSION));
	print("\n");
}

void program(void);
void program(void)
{
	tell_state();
	find_gic();
	start_gic();
	set_timer(counter() + 1000, 1);
	wait_for(&timer_interrupts);
	print("aarch32: timer interrupt\n");
	interrupt_itself();
	wait_for(&own_interrupts);
	print("aarch32: interrupt ");
	print_hex(SGI);
	print(" of itself\n");
	if (cmdline[0] == 'f') {
		print("aarch32: memory of root\n");
		read32(ROOT_MEMORY);
	}
	print("aarch32: end\n");
	write32(COMM_REGION + COMM_CELL_STATE, CELL_SHUT_DOWN);
}
