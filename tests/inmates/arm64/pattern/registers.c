// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * System registers of EL1.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pattern/pattern.h>

#define FREE_REGISTERS(X)									\
	X(tpidr_el0) X(tpidrro_el0) X(tpidr_el1) X(sp_el0) X(far_el1) X(esr_el1) X(afsr0_el1) X(afsr1_el1) X(par_el1)	\
	X(contextidr_el1) X(amair_el1) X(ttbr1_el1) X(csselr_el1) X(elr_el1) X(spsr_el1) X(cntkctl_el1)
#define USED_REGISTERS(X)									\
	X(sctlr_el1) X(tcr_el1) X(ttbr0_el1) X(vbar_el1) X(mair_el1) X(cpacr_el1) X(cntv_ctl_el0) X(cntv_cval_el0) X(daif)

#define NAME(r)		#r,
const char *const names[] = { FREE_REGISTERS(NAME) USED_REGISTERS(NAME) NULL };
#define COUNT(r)	+1
#define NUM_FREE	(0 FREE_REGISTERS(COUNT))
enum { ELR = NUM_FREE - 3, SPSR, CNTKCTL };
#define NUM_ALL		(NUM_FREE USED_REGISTERS(COUNT))
_Static_assert(NUM_ALL < MAX_REGISTERS, "pattern.h");

void read_system_registers(u64 *values)
{
	u64 *v = values;

#define READ(r)	*v++ = read_sysreg(r);
	FREE_REGISTERS(READ)
	USED_REGISTERS(READ)
}

void fill_system_registers(void)
{
	u64 value = 0x5a5a5a5a5a5a5a5aUL;

#define WRITE(r)	write_sysreg(r, value); value = value * 3 + 0x0123456789abcdefUL;
	FREE_REGISTERS(WRITE)
	write_sysreg(csselr_el1, 1);
	write_sysreg(cntkctl_el1, 3);
	isb();
}

/* Where it came from is in ELR and SPSR, the flags among it. */
void undo_exception(struct frame *f, const u64 *before)
{
	if (read_sysreg(elr_el1) != before[ELR])
		f->flags_after.nzcv = read_sysreg(spsr_el1) & NZCV_MASK;
	write_sysreg(elr_el1, before[ELR]);
	write_sysreg(spsr_el1, before[SPSR]);
	write_sysreg(cntv_cval_el0, before[NUM_ALL - 2]);
	write_sysreg(daif, before[NUM_ALL - 1]);
	isb();
}

void use_registers(void)
{
	write_sysreg(cpacr_el1, 3 << 20);	/* FP and SIMD */
	write_sysreg(vbar_el1, (u64)pattern_vectors);
}
