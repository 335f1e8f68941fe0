// SPDX-License-Identifier: GPL-2.0
/*
 * cpu - registers of an ARMv7 CPU that change their owner, and those that are banked for a mode.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/hal.h>
#include <hv/arm/vpsci.h>
#include <hv/cell.h>

/* MVFR0.A_SIMD (ARM DDI 0406, B6.1.65) */
#define MVFR0_REGISTERS(r) ((r) & 0xf)
#define MVFR0_D32	2
#define FPEXC_EN	(1U << 30)

/*
 * No firmware of these boards has it: a Cortex-A15 forgets its branches with ICIALLU, where its firmware has set ACTLR.IBE, A12 and A17
 * with BPIALL, and A7 has none that matter (Arm, Cache Speculation Side-channels).
 */
u32 arm_own_workaround(void) { return SMCCC_ARCH_WORKAROUND_1; }

unsigned long arm_workaround(u32 fn)
{
	register unsigned long r0 __asm__("r0") = fn;

	if (fn == arm_own_workaround()) {
		__asm__ volatile("mcr p15, 0, %0, c7, c5, 0\n\tmcr p15, 0, %0, c7, c5, 6\n\tdsb nsh" : : "r"(0) : "memory");
		return 0;
	}
	__asm__ volatile(".arch_extension sec\n\tsmc #0" : "+r"(r0) : : "r1", "r2", "r3", "memory");
	return r0;
}

void arm_flush_tlb(void)
{
	/* tables before the walk; this CPU's entries of the cell, both stages, and what it has fetched */
	__asm__ volatile("dsb ishst" : : : "memory");
	CP15_WRITE(0, 4, c8, c7, 4);	/* TLBIALLNSNH */
	CP15_WRITE(0, 0, c7, c5, 0);	/* ICIALLU */
	CP15_WRITE(0, 0, c7, c5, 6);	/* BPIALL */
	__asm__ volatile("dsb nsh; isb" : : : "memory");
}

/* --- banked registers (ARM DDI 0406, B9.2.3) ----------------------------------------------- */

#define BANK(x)						\
	x(USR, 13, sp_usr) x(IRQ, 13, sp_irq) x(IRQ, 14, lr_irq) x(SVC, 13, sp_svc) x(SVC, 14, lr_svc)	\
	x(ABT, 13, sp_abt) x(ABT, 14, lr_abt) x(UND, 13, sp_und) x(UND, 14, lr_und)	\
	x(FIQ, 8, r8_fiq) x(FIQ, 9, r9_fiq) x(FIQ, 10, r10_fiq) x(FIQ, 11, r11_fiq) x(FIQ, 12, r12_fiq)	\
	x(FIQ, 13, sp_fiq) x(FIQ, 14, lr_fiq)
#define BANKED_SPSR(x)	\
	x(IRQ, spsr_irq) x(SVC, spsr_svc) x(ABT, spsr_abt) x(UND, spsr_und) x(FIQ, spsr_fiq)
#define BANK_ID(mode, n)	((mode) << 4 | (n))

u32 arm_read_banked(u32 mode, unsigned int n)
{
	switch (BANK_ID(mode, n)) {
#define READ_BANKED(mode, n, name)	case BANK_ID(MODE_##mode, n): return MRS_READ(name);
	BANK(READ_BANKED)
	default:
		return 0;
	}
}

void arm_write_banked(u32 mode, unsigned int n, u32 value)
{
	switch (BANK_ID(mode, n)) {
#define WRITE_BANKED(mode, n, name)	case BANK_ID(MODE_##mode, n): MSR_WRITE(value, name); break;
	BANK(WRITE_BANKED)
	default:
		break;
	}
}

void arm_write_spsr(u32 mode, u32 value)
{
	switch (mode) {
#define WRITE_SPSR(mode, name)	case MODE_##mode: MSR_WRITE(value, name); break;
	BANKED_SPSR(WRITE_SPSR)
	default:
		break;
	}
}

static void scrub_banked(void)
{
#define SCRUB_REGISTER(mode, n, name)	MSR_WRITE(0, name);
#define SCRUB_SPSR(mode, name)		MSR_WRITE(0, name);
	BANK(SCRUB_REGISTER)
	BANKED_SPSR(SCRUB_SPSR)
}

/* --- registers that change their owner ---------------------------------------------------- */

/* The compiler does not use these registers (-mgeneral-regs-only): the assembler may. */
static void scrub_fp(void)
{
	u32 mvfr0;

	__asm__ volatile(".fpu vfpv4\n\tvmsr fpexc, %1\n\tvmrs %0, mvfr0" : "=r"(mvfr0) : "r"(FPEXC_EN) : "memory");
#define SCRUB_D(n) "vmov d" #n ", %0, %0\n\t"
	__asm__ volatile(".fpu neon-vfpv4\n\t" SCRUB_D(0) SCRUB_D(1) SCRUB_D(2) SCRUB_D(3) SCRUB_D(4) SCRUB_D(5) SCRUB_D(6)
		SCRUB_D(7) SCRUB_D(8) SCRUB_D(9) SCRUB_D(10) SCRUB_D(11) SCRUB_D(12) SCRUB_D(13) SCRUB_D(14) SCRUB_D(15)
		"vmsr fpscr, %0" : : "r"(0) : "memory");
	if (MVFR0_REGISTERS(mvfr0) == MVFR0_D32)
		__asm__ volatile(".fpu neon-vfpv4\n\t" SCRUB_D(16) SCRUB_D(17) SCRUB_D(18) SCRUB_D(19) SCRUB_D(20) SCRUB_D(21)
			SCRUB_D(22) SCRUB_D(23) SCRUB_D(24) SCRUB_D(25) SCRUB_D(26) SCRUB_D(27) SCRUB_D(28) SCRUB_D(29)
			SCRUB_D(30) SCRUB_D(31) : : "r"(0) : "memory");
	__asm__ volatile(".fpu vfpv4\n\tvmsr fpexc, %0" : : "r"(0) : "memory");
}

/* Breakpoints and watchpoints: CP14, of which only those that are there can be written (C11.11). */
#define CP14_ZERO(n, op2)	__asm__ volatile("mcr p14, 0, %0, c0, c" #n ", " #op2 : : "r"(0) : "memory")
#define SCRUB_BREAKPOINT(n)	do { CP14_ZERO(n, 5); CP14_ZERO(n, 4); } while (0)
#define SCRUB_WATCHPOINT(n)	do { CP14_ZERO(n, 7); CP14_ZERO(n, 6); } while (0)
#define DIDR_BRPS(r)	(((r) >> 24 & 0xf) + 1)
#define DIDR_WRPS(r)	(((r) >> 28 & 0xf) + 1)

/*
 * DBGDSCR says whether anything is caught, DBGVCR which vectors are. Where the board leaves the debug logic without power or
 * denies it to software, it is undefined even here (C6.5): no owner has it then.
 */
static void scrub_debug(void)
{
	unsigned long *resume = &this_cpu()->regs.fault_resume, at;
	u32 didr;

	__asm__ volatile("adr %0, 1f\n\tstr %0, [%1]\n\tmcr p14, 0, %2, c0, c2, 2\n\tisb\n1:"
			 : "=&r"(at) : "r"(resume), "r"(0) : "memory");
	if (!READ_ONCE(*resume))
		return;
	WRITE_ONCE(*resume, 0);
	CP14_ZERO(7, 0);
	__asm__ volatile("mrc p14, 0, %0, c0, c0, 0" : "=r"(didr) : : "memory");
	ARM_FOR_EACH_PAIR(DIDR_BRPS(didr), SCRUB_BREAKPOINT);
	ARM_FOR_EACH_PAIR(DIDR_WRPS(didr), SCRUB_WATCHPOINT);
}

/* ThumbEE (A2.10): TEEHBR and TEECR, where ID_PFR0 says that they are */
#define PFR0_HAS_THUMBEE(r)	((r) >> 12 & 0xf)

static void scrub_thumbee(void)
{
	if (PFR0_HAS_THUMBEE(read_sysreg(id_pfr0)))
		__asm__ volatile("mcr p14, 6, %0, c1, c0, 0\n\tmcr p14, 6, %0, c0, c0, 0" : : "r"(0) : "memory");
}

/* What PL1 keeps in CP15, beside what ARM64 has too. */
static void scrub_pl1(void)
{
	SCRUB_SYSREG(mair0) SCRUB_SYSREG(mair1) SCRUB_SYSREG(amair0) SCRUB_SYSREG(amair1) SCRUB_SYSREG(dacr) SCRUB_SYSREG(dfsr)
	SCRUB_SYSREG(ifsr) SCRUB_SYSREG(adfsr) SCRUB_SYSREG(aifsr) SCRUB_SYSREG(dfar) SCRUB_SYSREG(ifar) SCRUB_SYSREG(fcseidr)
}

void arm_scrub_own(void)
{
	scrub_fp();
	scrub_debug();
	scrub_thumbee();
	scrub_banked();
	scrub_pl1();
}
