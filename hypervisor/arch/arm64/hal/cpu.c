// SPDX-License-Identifier: GPL-2.0
/*
 * cpu - EL2 as Linux has it, and registers that change their owner.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/cell.h>

#define DFR0_PMUVER(r)	((r) >> 8 & 0xf)
#define DFR0_BRPS(r)	(((r) >> 12 & 0xf) + 1)
#define DFR0_WRPS(r)	(((r) >> 20 & 0xf) + 1)

u64 arm_cpu_affinity(void)
{
	return read_sysreg(mpidr_el1) & ARM_AFFINITY_MASK;
}

unsigned long arm_workaround(u32 fn)
{
	register u64 x0 __asm__("x0") = fn;

	__asm__ volatile("smc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
	return x0;
}

void arm_flush_tlb(void)
{
	/* tables before the walk; this CPU's entries of the cell, both stages, and what it has fetched */
	__asm__ volatile("dsb ishst; tlbi vmalls12e1; dsb nsh; ic iallu; dsb nsh; isb" : : : "memory");
}

/* --- registers that change their owner ---------------------------------------------------- */

#define PMCR_N(r)	((r) >> 11 & 0x1f)

u32 arm_pmu_counters(void)
{
	u64 version = DFR0_PMUVER(read_sysreg(id_aa64dfr0_el1));

	return version && version != 0xf ? PMCR_N(read_sysreg(pmcr_el0)) : 0;
}

static void scrub_debug(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

#define SCRUB_PAIR(n, name) \
	do { write_sysreg(0, dbg##name##cr##n##_el1); write_sysreg(0, dbg##name##vr##n##_el1); } while (0)
#define SCRUB_UP_TO(count, name)					\
	do {								\
		switch (count) {					\
		default: SCRUB_PAIR(15, name); SCRUB_PAIR(14, name);	\
			SCRUB_PAIR(13, name); SCRUB_PAIR(12, name);	\
			SCRUB_PAIR(11, name); SCRUB_PAIR(10, name);	\
			SCRUB_PAIR(9, name); SCRUB_PAIR(8, name);	\
			SCRUB_PAIR(7, name); SCRUB_PAIR(6, name);	\
			/* fall through */				\
		case 6: SCRUB_PAIR(5, name); /* fall through */		\
		case 5: SCRUB_PAIR(4, name); /* fall through */		\
		case 4: SCRUB_PAIR(3, name); /* fall through */		\
		case 3: SCRUB_PAIR(2, name); /* fall through */		\
		case 2: SCRUB_PAIR(1, name); SCRUB_PAIR(0, name);	\
		}							\
	} while (0)
	SCRUB_UP_TO(DFR0_BRPS(dfr0), b);
	SCRUB_UP_TO(DFR0_WRPS(dfr0), w);
	write_sysreg(0, mdscr_el1);
	write_sysreg(0, mdccint_el1);
	write_sysreg(0, osdlr_el1);
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
	write_sysreg(0, pmselr_el0);
	write_sysreg(0, pmccfiltr_el0);
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
	write_sysreg(0, S3_0_C2_C1_0);
	write_sysreg(0, S3_0_C2_C1_1);
	write_sysreg(0, S3_0_C2_C1_2);
	write_sysreg(0, S3_0_C2_C1_3);
	write_sysreg(0, S3_0_C2_C2_0);
	write_sysreg(0, S3_0_C2_C2_1);
	write_sysreg(0, S3_0_C2_C2_2);
	write_sysreg(0, S3_0_C2_C2_3);
	write_sysreg(0, S3_0_C2_C3_0);
	write_sysreg(0, S3_0_C2_C3_1);
}

/* What EL1 keeps in system registers; also those of AArch32 that AArch64 has names for. */
static void scrub_el1(void)
{
	/* D17.2.118: RES1 in a CPU without later extensions, caches and MMU off */
	write_sysreg(0x30d00800, sctlr_el1);
	write_sysreg(0, cpacr_el1);
	write_sysreg(0, ttbr0_el1);
	write_sysreg(0, ttbr1_el1);
	write_sysreg(0, tcr_el1);
	write_sysreg(0, mair_el1);
	write_sysreg(0, amair_el1);
	write_sysreg(0, vbar_el1);
	write_sysreg(0, contextidr_el1);
	write_sysreg(0, tpidr_el0);
	write_sysreg(0, tpidrro_el0);
	write_sysreg(0, tpidr_el1);
	write_sysreg(0, esr_el1);
	write_sysreg(0, far_el1);
	write_sysreg(0, afsr0_el1);
	write_sysreg(0, afsr1_el1);
	write_sysreg(0, par_el1);
	write_sysreg(0, elr_el1);
	write_sysreg(0, spsr_el1);
	write_sysreg(0, sp_el0);
	write_sysreg(0, sp_el1);
	write_sysreg(0, csselr_el1);
}

bool arm64_has_aarch32(void)
{
	return (read_sysreg(id_aa64pfr0_el1) >> 4 & 0xf) == 2;
}

static void scrub_aarch32(void)
{
	if (!arm64_has_aarch32())
		return;
	write_sysreg(0, dacr32_el2);
	write_sysreg(0, ifsr32_el2);
	write_sysreg(0x700, fpexc32_el2);
	write_sysreg(0, spsr_abt);
	write_sysreg(0, spsr_und);
	write_sysreg(0, spsr_irq);
	write_sysreg(0, spsr_fiq);
}

/* What the last owner's accesses led to is not the next one's: it is taken here, and forgotten by the vector. */
static void drain_serrors(void)
{
	unsigned long *resume = &this_cpu()->regs.fault_resume, at;

	__asm__ volatile("adr %0, 1f\n\tstr %0, [%1]\n\tdsb sy\n\tmsr daifclr, #4\n\tisb\n1:\tmsr daifset, #4"
			 : "=&r"(at) : "r"(resume) : "memory");
	WRITE_ONCE(*resume, 0);
}

void arm_scrub_registers(void)
{
	drain_serrors();
	scrub_fp();
	scrub_debug();
	scrub_pmu();
	scrub_timers();
	scrub_keys();
	scrub_aarch32();
	scrub_el1();
}
