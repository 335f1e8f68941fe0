// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * System registers (DDI 0487, C5.1.3, D17.2): those of EL2 and EL3 are undefined, as excp_try() tells; what is trapped ends the CPU, unless it
 * is the cell's own.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <escape/escape.h>

#define WRITE_REGISTER(function, name)		\
	static void function(void *arg)		\
	{					\
		write_sysreg(name, ~0UL);	\
	}

WRITE_REGISTER(write_hcr_el2, hcr_el2)
WRITE_REGISTER(write_vttbr_el2, vttbr_el2)
WRITE_REGISTER(write_vbar_el2, vbar_el2)
WRITE_REGISTER(write_cnthctl_el2, cnthctl_el2)
WRITE_REGISTER(write_ich_lr0, s3_4_c12_c12_0)
WRITE_REGISTER(write_icc_sre_el2, s3_4_c12_c9_5)
WRITE_REGISTER(write_mdscr, mdscr_el1)
WRITE_REGISTER(write_dbgbcr, dbgbcr0_el1)
WRITE_REGISTER(write_pmcr, pmcr_el0)
WRITE_REGISTER(write_actlr, actlr_el1)
WRITE_REGISTER(write_implementation, s3_1_c15_c2_0)
WRITE_REGISTER(write_cntp_cval, cntp_cval_el0)

/* Under the lock halting debug can be switched on (ARM ARM, MDSCR_EL1.HDE): a CPU that halts answers nobody. OSLSR_EL1.OSLK */
static void lock_debug_registers(void *arg)
{
	write_sysreg(oslar_el1, 1);
	isb();
	value = read_sysreg(oslsr_el1) & 2;
	write_sysreg(oslar_el1, 0);
}

/*
 * Every register that MRS can name (C5.1.3), read, and written with what it read, from the number "from" on: op0 2 and 3, op1, CRn, CRm, op2 are
 * its bits. Of the spaces that implementations define (CRn 11 and 15) one register each. @value: how many of EL2 and EL3 could be read.
 */
#define REGISTERS	(2 << 14)
#define OP1(n)		((n) >> 11 & 7)
#define CRN(n)		((n) >> 7 & 0xf)
#define IMPLEMENTATION(crn)	(1U << 14 | (crn) << 7)
#define INSN(n, read)	(0xd5000000 | (read) << 21 | ((n) + (2 << 14)) << 5)

static u32 code[2] __attribute__((aligned(64)));

static void set_instruction(u32 insn)
{
	code[0] = insn;
	code[1] = RETURN;
	sync_code(code);
}

static void run_instruction(void *arg)
{
	register u64 x0 asm("x0") = *(u64 *)arg;

	asm volatile("blr %1" : "+r" (x0) : "r" (code) : "x30", "memory");
	*(u64 *)arg = x0;
}

static void sweep_registers(void *arg)
{
	u32 n, readable = 0, written = 0;
	u64 content;

	for (n = (u32)cmdline_parse_int("from", 0); n < REGISTERS; n++) {
		if ((CRN(n) == 11 || CRN(n) == 15) && n != IMPLEMENTATION(CRN(n)))
			continue;
		set_instruction(INSN(n, 1));
		if (excp_try(run_instruction, &content))
			continue;
		readable++;
		if (OP1(n) > 3)
			value++;
		set_instruction(INSN(n, 0));
		if (!excp_try(run_instruction, &content))
			written++;
	}
	printk("escape: sweep: %u readable, %u of them written\n", readable, written);
}

static void flush_by_set(void *arg)
{
	asm volatile("dc cisw, %0" : : "r" (0UL) : "memory");
	value = 1;
}

static void flush_all_guests(void *arg)
{
	asm volatile("tlbi alle1" : : : "memory");
}

/* Records of errors and activity monitors, where the CPU has them: there are none. */
static void read_error_records(void *arg)
{
	value = read_sysreg(s3_0_c5_c3_0);
}

static void read_activity_monitors(void *arg)
{
	value = read_sysreg(s3_3_c13_c2_0);
}

const struct attempt register_attempts[] = {
	ATTEMPT(write_hcr_el2), ATTEMPT(write_vttbr_el2), ATTEMPT(write_vbar_el2), ATTEMPT(write_cnthctl_el2), ATTEMPT(write_ich_lr0),
	ATTEMPT(write_icc_sre_el2), ATTEMPT(lock_debug_registers), ATTEMPT(write_mdscr), ATTEMPT(write_dbgbcr), ATTEMPT(write_pmcr),
	ATTEMPT(write_actlr), ATTEMPT(write_implementation), ATTEMPT(write_cntp_cval), ATTEMPT(sweep_registers), ATTEMPT(flush_by_set),
	ATTEMPT(flush_all_guests), ATTEMPT(read_error_records), ATTEMPT(read_activity_monitors), NO_MORE,
};
