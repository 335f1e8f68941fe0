// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * residue: a cell finds nothing in a CPU that another owner has left there
 *
 * Looks at the registers of FP and SIMD, of EL1, debug, performance monitors, timers and keys, as they are when the program begins (those
 * that the library needs are left out: SCTLR, TCR, TTBR0, MAIR, VBAR). All of them are 0, or what an implementation has wired, which
 * is what they read after a write of 0. Registers that the CPU does not have are left out. At last it fills all of them for the next one to find.
 *
 *	residue: NAME is VALUE
 *	residue: N registers looked at, M are not clean
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <inmate.h>

#define PATTERN	0xa5a5a5a5a5a5a5a5UL

struct reg {
	const char *name;
	void (*read)(void *value);
	void (*write)(void *value);
};

#define REGISTERS(X)												\
	X(tpidr_el0, tpidr_el0) X(tpidrro_el0, tpidrro_el0) X(tpidr_el1, tpidr_el1) X(sp_el0, sp_el0) X(far_el1, far_el1)	\
	X(esr_el1, esr_el1) X(afsr0_el1, afsr0_el1) X(afsr1_el1, afsr1_el1) X(par_el1, par_el1) X(contextidr_el1, contextidr_el1) \
	X(amair_el1, amair_el1) X(ttbr1_el1, ttbr1_el1) X(csselr_el1, csselr_el1) X(elr_el1, elr_el1) X(spsr_el1, spsr_el1)	\
	X(cpacr_el1, cpacr_el1) X(cntkctl_el1, cntkctl_el1)							\
	X(cntv_ctl_el0, cntv_ctl_el0) X(cntv_cval_el0, cntv_cval_el0) X(cntp_ctl_el0, cntp_ctl_el0) X(cntp_cval_el0, cntp_cval_el0) \
	X(mdscr_el1, mdscr_el1) X(dbgbvr0, dbgbvr0_el1) X(dbgbcr0, dbgbcr0_el1) X(dbgbvr1, dbgbvr1_el1) X(dbgbcr1, dbgbcr1_el1) \
	X(dbgbvr5, dbgbvr5_el1) X(dbgbcr5, dbgbcr5_el1) X(dbgwvr0, dbgwvr0_el1) X(dbgwcr0, dbgwcr0_el1)	\
	X(dbgwvr3, dbgwvr3_el1) X(dbgwcr3, dbgwcr3_el1)								\
	X(pmuserenr_el0, pmuserenr_el0) X(pmselr_el0, pmselr_el0) X(pmccntr_el0, pmccntr_el0) X(pmccfiltr_el0, pmccfiltr_el0)	\
	X(pmcntenset_el0, pmcntenset_el0) X(pmintenset_el1, pmintenset_el1) X(pmovsset_el0, pmovsset_el0)	\
	X(pmevcntr0_el0, pmevcntr0_el0) X(pmevtyper0_el0, pmevtyper0_el0) X(pmevcntr3_el0, pmevcntr3_el0) X(pmevtyper3_el0, pmevtyper3_el0) \
	X(apiakeylo, s3_0_c2_c1_0) X(apiakeyhi, s3_0_c2_c1_1) X(apdakeylo, s3_0_c2_c2_0) X(apgakeyhi, s3_0_c2_c3_1)

#define ACCESS(n, r)											\
	static void read_##n(void *value) { *(u64 *)value = read_sysreg(r); }				\
	static void write_##n(void *value) { write_sysreg(r, *(u64 *)value); isb(); }
REGISTERS(ACCESS)

#define ENTRY(n, r)	{ #n, read_##n, write_##n },
static const struct reg regs[] = { REGISTERS(ENTRY) };

static u64 found[ARRAY_SIZE(regs)];
static bool there[ARRAY_SIZE(regs)];
static u64 vectors_found[64], fp_found[2];
static unsigned int looked, unclean;

/* What the CPU may lack comes last: its exception changes ESR, ELR, SPSR and FAR, which are read by then. */
static void read_all(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(regs); n++)
		there[n] = !excp_try(regs[n].read, &found[n]);
}

static void read_vectors(void)
{
	write_sysreg(cpacr_el1, 3 << 20);
	isb();
	asm volatile(
		".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		"str q\\n, [%0, #16 * \\n]\n\t"
		".endr" : : "r" (vectors_found) : "memory");
	fp_found[0] = read_sysreg(fpcr);
	fp_found[1] = read_sysreg(fpsr);
}

static void report(const char *name, unsigned int number, u64 value, u64 clean)
{
	looked++;
	if (value == clean)
		return;
	unclean++;
	printk("residue: %s %u is %llx\n", name, number, value);
}

/* What is left when it is written to 0 is wired. */
static void report_register(unsigned int n)
{
	u64 value = 0, clean = 0;

	if (!there[n] || excp_try(regs[n].write, &value) || excp_try(regs[n].read, &clean))
		return;
	report(regs[n].name, 0, found[n], clean);
}

static void fill(void)
{
	u64 value = PATTERN;
	unsigned int n;

	/* those that would interrupt, stop or trap this program stay off */
	for (n = 0; n < ARRAY_SIZE(regs); n++)
		if (there[n] && strncmp(regs[n].name, "mdscr", 5) && strncmp(regs[n].name, "dbgbcr", 6) && strncmp(regs[n].name, "dbgwcr", 6) &&
		    strncmp(regs[n].name, "cnt", 3) && strncmp(regs[n].name, "cpacr", 5))
			excp_try(regs[n].write, &value);
	write_sysreg(cpacr_el1, 3 << 20);
	isb();
	write_sysreg(cntv_cval_el0, ~PATTERN);
	write_sysreg(cntp_cval_el0, ~PATTERN);
	/* the last ones: whoever prints or is interrupted now would change them */
	asm volatile(
		".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		"dup v\\n\\().2d, %0\n\t"
		".endr\n\t"
		"msr fpcr, %1\n\tmsr fpsr, %2" : : "r" (PATTERN), "r" (0x03c00000UL), "r" (0x0800009fUL) : "memory");
}

void inmate_main(void)
{
	unsigned int n;

	read_all();
	read_vectors();
	for (n = 0; n < ARRAY_SIZE(regs); n++)
		report_register(n);
	for (n = 0; n < ARRAY_SIZE(vectors_found); n++)
		report("half of v", n, vectors_found[n], 0);
	report("fpcr", 0, fp_found[0], 0);
	report("fpsr", 0, fp_found[1], 0);
	printk("residue: %u registers looked at, %u are not clean\n", looked, unclean);
	fill();
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
