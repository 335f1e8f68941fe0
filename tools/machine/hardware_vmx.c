// SPDX-License-Identifier: GPL-2.0
/*
 * What a VMX CPU has to offer is decided by the hypervisor's own function over its capability registers, which names the first thing
 * that is missing. To see all of them, it is asked about CPUs that lack one thing each: a CPU that has everything, but for one register
 * as it is, or one bit of it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <errno.h>
#include <string.h>
#include <virt/vmx_caps.h>

#include "hardware.h"

/* Numbers: SDM vol. 4, table 2-2. The order of these is that of the fields below. */
static const uint32_t msrs[] = { 0x3a, 0x480, 0x485, 0x48c, 0x48d, 0x48e, 0x48b, 0x48f, 0x490, 0x486, 0x487, 0x488, 0x489 };

#define NUM_MSRS	(sizeof(msrs) / sizeof(msrs[0]))
#define MSR_PROC	0x482
#define MSR_PROC2	0x48b
#define MSR_EPT_VPID	0x48c
#define MSR_BASIC	0x480
#define MSR_TRUE_FIRST	0x48d
#define MSR_TRUE_LAST	0x490

#define BASIC_TRUE	(1ULL << 55)
#define PROC_SECONDARY	(1ULL << 63)
#define PROC2_EPT_VPID	(0x22ULL << 32)	/* EPT or VPID: then the register exists (SDM vol. 3D, A.10) */

uint32_t hardware_vmx_msr(unsigned int n)
{
	return n < NUM_MSRS ? msrs[n] : 0;
}

static u64 *field(struct vmx_caps *c, unsigned int n)
{
	u64 *const fields[NUM_MSRS] = {
		&c->feature_control, &c->basic, &c->misc, &c->ept_vpid, &c->pin, &c->proc, &c->proc2, &c->exit, &c->entry,
		&c->cr0_fixed0, &c->cr0_fixed1, &c->cr4_fixed0, &c->cr4_fixed1,
	};

	return fields[n];
}

/* A CPU that lacks nothing: what may be 1 may be, nothing has to be. */
static const struct vmx_caps perfect = {
	.feature_control = ~0ULL, .misc = ~0ULL, .ept_vpid = ~0ULL,
	.basic = BASIC_TRUE | 4096ULL << 32 | 6ULL << 50,
	.pin = ~0ULL << 32, .proc = ~0ULL << 32, .proc2 = ~0ULL << 32, .exit = ~0ULL << 32, .entry = ~0ULL << 32,
	.cr0_fixed1 = ~0ULL, .cr4_fixed1 = ~0ULL,
};

struct item {
	enum jailhouse_rule rule;
	const char *name, *why;
};

static const struct item items[] = {
	{ RULE_VIRT_DISABLED, "Enabled by the firmware", "The hypervisor cannot switch on what the firmware has locked." },
	{ RULE_VMX_VMCS, "Control structures in memory", "Each CPU describes its guest in one page." },
	{ RULE_VMX_TRUE_CONTROLS, "TRUE control registers", "They say which exits can be left out; the others cost the root cell time." },
	{ RULE_VMX_SECONDARY, "Secondary controls", "EPT and unrestricted guests are among them." },
	{ RULE_VMX_ACTIVITY_HLT, "HLT activity state", "A CPU that waits is stopped and woken where it is." },
	{ RULE_VMX_INTERRUPTS, "Interrupts go to the guest", "A cell's interrupts reach it without an exit." },
	{ RULE_VMX_NMI, "NMI exiting", "The hypervisor calls CPUs by NMI." },
	{ RULE_VMX_VIRTUAL_NMI, "Virtual NMIs", "Linux's own NMIs are handed on in their order." },
	{ RULE_VMX_PREEMPTION_TIMER, "Preemption timer", "An exit can be had at once where an NMI came at a bad moment." },
	{ RULE_VMX_CR3, "No exits for CR3 and HLT", "Page table changes and waiting cost a cell nothing." },
	{ RULE_VMX_IO_BITMAPS, "I/O bitmaps", "They keep cells from ports of others." },
	{ RULE_VMX_MSR_BITMAPS, "MSR bitmaps", "They keep cells from registers that are not theirs." },
	{ RULE_VMX_RDPMC, "RDPMC exiting", "Performance counters would tell cells about each other." },
	{ RULE_VMX_WBINVD, "WBINVD exiting", "A cell that empties caches slows the others." },
	{ RULE_VMX_EPT, "Extended page tables (EPT)", "They keep cells from memory of others." },
	{ RULE_VMX_UNRESTRICTED, "Unrestricted guest", "Cells start in real mode." },
	{ RULE_VMX_RDTSCP, "RDTSCP for guests", "A guest that saw the instruction before keeps it." },
	{ RULE_VMX_INVPCID, "INVPCID for guests", "A guest that saw the instruction before keeps it." },
	{ RULE_VMX_XSAVES, "XSAVES for guests", "A guest that saw the instruction before keeps it." },
	{ RULE_VMX_WAITPKG, "UMWAIT for guests", "A guest that saw the instruction before keeps it." },
	{ RULE_VMX_PAT, "Switch of the PAT", "Guest and hypervisor have memory types of their own." },
	{ RULE_VMX_EFER, "Switch of EFER", "Guests of 16, 32 and 64 bits run beneath a hypervisor of 64." },
	{ RULE_VMX_EPT_FORMAT, "EPT: 4 levels, write-back, 2M", "The hypervisor's page tables have this form." },
	{ RULE_VMX_INVEPT, "EPT: INVEPT", "Memory that is taken away must be gone from TLBs." },
};

#define NUM_ITEMS	(sizeof(items) / sizeof(items[0]))

/* --- what the CPU says ------------------------------------------------------------------------------------------------------- */

static u64 capability(const struct tree *t, unsigned int cpu, uint32_t msr)
{
	uint64_t value;

	return cpus_msr(t, cpu, msr, &value) ? value : 0;
}

/* Registers that do not exist read as 0. */
static void read_features(const struct tree *t, unsigned int cpu, struct vmx_caps *c)
{
	uint32_t r[4];

	if (cpus_cpuid(t, cpu, 0x80000001, 0, r))
		c->rdtscp = r[3] >> 27 & 1;
	if (cpus_cpuid(t, cpu, 7, 0, r)) {
		c->invpcid = r[1] >> 10 & 1;
		c->waitpkg = r[2] >> 5 & 1;
	}
	if (cpus_cpuid(t, cpu, 0xd, 1, r))
		c->xsaves = r[0] >> 3 & 1;
}

static void read_caps(const struct tree *t, unsigned int cpu, struct vmx_caps *c)
{
	unsigned int n;

	*c = (struct vmx_caps){ 0 };
	for (n = 0; n < NUM_MSRS; n++)
		*field(c, n) = capability(t, cpu, msrs[n]);
	read_features(t, cpu, c);
}

/* --- asking ------------------------------------------------------------------------------------------------------------------ */

static void ask(const struct vmx_caps *c, u64 said, u64 answers[NUM_ITEMS], bool missing[NUM_ITEMS])
{
	struct vmx_controls unused;
	u64 value;
	u32 rule;
	unsigned int n;

	/* CR0 and CR4 cannot be read here: whether what Linux has there fits is left to "enable". */
	if (!vmx_choose_controls(c, c->cr0_fixed0, c->cr4_fixed0, &unused, &rule, &value))
		return;
	for (n = 0; n < NUM_ITEMS; n++) {
		if (items[n].rule != (enum jailhouse_rule)rule)
			continue;
		missing[n] = true;
		answers[n] = said;
	}
}

static void ask_about_register(const struct vmx_caps *real, unsigned int reg, u64 answers[NUM_ITEMS], bool missing[NUM_ITEMS])
{
	struct vmx_caps c = perfect, have = *real;
	const u64 said = *field(&have, reg), ideal = *field(&c, reg);
	unsigned int bit;

	c.rdtscp = real->rdtscp;
	c.invpcid = real->invpcid;
	c.xsaves = real->xsaves;
	c.waitpkg = real->waitpkg;
	*field(&c, reg) = said;
	ask(&c, said, answers, missing);
	if (msrs[reg] == MSR_BASIC)
		return;		/* holds numbers, not flags */
	for (bit = 0; bit < 64; bit++) {
		if (!((said ^ ideal) >> bit & 1))
			continue;
		*field(&c, reg) = ideal ^ 1ULL << bit;
		ask(&c, said, answers, missing);
	}
}

void hardware_vmx(const struct tree *t, unsigned int cpu, struct findings *f)
{
	bool missing[NUM_ITEMS] = { false };
	u64 answers[NUM_ITEMS] = { 0 };
	struct vmx_caps caps;
	unsigned int n;

	read_caps(t, cpu, &caps);
	for (n = 0; n < NUM_MSRS; n++)
		ask_about_register(&caps, n, answers, missing);
	for (n = 0; n < NUM_ITEMS; n++) {
		struct jailhouse_refusal r;

		if (!missing[n]) {
			finding_ok(f, NEEDED, items[n].name, items[n].why);
			continue;
		}
		refusal_init(&r, items[n].rule);
		r.value[0] = cpu;
		r.value[1] = answers[n];
		finding_refusal(f, items[n].name, items[n].why, &r);
	}
}
