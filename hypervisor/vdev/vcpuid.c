// SPDX-License-Identifier: GPL-2.0
/*
 * vcpuid - CPUID as cells see it
 *
 * Root sees its hardware, so that a Linux which was there before the hypervisor finds nothing
 * changed, plus the hypervisor leaves. A cell does not see what the MSR policy denies it. Leaf 0xd
 * needs no care: hardware answers for the guest's XCR0, which is loaded.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/vdev.h>

enum { EAX, EBX, ECX, EDX };

#define LEAF_HV_FIRST		0x40000000
#define LEAF_HV_FEATURES	0x40000001
#define LEAF_HV_LAST		0x4fffffff

#define LEAF1_ECX_X2APIC	(1u << 21)
#define LEAF1_ECX_OSXSAVE	(1u << 27)
#define LEAF1_ECX_HYPERVISOR	(1u << 31)
#define LEAF7_ECX_OSPKE		(1u << 4)
#define CR4_OSXSAVE		(1ULL << 18)
#define CR4_PKE			(1ULL << 22)

#define ALL	0xffffffffu
#define ANY	0xffffffffu	/* every subleaf */

/**
 * struct hidden - bits of a leaf that a cell reads as zero (AMD APM vol. 3, appendix E; SDM vol.
 * 2A, CPUID)
 */
struct hidden {
	u32 leaf, subleaf;
	u32 bits[4];
};

static const struct hidden hidden_from_cells[] = {
	/* VMX, SMX, EIST, TM2, PDCM · DTS, ACPI thermal, TM */
	{ 0x1,
	  ANY,
	  { 0, 0, 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 15,
	    1u << 21 | 1u << 22 | 1u << 29 } },
	/* power: all but the always running timer and effective frequency */
	{ 0x6, ANY, { ~(1u << 2), ALL, ~1u, ALL } },
	/* SGX, resctrl, processor trace · WAITPKG, shadow stacks · indirect branch tracking */
	{ 0x7, 0, { 0, 1u << 2 | 1u << 12 | 1u << 15 | 1u << 25, 1u << 5 | 1u << 7, 1u << 20 } },
	{ 0xa, ANY, { ALL, ALL, ALL, ALL } }, /* performance counters */
	{ 0xd, 1, { 1u << 4, 0, 0, 0 } }, /* XFD */
	{ 0xf, ANY, { ALL, ALL, ALL, ALL } }, /* cache monitoring */
	{ 0x10, ANY, { ALL, ALL, ALL, ALL } }, /* cache allocation */
	{ 0x12, ANY, { ALL, ALL, ALL, ALL } }, /* SGX */
	{ 0x14, ANY, { ALL, ALL, ALL, ALL } }, /* processor trace */
	/*
	 * SVM, IBS, SKINIT, watchdog, LWP, counters (core, NB), breakpoint masks, PTSC, L3 counters
	 */
	{ 0x80000001,
	  ANY,
	  { 0, 0,
	    1u << 2 | 1u << 10 | 1u << 12 | 1u << 13 | 1u << 15 | 1u << 23 | 1u << 24 | 1u << 26 |
		    1u << 27 | 1u << 28,
	    0 } },
	/* power: all but invariant TSC and effective frequency */
	{ 0x80000007, ANY, { ALL, ALL, ALL, ~(1u << 8 | 1u << 10) } },
	/* INVLPGB, MBE, PPIN, CPPC */
	{ 0x80000008, ANY, { 0, 1u << 3 | 1u << 6 | 1u << 23 | 1u << 27, 0, 0 } },
	{ 0x8000000a, ANY, { ALL, ALL, ALL, ALL } }, /* SVM */
	{ 0x8000001b, ANY, { ALL, ALL, ALL, ALL } }, /* IBS */
	{ 0x8000001c, ANY, { ALL, ALL, ALL, ALL } }, /* LWP */
	{ 0x8000001f, ANY, { ALL, ALL, ALL, ALL } }, /* memory encryption */
	{ 0x80000020, ANY, { ALL, ALL, ALL, ALL } }, /* bandwidth allocation */
	/* performance counters, version 2 */
	{ 0x80000022, ANY, { ALL, ALL, ALL, ALL } },
};

/* Leaves of the table above, for a quick answer: bit n is leaf n, and leaf 0x80000000 + n. */
#define LOW_LEAVES                                                                                 \
	(1ULL << 0x1 | 1ULL << 0x6 | 1ULL << 0x7 | 1ULL << 0xa | 1ULL << 0xd | 1ULL << 0xf |       \
	 1ULL << 0x10 | 1ULL << 0x12 | 1ULL << 0x14)
#define HIGH_LEAVES                                                                                \
	(1ULL << 0x1 | 1ULL << 0x7 | 1ULL << 0x8 | 1ULL << 0xa | 1ULL << 0x1b | 1ULL << 0x1c |     \
	 1ULL << 0x1f | 1ULL << 0x20 | 1ULL << 0x22)

static bool has_hidden_bits(u32 leaf)
{
	u64 leaves = leaf >> 31 ? HIGH_LEAVES : LOW_LEAVES;
	u32 index = leaf & 0x7fffffff;

	return index < 64 && (leaves >> index & 1);
}

static void hide_from_cell(u32 leaf, u32 subleaf, u32 regs[4])
{
	const struct hidden *h;
	unsigned int i;

	/* in ascending order */
	for (h = hidden_from_cells;
	     h < hidden_from_cells + ARRAY_SIZE(hidden_from_cells) && h->leaf <= leaf; h++) {
		if (h->leaf != leaf || (h->subleaf != ANY && h->subleaf != subleaf))
			continue;
		for (i = 0; i < 4; i++)
			regs[i] &= ~h->bits[i];
	}
}

static u32 reflect(u32 reg, u32 bit, bool set)
{
	return set ? reg | bit : reg & ~bit;
}

static void hypervisor_leaf(u32 leaf, u32 regs[4])
{
	regs[EAX] = regs[EBX] = regs[ECX] = regs[EDX] = 0;
	if (leaf != LEAF_HV_FIRST)
		return;
	regs[EAX] = LEAF_HV_FEATURES;
	regs[EBX] = 0x6c69614a;		/* "Jailhouse" */
	regs[ECX] = 0x73756f68;
	regs[EDX] = 0x00000065;
}

void vcpuid_filter(const struct cell *c, u32 leaf, u32 subleaf, u64 cr4, u32 regs[4])
{
	if (leaf >= LEAF_HV_FIRST && leaf <= LEAF_HV_LAST) {
		hypervisor_leaf(leaf, regs);
		return;
	}

	/* These two mirror CR4; hardware answered for the hypervisor's. */
	if (leaf == 1)
		regs[ECX] = reflect(regs[ECX], LEAF1_ECX_OSXSAVE, cr4 & CR4_OSXSAVE);
	if (leaf == 7 && subleaf == 0)
		regs[ECX] = reflect(regs[ECX], LEAF7_ECX_OSPKE, cr4 & CR4_PKE);

	if (cell_is_root(c))
		return;
	if (has_hidden_bits(leaf))
		hide_from_cell(leaf, subleaf, regs);
	if (leaf == 1)
		regs[ECX] |= LEAF1_ECX_HYPERVISOR | LEAF1_ECX_X2APIC;
}
