/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ARM64: the way beneath Linux, and what else differs. Included by arch.h.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_ARCH_ARM64_H
#define DRIVER_ARCH_ARM64_H

#include <linux/types.h>

#define DRIVER_ARCHITECTURE	JAILHOUSE_ARM64

/* Exit counters that only this architecture has: name in sysfs, name of the constant */
#define ARCH_STATS(entry)		\
	entry(maintenance, MAINTENANCE)	\
	entry(virt_irq, VIRQ)		\
	entry(virt_sgi, VSGI)		\
	entry(psci, PSCI)		\
	entry(smccc, SMCCC)

/** struct passage - @entry: physical address of the hypervisor's entry */
struct passage {
	u64 entry;
};

#endif /* DRIVER_ARCH_ARM64_H */
