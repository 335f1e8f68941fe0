// SPDX-License-Identifier: GPL-2.0
/*
 * mitigations - which of them a CPU needs, beyond page tables that hold nobody's secrets.
 *
 * AMD: APM vol. 2, 3.2.9 (speculation control); "Software Techniques for Managing Speculation on AMD Processors"; "Technical
 * Guidance for Mitigating Transient Scheduler Attacks". Intel: SDM vol. 4, 2.1 (IA32_ARCH_CAPABILITIES) and the guidance on
 * MDS, TAA, processor MMIO stale data, RFDS and L1TF.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <virt/mitigations.h>

#define LEAF7_EBX_RTM		(1U << 11)
#define LEAF7_EDX_MD_CLEAR	(1U << 10)
#define LEAF7_EDX_IBPB		(1U << 26)	/* and IBRS */
#define LEAF7_EDX_L1D_FLUSH	(1U << 28)
#define EXT8_EBX_IBPB		(1U << 12)
#define EXT21_EAX_VERW_CLEAR	(1U << 5)
#define EXT21_ECX_TSA_NO	(3U << 1)	/* neither by the store queue nor by the first-level cache */

#define ARCH_RDCL_NO		(1UL << 0)
#define ARCH_SKIP_L1DFL		(1UL << 3)	/* who runs above us flushes */
#define ARCH_MDS_NO		(1UL << 5)
#define ARCH_TAA_NO		(1UL << 8)
#define ARCH_MMIO_NO		(7UL << 13)	/* SBDR_SSDP_NO, FBSDP_NO, PSDP_NO */
#define ARCH_FB_CLEAR		(1UL << 17)
#define ARCH_RFDS_NO		(1UL << 27)
#define ARCH_RFDS_CLEAR		(1UL << 28)

/* With automatic IBRS the CPU clears its return stack at each exit. */
static bool needs_rsb(const struct cpu_facts *cpu)
{
	return !(cpu->svm && (cpu->efer & X86_EFER_AIBRSE));
}

static bool needs_ibpb(const struct cpu_facts *cpu)
{
	return (cpu->ext8_ebx & EXT8_EBX_IBPB) || (cpu->leaf7_edx & LEAF7_EDX_IBPB);
}

static bool lacks(u64 have, u64 all)
{
	return (have & all) != all;
}

/* Only where VERW clears buffers: elsewhere it would cost and do nothing. */
static bool needs_verw(const struct cpu_facts *cpu)
{
	u64 caps = cpu->arch_capabilities;

	if (cpu->svm)
		return (cpu->ext21_eax & EXT21_EAX_VERW_CLEAR) && lacks(cpu->ext21_ecx, EXT21_ECX_TSA_NO);
	if ((cpu->leaf7_edx & LEAF7_EDX_MD_CLEAR) &&
	    (!(caps & ARCH_MDS_NO) || (!(caps & ARCH_TAA_NO) && (cpu->leaf7_ebx & LEAF7_EBX_RTM))))
		return true;
	return ((caps & ARCH_FB_CLEAR) && lacks(caps, ARCH_MMIO_NO)) || ((caps & ARCH_RFDS_CLEAR) && !(caps & ARCH_RFDS_NO));
}

static bool needs_l1d_flush(const struct cpu_facts *cpu)
{
	return !cpu->svm && (cpu->leaf7_edx & LEAF7_EDX_L1D_FLUSH) && !(cpu->arch_capabilities & (ARCH_RDCL_NO | ARCH_SKIP_L1DFL));
}

static const struct { u32 bit; bool (*is_needed)(const struct cpu_facts *cpu); } rules[] = {
	{ JAILHOUSE_MITIGATE_RSB, needs_rsb },
	{ JAILHOUSE_MITIGATE_IBPB, needs_ibpb },
	{ JAILHOUSE_MITIGATE_VERW, needs_verw },
	{ JAILHOUSE_MITIGATE_L1D, needs_l1d_flush },
};

u32 mitigations_choose(const struct cpu_facts *cpu)
{
	u32 chosen = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].is_needed(cpu))
			chosen |= rules[i].bit;
	return chosen;
}
