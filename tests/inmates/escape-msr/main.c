// SPDX-License-Identifier: GPL-2.0
/*
 * escape-msr: every model-specific register, read and written
 *
 * Copyright (c) Jailhouse contributors, 2026
 *
 * Rule: what a cell gets for each MSR is written in docs/MSR-POLICY.md, and nothing that is not written there is there: #GP. The columns
 * of the document are compiled into this program (policy.py), so that it cannot share a mistake with the hypervisor's table.
 *
 *  - Reads and writes of each of the 0x2000 registers of the three ranges of the permission map (AMD64 APM vol. 2, 15.11), and samples of
 *    those outside of it, which always exit. Four values are written: none, the lowest bit, every other bit, all bits.
 *  - "pass", "emulate": the register's own answer, a value or #GP. "fixed": this value. "ignore": no fault, and what was read before is
 *    read after. "#GP": #GP, for every value. Never anything else, and the CPU goes on. What was changed is written back.
 *  - A second list, written by hand from the manuals, of registers that reach memory, other CPUs, SMM or the hypervisor: #GP, whatever the
 *    document says.
 *
 * The registers that send interrupts are left to escape-apic.
 */
#include <tests/inmates/lib/escape.h>

#define RANGE_SIZE	0x2000

enum promise { FAULT, PASS, FIXED, IGNORED };

struct rule {
	u32 first, last;
	u64 value;
	u8 read, write;
};

static const struct rule rules[] = {
#include "msr-policy.inc"
};

static const struct rule others = { 0, 0xffffffff, 0, FAULT, FAULT };

static const u64 values[] = { 0, 1, 0x5555555555555555ULL, ~0ULL };

static const struct rule *rule_of(u32 msr)
{
	unsigned int low = 0, high = ARRAY_SIZE(rules);

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (msr < rules[middle].first)
			high = middle;
		else if (msr > rules[middle].last)
			low = middle + 1;
		else
			return &rules[middle];
	}
	return &others;
}

static bool own_answer(unsigned int vector)
{
	return vector == EXCP_NONE || vector == EXCP_GP;
}

static bool read_is_as_promised(u32 msr)
{
	const struct rule *r = rule_of(msr);
	unsigned int vector;
	u64 value;

	vector = try_read_msr(msr, &value);
	switch (r->read) {
	case FAULT:
		return vector == EXCP_GP;
	case FIXED:
		return vector == EXCP_NONE && value == r->value;
	default:
		return own_answer(vector);
	}
}

static bool write_is_as_promised(u32 msr, u64 value)
{
	const struct rule *r = rule_of(msr);
	unsigned int readable, vector;
	u64 before, after;

	if (r->write == FAULT)
		return try_write_msr(msr, value) == EXCP_GP;

	readable = try_read_msr(msr, &before);
	vector = try_write_msr(msr, value);
	if (r->write == IGNORED)
		return vector == EXCP_NONE &&
			(readable != EXCP_NONE || (try_read_msr(msr, &after) == EXCP_NONE && after == before));
	if (readable == EXCP_NONE)
		try_write_msr(msr, before);
	return own_answer(vector);
}

/* --- attacks -------------------------------------------------------------------------------------------------------------- */

#define AS_PROMISED "as promised"

static const char *sweep_reads(const struct attack *a)
{
	u32 n;

	for (n = 0; n < RANGE_SIZE; n++)
		if (!read_is_as_promised((u32)a->address + n))
			return answer("reading 0x%lx: %s", a->address + n, answer_exception());
	return AS_PROMISED;
}

static bool sends_interrupts(u32 msr)
{
	return msr == X2APIC_ICR || msr == X2APIC_SELF_IPI;
}

static const char *sweep_writes(const struct attack *a)
{
	unsigned int i;
	u32 n;

	for (n = 0; n < RANGE_SIZE; n++)
		for (i = 0; i < ARRAY_SIZE(values) && !sends_interrupts((u32)a->address + n); i++)
			if (!write_is_as_promised((u32)a->address + n, values[i]))
				return answer("writing 0x%llx to 0x%lx: %s", values[i], a->address + n, answer_exception());
	return AS_PROMISED;
}

/* Both sides of each border, the ranges of other vendors and hypervisors, and one of each 16 Mi. */
static const char *outside(const struct attack *a)
{
	static const u32 samples[] = {
		0x2000, 0x2001, 0x4000, 0xbfffffff, 0xc0002000, 0xc0003fff, 0xc000ffff, 0xc0012000, 0xc0013fff, 0xffffffff,
		0x40000000, 0x40000001, 0x40000070, 0x400000f0, 0x4b564d00, 0x4b564d01, 0x80860000, 0x1fffffff, 0x7fffffff,
	};
	u32 n, msr;
	u64 v;

	for (n = 0; n < ARRAY_SIZE(samples) + 256; n++) {
		msr = n < ARRAY_SIZE(samples) ? samples[n] : (u32)(n - ARRAY_SIZE(samples)) << 24 | 0x2345;
		if (try_read_msr(msr, &v) != EXCP_GP || try_write_msr(msr, 0) != EXCP_GP || try_write_msr(msr, ~0ULL) != EXCP_GP)
			return answer("0x%x: %s", msr, answer_exception());
	}
	return "#GP";
}

static const u32 never[] = {
	0x9b,		/* SMM monitor */
	0x79,		/* microcode */
	0xc81, 0xc90,	/* cache allocation */
	0xc0000104,	/* TSC ratio */
	0xc0010010,	/* SYSCFG */
	0xc0010016, 0xc0010017, 0xc0010018, 0xc0010019,	/* IORR */
	0xc001001a, 0xc001001d,				/* TOP_MEM, TOP_MEM2 */
	0xc001001f,	/* NB_CFG */
	0xc0010020,	/* PATCH_LOADER */
	0xc0010022,	/* machine checks become SMIs */
	0xc0010050, 0xc0010051, 0xc0010052, 0xc0010053, 0xc0010054, 0xc0010056,	/* SMI traps and triggers */
	0xc0010058,	/* MMIO configuration base */
	0xc0010062, 0xc0010064,			/* P-states */
	0xc0010111, 0xc0010112, 0xc0010113,	/* SMM_BASE, ADDR, MASK */
	0xc0010114, 0xc0010115, 0xc0010116, 0xc0010117, 0xc0010118,	/* VM_CR, IGNNE, SMM_CTL, VM_HSAVE_PA, SVM_KEY */
	0xc001011b,	/* AVIC doorbell */
	0xc0010130,	/* GHCB */
	0xc0011000, 0xc0011021, 0xc0011029,	/* CPUID overrides, core configuration */
};

static const char *write_never(const struct attack *a)
{
	unsigned int n, i;

	for (n = 0; n < ARRAY_SIZE(never); n++)
		for (i = 0; i < ARRAY_SIZE(values); i++)
			if (try_write_msr(never[n], values[i]) != EXCP_GP)
				return answer("writing 0x%llx to 0x%x: %s", values[i], never[n], answer_exception());
	return "#GP";
}

static const struct attack attacks[] = {
	{ "read-low", "MSRs 0 to 0x1fff", AS_PROMISED, sweep_reads, .address = 0 },
	{ "read-extended", "MSRs 0xc0000000 to 0xc0001fff", AS_PROMISED, sweep_reads, .address = 0xc0000000 },
	{ "read-amd", "MSRs 0xc0010000 to 0xc0011fff", AS_PROMISED, sweep_reads, .address = 0xc0010000 },
	{ "write-low", "MSRs 0 to 0x1fff", AS_PROMISED, sweep_writes, .address = 0 },
	{ "write-extended", "MSRs 0xc0000000 to 0xc0001fff", AS_PROMISED, sweep_writes, .address = 0xc0000000 },
	{ "write-amd", "MSRs 0xc0010000 to 0xc0011fff", AS_PROMISED, sweep_writes, .address = 0xc0010000 },
	{ "outside", "MSRs outside of the three ranges", "#GP", .run = outside },
	{ "write-never", "memory map, SMM, SVM, microcode", "#GP", .run = write_never },
};

void inmate_main(void)
{
	escape_main("escape-msr", attacks, ARRAY_SIZE(attacks));
}
