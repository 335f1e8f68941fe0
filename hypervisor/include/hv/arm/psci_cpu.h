/* SPDX-License-Identifier: GPL-2.0 */
/* psci_cpu - what PSCI knows of one CPU; public. Copyright (c) Jailhouse contributors, 2026 */
#ifndef HV_ARM_PSCI_CPU_H
#define HV_ARM_PSCI_CPU_H

#include <hv/types.h>

enum psci_state { PSCI_OFF, PSCI_ON_PENDING, PSCI_ON };

/**
 * struct psci_cpu - @entry and @context belong to the CPU that made @state ON_PENDING, then to the
 * CPU itself
 */
struct psci_cpu {
	u32 state;		/* enum psci_state; atomic */
	u64 entry, context;
};

#endif /* HV_ARM_PSCI_CPU_H */
