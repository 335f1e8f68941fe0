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

#define B(n)	(1u << (n))
#define ANY	0xffffffffu	/* every subleaf */
#define ALL	{ ANY, { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } }

/**
 * struct hidden - bits of a leaf that a cell reads as zero (AMD APM vol. 3, appendix E; SDM vol.
 * 2A, CPUID)
 */
struct hidden {
	u32 subleaf;
	u32 bits[4];
};

static const struct hidden low_leaves[] = {
	/* VMX, SMX, EIST, TM2, PDCM · DTS, ACPI thermal, TM */
	[0x01] = { ANY, { 0, 0, B(5) | B(6) | B(7) | B(8) | B(15), B(21) | B(22) | B(29) } },
	/* power: all but the always running timer and effective frequency */
	[0x06] = { ANY, { ~B(2), ~0u, ~B(0), ~0u } },
	/* SGX, resctrl, processor trace · WAITPKG, shadow stacks · indirect branch tracking */
	[0x07] = { 0, { 0, B(2) | B(12) | B(15) | B(25), B(5) | B(7), B(20) } },
	[0x0a] = ALL,				/* performance counters */
	[0x0d] = { 1, { B(4), 0, 0, 0 } },	/* XFD */
	[0x0f] = ALL,				/* cache monitoring */
	[0x10] = ALL,				/* cache allocation */
	[0x12] = ALL,				/* SGX */
	[0x14] = ALL,				/* processor trace */
};

/* 0x80000000 and up */
static const struct hidden high_leaves[] = {
	/*
	 * SVM, IBS, SKINIT, watchdog, LWP, counters (core, NB), breakpoint masks, PTSC, L3 counters
	 */
	[0x01] = { ANY, { 0, 0, B(2) | B(10) | B(12) | B(13) | B(15) |
				B(23) | B(24) | B(26) | B(27) | B(28), 0 } },
	/* power: all but invariant TSC and effective frequency */
	[0x07] = { ANY, { ~0u, ~0u, ~0u, ~(B(8) | B(10)) } },
	/* INVLPGB, MBE, PPIN, CPPC */
	[0x08] = { ANY, { 0, B(3) | B(6) | B(23) | B(27), 0, 0 } },
	[0x0a] = ALL,				/* SVM */
	[0x1b] = ALL,				/* IBS */
	[0x1c] = ALL,				/* LWP */
	[0x1f] = ALL,				/* memory encryption */
	[0x20] = ALL,				/* bandwidth allocation */
	[0x22] = ALL,				/* performance counters, version 2 */
};

static void hide_from_cell(u32 leaf, u32 subleaf, u32 regs[4])
{
	bool high = leaf >> 31;
	const struct hidden *h = high ? high_leaves : low_leaves;
	u32 i, index = leaf & 0x7fffffff;

	if (index >= (high ? ARRAY_SIZE(high_leaves) : ARRAY_SIZE(low_leaves)))
		return;
	if (h[index].subleaf != ANY && h[index].subleaf != subleaf)
		return;
	for (i = 0; i < 4; i++)
		regs[i] &= ~h[index].bits[i];
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
	hide_from_cell(leaf, subleaf, regs);
	if (leaf == 1)
		regs[ECX] |= LEAF1_ECX_HYPERVISOR | LEAF1_ECX_X2APIC;
}
