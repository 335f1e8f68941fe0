// SPDX-License-Identifier: GPL-2.0
/*
 * scrub - registers that change their owner: those that both ARMs have.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>

#define PMCR_N(r)	((r) >> 11 & 0x1f)
#define PMU_IMP_DEF	0xf
#define PMSELR_CYCLES	31

u32 arm_pmu_counters(void)
{
	u32 version = arm_pmu_version();

	return version && version != PMU_IMP_DEF ? PMCR_N(read_sysreg(pmcr_el0)) : 0;
}

static void select_counter(u32 n)
{
	write_sysreg(n, pmselr_el0);
	isb();
	write_sysreg(0, pmxevtyper_el0);
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
		select_counter(n);
		write_sysreg(0, pmxevcntr_el0);
	}
	select_counter(PMSELR_CYCLES);
	write_sysreg(0, pmselr_el0);
	write_sysreg(0, pmccntr_el0);
	write_sysreg(0, pmuserenr_el0);
	write_sysreg(0, pmcr_el0);
}

/* Timers, and what EL1 keeps in system registers. */
static void scrub_el1(void)
{
	write_sysreg(ARM_SCTLR_RESET, sctlr_el1);
	SCRUB_SYSREG(cntp_ctl_el0) SCRUB_SYSREG(cntv_ctl_el0) SCRUB_SYSREG(cntp_cval_el0) SCRUB_SYSREG(cntv_cval_el0) SCRUB_SYSREG(cntkctl_el1)
	SCRUB_SYSREG(cpacr_el1) SCRUB_SYSREG(ttbr0_el1) SCRUB_SYSREG(ttbr1_el1) SCRUB_SYSREG(tcr_el1) SCRUB_SYSREG(vbar_el1) SCRUB_SYSREG(contextidr_el1)
	SCRUB_SYSREG(tpidr_el0) SCRUB_SYSREG(tpidrro_el0) SCRUB_SYSREG(tpidr_el1) SCRUB_SYSREG(par_el1) SCRUB_SYSREG(csselr_el1)
}

/* What the last owner's accesses led to is not the next one's: it is taken here, and forgotten by the vector. */
static void drain_serrors(void)
{
	unsigned long *resume = &this_cpu()->regs.fault_resume, at;

	__asm__ volatile("adr %0, 1f\n\tstr %0, [%1]\n\tdsb sy\n\t" ARM_UNMASK_SERRORS "\n\tisb\n1:\t" ARM_MASK_SERRORS
			 : "=&r"(at) : "r"(resume) : "memory");
	WRITE_ONCE(*resume, 0);
}

void arm_scrub_registers(void)
{
	drain_serrors();
	arm_scrub_own();
	scrub_pmu();
	scrub_el1();
}
