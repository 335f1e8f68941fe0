// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * residue: a cell finds nothing in a CPU that another owner has left there
 *
 * Looks at the registers of FP and SIMD, of EL1 (on ARMv7: those that are banked, CP14 and CP15), debug, performance monitors, timers and
 * keys, as they are when the program begins (those that the library needs are left out: SCTLR, TCR, TTBR0, MAIR, VBAR). All of them are 0, or what an implementation has wired, which
 * is what they read after a write of 0. Registers that the CPU does not have are left out. At last it fills all of them for the next one to find.
 *
 *	residue: NAME is VALUE
 *	residue: N registers looked at, M are not clean
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <residue/registers.h>


struct reg {
	const char *name;
	void (*read)(void *value);
	void (*write)(void *value);
};

#define ACCESS(n, read, write)										\
	static void read_##n(void *value) { *(u64 *)value = read; }					\
	static void write_##n(void *value) { u64 _v = *(u64 *)value; write; isb(); }
REGISTERS(ACCESS)

#define ENTRY(n, read, write)	{ #n, read_##n, write_##n },
static const struct reg regs[] = { REGISTERS(ENTRY) };

static u64 found[ARRAY_SIZE(regs)];
static bool there[ARRAY_SIZE(regs)];
static u64 vectors_found[VECTOR_WORDS], fp_found[2];
static unsigned int looked, unclean;

/* What the CPU may lack comes last: its exception changes ESR, ELR, SPSR and FAR, which are read by then. */
static void read_all(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(regs); n++)
		there[n] = !excp_try(regs[n].read, &found[n]);
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
		if (there[n] && may_fill(regs[n].name))
			excp_try(regs[n].write, &value);
	write_sysreg(cntv_cval_el0, ~PATTERN);
	write_sysreg(cntp_cval_el0, ~PATTERN);
	/* the last ones: whoever prints or is interrupted now would change them */
	fill_vectors();
}

void inmate_main(void)
{
	unsigned int n;

	read_all();
	read_vectors(vectors_found, fp_found);
	for (n = 0; n < ARRAY_SIZE(regs); n++)
		report_register(n);
	for (n = 0; n < ARRAY_SIZE(vectors_found); n++)
		report("word of the vectors", n, vectors_found[n], 0);
	report("control of FP", 0, fp_found[0], 0);
	report("status of FP", 0, fp_found[1], 0);
	printk("residue: %u registers looked at, %u are not clean\n", looked, unclean);
	fill();
	comm_region->cell_state = JAILHOUSE_CELL_SHUT_DOWN;
}
