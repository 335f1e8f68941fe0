// SPDX-License-Identifier: GPL-2.0
/*
 * cpu - registers of an ARM64 CPU that change their owner.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/cell.h>

#define DFR0_BRPS(r)	(((r) >> 12 & 0xf) + 1)
#define DFR0_WRPS(r)	(((r) >> 20 & 0xf) + 1)

unsigned long arm_workaround(u32 fn)
{
	register u64 x0 __asm__("x0") = fn;

	/* a guest may ask for it where the firmware is older than SMCCC 1.1, which may change x4 to x17 then (x18: to be safe) */
	__asm__ volatile("smc #0" : "+r"(x0) : : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			 "x15", "x16", "x17", "x18", "memory");
	return x0;
}

u32 arm_own_workaround(void) { return 0; }

void arm_flush_tlb(void)
{
	/* tables before the walk; this CPU's entries of the cell, both stages, and what it has fetched */
	__asm__ volatile("dsb ishst; tlbi vmalls12e1; dsb nsh; ic iallu; dsb nsh; isb" : : : "memory");
}

/* --- registers that change their owner ---------------------------------------------------- */

#define SCRUB_BREAKPOINT(n)	do { write_sysreg(0, dbgbcr##n##_el1); write_sysreg(0, dbgbvr##n##_el1); } while (0)
#define SCRUB_WATCHPOINT(n)	do { write_sysreg(0, dbgwcr##n##_el1); write_sysreg(0, dbgwvr##n##_el1); } while (0)

static void scrub_debug(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	ARM_FOR_EACH_PAIR(DFR0_BRPS(dfr0), SCRUB_BREAKPOINT);
	ARM_FOR_EACH_PAIR(DFR0_WRPS(dfr0), SCRUB_WATCHPOINT);
	SCRUB_SYSREG(mdscr_el1) SCRUB_SYSREG(mdccint_el1) SCRUB_SYSREG(osdlr_el1)
}

static void scrub_fp(void)
{
#define SCRUB_V(n) "movi v" #n ".2d, #0\n\t"
	/* the compiler does not use these registers (-mgeneral-regs-only): the assembler may */
	__asm__ volatile(".arch_extension simd\n\t"
		SCRUB_V(0) SCRUB_V(1) SCRUB_V(2) SCRUB_V(3) SCRUB_V(4) SCRUB_V(5) SCRUB_V(6) SCRUB_V(7)
		SCRUB_V(8) SCRUB_V(9) SCRUB_V(10) SCRUB_V(11) SCRUB_V(12) SCRUB_V(13) SCRUB_V(14) SCRUB_V(15)
		SCRUB_V(16) SCRUB_V(17) SCRUB_V(18) SCRUB_V(19) SCRUB_V(20) SCRUB_V(21) SCRUB_V(22) SCRUB_V(23)
		SCRUB_V(24) SCRUB_V(25) SCRUB_V(26) SCRUB_V(27) SCRUB_V(28) SCRUB_V(29) SCRUB_V(30) SCRUB_V(31)
		"msr fpcr, xzr\n\tmsr fpsr, xzr" : : : "memory");
}

/* Keys of pointer authentication: ID_AA64ISAR1_EL1 has a field for each of its algorithms. */
static void scrub_keys(void)
{
	if (!(read_sysreg(id_aa64isar1_el1) & 0xff000ff0))
		return;
	SCRUB_SYSREG(S3_0_C2_C1_0) SCRUB_SYSREG(S3_0_C2_C1_1) SCRUB_SYSREG(S3_0_C2_C1_2) SCRUB_SYSREG(S3_0_C2_C1_3)
	SCRUB_SYSREG(S3_0_C2_C2_0) SCRUB_SYSREG(S3_0_C2_C2_1) SCRUB_SYSREG(S3_0_C2_C2_2) SCRUB_SYSREG(S3_0_C2_C2_3)
	SCRUB_SYSREG(S3_0_C2_C3_0) SCRUB_SYSREG(S3_0_C2_C3_1)
}

/* What EL1 keeps in system registers, beside what ARMv7 has too. */
static void scrub_el1(void)
{
	SCRUB_SYSREG(mair_el1) SCRUB_SYSREG(amair_el1) SCRUB_SYSREG(esr_el1) SCRUB_SYSREG(far_el1) SCRUB_SYSREG(afsr0_el1)
	SCRUB_SYSREG(afsr1_el1) SCRUB_SYSREG(elr_el1) SCRUB_SYSREG(spsr_el1) SCRUB_SYSREG(sp_el0) SCRUB_SYSREG(sp_el1)
}

bool arm64_has_aarch32(void)
{
	return (read_sysreg(id_aa64pfr0_el1) >> 4 & 0xf) == 2;
}

static void scrub_aarch32(void)
{
	if (!arm64_has_aarch32())
		return;
	SCRUB_SYSREG(dacr32_el2) SCRUB_SYSREG(ifsr32_el2) SCRUB_SYSREG(dbgvcr32_el2)
	write_sysreg(0x700, fpexc32_el2);
	SCRUB_SYSREG(spsr_abt) SCRUB_SYSREG(spsr_und) SCRUB_SYSREG(spsr_irq) SCRUB_SYSREG(spsr_fiq)
}

void arm_scrub_own(void)
{
	scrub_fp();
	scrub_debug();
	scrub_keys();
	scrub_aarch32();
	scrub_el1();
}
