/* SPDX-License-Identifier: GPL-2.0 */
/* mitigations - which of them a CPU needs. Pure: what the CPU says is data. */
#ifndef VIRT_MITIGATIONS_H
#define VIRT_MITIGATIONS_H

#include <hv/types.h>
#include <jailhouse/mitigations.h>

/** Those that are a part of each exit and entry: such a CPU runs the loop that has them. */
#define MITIGATIONS_OF_LOOP (JAILHOUSE_MITIGATE_RSB | JAILHOUSE_MITIGATE_VERW | JAILHOUSE_MITIGATE_L1D)

/** struct cpu_facts - CPUID leaves and registers that tell; 0 where a leaf or register does not exist */
struct cpu_facts {
	bool svm;			/* AMD and its kin; else Intel and its kin */
	u32 leaf7_ebx, leaf7_edx;
	u32 ext8_ebx;			/* leaf 0x80000008 */
	u32 ext21_eax, ext21_ecx;	/* leaf 0x80000021 */
	u64 arch_capabilities;
	u64 efer;			/* as it is while the hypervisor runs */
};

/** JAILHOUSE_MITIGATE_* */
u32 mitigations_choose(const struct cpu_facts *cpu);

#endif /* VIRT_MITIGATIONS_H */
