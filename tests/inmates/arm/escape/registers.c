// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Registers of coprocessors 14 and 15 (ARM DDI 0406, B3.17, C11.12), and modes.
 *
 *	of HYP mode: opc1 4, none of which is in c3 (B3.17.1); VTTBR, HTTBR, CNTHP_CVAL, CNTVOFF		undefined in PL1
 *	what makers define: CP15's c9 {c0-c2, c5-c8}, c10 {c0, c1, c4, c8}, c11, c15	HCR.TIDCP, HSTR.T11 and .T15 (B1.14.3, B1.14.12):
 *											the CPU ends, or they are undefined where there is none
 *	ACTLR									reads as what it is, writes are ignored
 *	cache operations by set and way						no exit: invalidation is one with cleaning (HCR.SWIO, B1.14.4)
 *	all others								the cell's own, or undefined
 *
 * A mode that PL1 may not enter is not entered (B1.3.1).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <escape/escape.h>

#define WRITE_REGISTER(function, ...)		\
	static void function(void *arg)		\
	{					\
		CP15_WRITE(~0U, __VA_ARGS__);	\
	}
#define WRITE_REGISTER64(function, ...)			\
	static void function(void *arg)			\
	{						\
		CP15_WRITE64(~0ULL, __VA_ARGS__);	\
	}

WRITE_REGISTER(write_hcr, 4, c1, c1, 0)
WRITE_REGISTER(write_hstr, 4, c1, c1, 3)
WRITE_REGISTER(write_hvbar, 4, c12, c0, 0)
WRITE_REGISTER(write_hsctlr, 4, c1, c0, 0)
WRITE_REGISTER(write_cnthctl, 4, c14, c1, 0)
WRITE_REGISTER(flush_all_guests, 4, c8, c7, 4)
WRITE_REGISTER64(write_vttbr, 6, c2)
WRITE_REGISTER64(write_httbr, 4, c2)
WRITE_REGISTER64(write_cntvoff, 4, c14)
WRITE_REGISTER(write_implementation, 0, c15, c0, 0)
WRITE_REGISTER(write_pmcr, 0, c9, c12, 0)
WRITE_REGISTER64(write_cntp_cval, 2, c14)

static void write_dbgbcr(void *arg)
{
	asm volatile("mcr p14, 0, %0, c0, c0, 5" : : "r" (~1U) : "memory");
}

/* Under the lock halting debug can be switched on (C11.11.20, DBGDSCR.HDBGen): a CPU that halts answers nobody. DBGOSLSR.OSLK */
static void lock_debug_registers(void *arg)
{
	u32 locked;

	asm volatile("mcr p14, 0, %1, c1, c0, 4\n\tisb\n\tmrc p14, 0, %0, c1, c1, 4\n\tmcr p14, 0, %2, c1, c0, 4"
		     : "=&r" (locked) : "r" (0xc5acce55), "r" (0) : "memory");
	value = locked & 2;
}

/* @value: bits that have changed */
static void write_actlr(void *arg)
{
	u32 before = CP15_READ(0, c1, c0, 1);

	CP15_WRITE(~before, 0, c1, c0, 1);
	value = CP15_READ(0, c1, c0, 1) ^ before;
}

#define SETS	1024

static void flush_by_set(void *arg)
{
	u32 set;

	for (set = 0; set < SETS; set++) {
		CP15_WRITE(set << 6, 0, c7, c6, 2);	/* DCISW */
		CP15_WRITE(set << 6, 0, c7, c10, 2);	/* DCCSW */
		CP15_WRITE(set << 6, 0, c7, c14, 2);	/* DCCISW */
	}
	value = 1;
}

/* --- modes; @value: the one that it is in then --- */

#define TRY_MODE(function, insn)						\
	static void function(void *arg)						\
	{									\
		u32 psr;							\
										\
		asm volatile(".arch_extension virt\n\t" insn "\n\tisb\n\tmrs %0, cpsr\n\tcps #0x13" : "=&r" (psr) : "r" (0xda) : "memory");	\
		value = psr & 0x1f;						\
	}
TRY_MODE(enter_hyp_mode, "cps #0x1a")
TRY_MODE(write_hyp_mode, "msr cpsr_c, %1")

static void write_elr_hyp(void *arg)
{
	asm volatile(".arch_extension virt\n\tmsr elr_hyp, %0" : : "r" (ROOT_MEMORY) : "memory");
}

static void read_sp_hyp(void *arg)
{
	u32 sp;

	asm volatile(".arch_extension virt\n\tmrs %0, sp_hyp" : "=r" (sp) : : "memory");
	value = sp;
}

/* An SMC whose condition fails is none: r0 stays. In an IT block likewise, which goes on behind it. */
static void failed_condition(void *arg)
{
	register u32 r0 asm("r0") = PSCI_VERSION;

	asm volatile(".arch_extension sec\n\tcmp sp, #0\n\tsmceq #0" : "+r" (r0) : : "cc", "memory");
	value = r0;
}

/* --- all of them: number @n is bit 14: coprocessor 15, not 14; opc1, CRn, CRm, opc2. Behind these: two registers at a time, opc1, CRm --- */

#define SINGLE		(2U << 14)
#define REGISTERS	(SINGLE + (2U << 8))
#define IS_DOUBLE(n)	((n) >= SINGLE)
#define IS_CP15(n)	(IS_DOUBLE(n) ? (n) >> 8 & 1 : (n) >> 14)
#define OP1(n)		(IS_DOUBLE(n) ? (n) >> 4 & 0xf : (n) >> 11 & 7)
#define CRN(n)		((n) >> 7 & 0xf)
#define CRM(n)		(IS_DOUBLE(n) ? (n) & 0xf : (n) >> 3 & 0xf)
#define OP2(n)		((n) & 7)
#define WAIT		(1U << 14 | 7 << 7 | 0 << 3 | 4)	/* c7, c0, 4: once WFI */

static u32 code[2] __attribute__((aligned(64)));

static u32 instruction(u32 n, u32 read)
{
	u32 coprocessor = (14 + IS_CP15(n)) << 8;

	if (IS_DOUBLE(n))
		return 0xec400000 | read << 20 | 1 << 16 | coprocessor | OP1(n) << 4 | CRM(n);
	return 0xee000010 | OP1(n) << 21 | read << 20 | CRN(n) << 16 | coprocessor | OP2(n) << 5 | CRM(n);
}

static bool is_of_hyp(u32 n)
{
	if (IS_DOUBLE(n))
		return IS_CP15(n) && (OP1(n) == 4 || OP1(n) == 6);
	return IS_CP15(n) && OP1(n) == 4 && CRN(n) != 15 && CRN(n) != 3;
}

static bool is_of_makers(u32 n)
{
	if (IS_DOUBLE(n))
		return IS_CP15(n) && (CRM(n) == 15 || CRM(n) == 11);
	switch (IS_CP15(n) ? CRN(n) : 0) {
	case 9:
		return 0x1e7 >> CRM(n) & 1;
	case 10:
		return 0x113 >> CRM(n) & 1;
	case 11:
	case 15:
		return true;
	default:
		return false;
	}
}

/* Each that ends the CPU takes a start: of what the traps do not tell apart, some. */
static bool is_left_out(u32 n)
{
	if (!is_of_makers(n))
		return n == WAIT;
	if (IS_DOUBLE(n))
		return OP1(n) > 1;
	if (CRN(n) == 9 && CRM(n) == 0)		/* L2CTLR and L2ECTLR of Cortex-A7 and A15 */
		return OP1(n) > 1 || (OP2(n) != 2 && OP2(n) != 3);
	return OP1(n) || OP2(n) || (CRN(n) > 10 && CRM(n));
}

static void run_instruction(void *arg)
{
	register u32 r0 asm("r0") = ((u32 *)arg)[0];
	register u32 r1 asm("r1") = ((u32 *)arg)[1];

	asm volatile("blx %2" : "+r" (r0), "+r" (r1) : "r" (code) : "lr", "memory");
	((u32 *)arg)[0] = r0;
	((u32 *)arg)[1] = r1;
}

static bool works(u32 n, u32 read, u32 content[2])
{
	code[0] = instruction(n, read);
	code[1] = RETURN;
	sync_code(code);
	return !excp_try(run_instruction, content);
}

/*
 * Each is read and written with what it read, or with 0, from the number "from" on. Those that work and must not are told; and before one that
 * may end the CPU, which.
 */
static void sweep_registers(void *arg)
{
	u32 n, readable = 0, written = 0;

	for (n = (u32)cmdline_parse_int("from", 0); n < REGISTERS; n++) {
		u32 content[2] = { 0, 0 };
		bool reads, writes;

		if (is_left_out(n))
			continue;
		if (is_of_makers(n))
			printk("escape: sweep: at %u\n", n);
		reads = works(n, 1, content);
		writes = works(n, 0, content);
		readable += reads;
		written += writes;
		if ((reads || writes) && (is_of_hyp(n) || is_of_makers(n)))
			printk("escape: sweep: %u works\n", n);
	}
	printk("escape: sweep: %u readable, %u writable\n", readable, written);
}

const struct attempt register_attempts[] = {
	ATTEMPT(write_hcr), ATTEMPT(write_hstr), ATTEMPT(write_hvbar), ATTEMPT(write_hsctlr), ATTEMPT(write_cnthctl), ATTEMPT(flush_all_guests),
	ATTEMPT(write_vttbr), ATTEMPT(write_httbr), ATTEMPT(write_cntvoff), ATTEMPT(write_implementation), ATTEMPT(write_pmcr),
	ATTEMPT(write_cntp_cval), ATTEMPT(write_dbgbcr), ATTEMPT(lock_debug_registers), ATTEMPT(write_actlr), ATTEMPT(flush_by_set),
	ATTEMPT(enter_hyp_mode), ATTEMPT(write_hyp_mode), ATTEMPT(write_elr_hyp), ATTEMPT(read_sp_hyp), ATTEMPT(failed_condition),
	ATTEMPT(sweep_registers), NO_MORE,
};
