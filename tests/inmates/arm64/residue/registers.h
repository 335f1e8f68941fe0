/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Registers of ARM64 that change their owner with the CPU. What the CPU may lack comes last: its exception changes ESR, ELR, SPSR and FAR.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef RESIDUE_REGISTERS_H
#define RESIDUE_REGISTERS_H

#include <inmate.h>

#define PATTERN		0xa5a5a5a5a5a5a5a5ULL
#define VECTOR_WORDS	64

#define EL1(x, name, r)	x(name, read_sysreg(r), write_sysreg(r, _v))
/* of a breakpoint or watchpoint: E is off */
#define EL1_OFF(x, name, r)	x(name, read_sysreg(r), write_sysreg(r, _v & ~1ULL))
#define REGISTERS(x)												\
	EL1(x, tpidr_el0, tpidr_el0) EL1(x, tpidrro_el0, tpidrro_el0) EL1(x, tpidr_el1, tpidr_el1) EL1(x, sp_el0, sp_el0) EL1(x, far_el1, far_el1)	\
	EL1(x, esr_el1, esr_el1) EL1(x, afsr0_el1, afsr0_el1) EL1(x, afsr1_el1, afsr1_el1) EL1(x, par_el1, par_el1) EL1(x, contextidr_el1, contextidr_el1) \
	EL1(x, amair_el1, amair_el1) EL1(x, ttbr1_el1, ttbr1_el1) EL1(x, csselr_el1, csselr_el1) EL1(x, elr_el1, elr_el1) EL1(x, spsr_el1, spsr_el1)	\
	EL1(x, cpacr_el1, cpacr_el1) EL1(x, cntkctl_el1, cntkctl_el1)							\
	EL1(x, cntv_ctl_el0, cntv_ctl_el0) EL1(x, cntv_cval_el0, cntv_cval_el0) EL1(x, cntp_ctl_el0, cntp_ctl_el0) EL1(x, cntp_cval_el0, cntp_cval_el0) \
	EL1(x, mdscr_el1, mdscr_el1) EL1(x, dbgbvr0, dbgbvr0_el1) EL1_OFF(x, dbgbcr0, dbgbcr0_el1) EL1(x, dbgbvr1, dbgbvr1_el1) EL1_OFF(x, dbgbcr1, dbgbcr1_el1) \
	EL1(x, dbgbvr5, dbgbvr5_el1) EL1_OFF(x, dbgbcr5, dbgbcr5_el1) EL1(x, dbgwvr0, dbgwvr0_el1) EL1_OFF(x, dbgwcr0, dbgwcr0_el1)	\
	EL1(x, dbgwvr3, dbgwvr3_el1) EL1_OFF(x, dbgwcr3, dbgwcr3_el1)								\
	EL1(x, pmuserenr_el0, pmuserenr_el0) EL1(x, pmselr_el0, pmselr_el0) EL1(x, pmccntr_el0, pmccntr_el0) EL1(x, pmccfiltr_el0, pmccfiltr_el0)	\
	EL1(x, pmcntenset_el0, pmcntenset_el0) EL1(x, pmintenset_el1, pmintenset_el1) EL1(x, pmovsset_el0, pmovsset_el0)	\
	EL1(x, pmevcntr0_el0, pmevcntr0_el0) EL1(x, pmevtyper0_el0, pmevtyper0_el0) EL1(x, pmevcntr3_el0, pmevcntr3_el0) EL1(x, pmevtyper3_el0, pmevtyper3_el0) \
	EL1(x, apiakeylo, s3_0_c2_c1_0) EL1(x, apiakeyhi, s3_0_c2_c1_1) EL1(x, apdakeylo, s3_0_c2_c2_0) EL1(x, apgakeyhi, s3_0_c2_c3_1)


/* Not those that would interrupt, stop or trap this program. */
static inline bool may_fill(const char *name)
{
	return strncmp(name, "mdscr", 5) && strncmp(name, "cnt", 3) && strncmp(name, "cpacr", 5);
}

static inline void read_vectors(u64 *vectors, u64 *fp)
{
	write_sysreg(cpacr_el1, 3 << 20);
	isb();
	asm volatile(
		".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		"str q\\n, [%0, #16 * \\n]\n\t"
		".endr" : : "r" (vectors) : "memory");
	fp[0] = read_sysreg(fpcr);
	fp[1] = read_sysreg(fpsr);
}

static inline void fill_vectors(void)
{
	write_sysreg(cpacr_el1, 3 << 20);
	isb();
	asm volatile(
		".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		"dup v\\n\\().2d, %0\n\t"
		".endr\n\t"
		"msr fpcr, %1\n\tmsr fpsr, %2" : : "r" (PATTERN), "r" (0x03c00000UL), "r" (0x0800009fUL) : "memory");
}

#endif /* RESIDUE_REGISTERS_H */
