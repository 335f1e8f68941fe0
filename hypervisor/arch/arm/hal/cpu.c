// SPDX-License-Identifier: GPL-2.0
/*
 * cpu - registers of an ARMv7 CPU that change their owner, and those that are banked for a mode.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/cell.h>

/* ID_DFR0.PerfMon and MVFR0.A_SIMD (ARM DDI 0406, B4.1.82, B6.1.65) */
#define DFR0_PERFMON(r)	((r) >> 24 & 0xf)
#define PMCR_N(r)	((r) >> 11 & 0x1f)
#define MVFR0_REGISTERS(r) ((r) & 0xf)
#define MVFR0_D32	2
#define FPEXC_EN	(1U << 30)
/* RES1: U, and what is always on (B4.1.130) */
#define SCTLR_RESET	0x00c50878

u64 arm_cpu_affinity(void)
{
	return read_sysreg(mpidr_el1) & 0xffffff;
}

unsigned long arm_workaround(u32 fn)
{
	register unsigned long r0 __asm__("r0") = fn;

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

u32 arm_read_spsr(u32 mode)
{
	switch (mode) {
#define READ_SPSR(mode, name)	case MODE_##mode: return MRS_READ(name);
	BANKED_SPSR(READ_SPSR)
	default:
		return 0;
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

u32 arm_pmu_counters(void)
{
	u32 version = DFR0_PERFMON(read_sysreg(id_dfr0));

	return version && version != 0xf ? PMCR_N(read_sysreg(pmcr_el0)) : 0;
}

static void scrub_pmu(void)
{
	u32 n, counters = arm_pmu_counters();

	if (!counters)
		return;
	write_sysreg(0xffffffff, pmcntenclr_el0);
	write_sysreg(0xffffffff, pmintenclr_el1);
	write_sysreg(0xffffffff, pmovsclr_el0);
	for (n = 0; n < counters; n++) {
		write_sysreg(n, pmselr_el0);
		isb();
		write_sysreg(0, pmxevtyper_el0);
		write_sysreg(0, pmxevcntr_el0);
	}
	write_sysreg(31, pmselr_el0);
	isb();
	write_sysreg(0, pmxevtyper_el0);
	write_sysreg(0, pmselr_el0);
	write_sysreg(0, pmccntr_el0);
	write_sysreg(0, pmuserenr_el0);
	write_sysreg(0, pmcr_el0);
}

static void scrub_timers(void)
{
	write_sysreg(0, cntp_ctl_el0);
	write_sysreg(0, cntv_ctl_el0);
	write_sysreg(0, cntp_cval_el0);
	write_sysreg(0, cntv_cval_el0);
	write_sysreg(0, cntkctl_el1);
}

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
#define CP14_WRITE_PAIR(n)									\
	do {											\
		__asm__ volatile("mcr p14, 0, %0, c0, c" #n ", 5" : : "r"(0) : "memory");	\
		__asm__ volatile("mcr p14, 0, %0, c0, c" #n ", 4" : : "r"(0) : "memory");	\
	} while (0)
#define CP14_WRITE_WATCH(n)									\
	do {											\
		__asm__ volatile("mcr p14, 0, %0, c0, c" #n ", 7" : : "r"(0) : "memory");	\
		__asm__ volatile("mcr p14, 0, %0, c0, c" #n ", 6" : : "r"(0) : "memory");	\
	} while (0)
#define DIDR_BRPS(r)	(((r) >> 24 & 0xf) + 1)
#define DIDR_WRPS(r)	(((r) >> 28 & 0xf) + 1)
#define FOR_EACH_PAIR(count, x)						\
	do {								\
		switch (count) {					\
		default: x(15); x(14); x(13); x(12); x(11); x(10); x(9); x(8); x(7); x(6); /* fall through */	\
		case 6: x(5); /* fall through */			\
		case 5: x(4); /* fall through */			\
		case 4: x(3); /* fall through */			\
		case 3: x(2); /* fall through */			\
		case 2: x(1); x(0); break;				\
		case 1: x(0);						\
		}							\
	} while (0)

static void scrub_debug(void)
{
	u32 didr;

	__asm__ volatile("mrc p14, 0, %0, c0, c0, 0" : "=r"(didr) : : "memory");
	FOR_EACH_PAIR(DIDR_BRPS(didr), CP14_WRITE_PAIR);
	FOR_EACH_PAIR(DIDR_WRPS(didr), CP14_WRITE_WATCH);
}

static void scrub_pl1(void)
{
	write_sysreg(SCTLR_RESET, sctlr_el1);
	write_sysreg(0, cpacr_el1);
	write_sysreg(0, ttbr0_el1);
	write_sysreg(0, ttbr1_el1);
	write_sysreg(0, tcr_el1);
	write_sysreg(0, mair0);
	write_sysreg(0, mair1);
	write_sysreg(0, amair0);
	write_sysreg(0, amair1);
	write_sysreg(0, dacr);
	write_sysreg(0, vbar_el1);
	write_sysreg(0, contextidr_el1);
	write_sysreg(0, tpidr_el0);
	write_sysreg(0, tpidrro_el0);
	write_sysreg(0, tpidr_el1);
	write_sysreg(0, dfsr);
	write_sysreg(0, ifsr);
	write_sysreg(0, adfsr);
	write_sysreg(0, aifsr);
	write_sysreg(0, dfar);
	write_sysreg(0, ifar);
	write_sysreg(0, par_el1);
	write_sysreg(0, csselr_el1);
}

void arm_scrub_registers(void)
{
	scrub_fp();
	scrub_debug();
	scrub_pmu();
	scrub_timers();
	scrub_banked();
	scrub_pl1();
}
