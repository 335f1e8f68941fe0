// SPDX-License-Identifier: GPL-2.0
/*
 * mitigations - each CPU's choice at boot, and what is told about it.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <virt/mitigations.h>
#include <x86/entry.h>
#include <x86/hal.h>

#define LEAF7_EDX_ARCH_CAPABILITIES (1U << 29)

/* By set of mitigations; complete when all CPUs have passed their checks. */
static u32 cpus_with[1 << JAILHOUSE_MITIGATIONS];

/* Beyond the last leaf Intel's CPUs answer with that one. */
static void cpuid_if_there(u32 leaf, u32 r[4])
{
	cpuid(leaf & 0x80000000, 0, r);
	if (r[0] >= leaf)
		cpuid(leaf, 0, r);
	else
		r[0] = r[1] = r[2] = r[3] = 0;
}

static u32 choose(void)
{
	struct cpu_facts facts = { .svm = x86_has_gif, .efer = rdmsr(MSR_EFER) };
	u32 r[4];

	cpuid_if_there(7, r);
	facts.leaf7_ebx = r[1];
	facts.leaf7_edx = r[3];
	if (r[3] & LEAF7_EDX_ARCH_CAPABILITIES)
		facts.arch_capabilities = rdmsr(MSR_ARCH_CAPABILITIES);
	cpuid_if_there(0x80000008, r);
	facts.ext8_ebx = r[1];
	cpuid_if_there(0x80000021, r);
	facts.ext21_eax = r[0];
	facts.ext21_ecx = r[2];
	return mitigations_choose(&facts);
}

static bool are_off(void)
{
	return hv_header.flags & HV_FLAG_NO_MITIGATIONS;
}

void x86_mitigations_choose(struct percpu *p)
{
	p->mitigations = are_off() ? 0 : choose();
	__atomic_add_fetch(&cpus_with[p->mitigations], 1, __ATOMIC_RELAXED);
}

void x86_mitigations_report(struct system *s)
{
	static const char *const names[] = JAILHOUSE_MITIGATION_NAMES;
	const char *word[JAILHOUSE_MITIGATIONS];

	for (u32 set = 0; set < ARRAY_SIZE(cpus_with); set++) {
		if (!cpus_with[set])
			continue;
		for (u32 i = 0; i < JAILHOUSE_MITIGATIONS; i++)
			word[i] = set & 1U << i ? names[i] : "";
		s->status->mitigations |= set;
		log_printf("mitigations on %u CPUs: %s %s %s %s%s\n", cpus_with[set], word[0], word[1], word[2], word[3],
			   set ? "" : are_off() ? "off" : "none needed");
	}
}
