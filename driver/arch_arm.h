/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ARM and ARM64: the way beneath Linux, and what else differs. Included by arch.h.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_ARCH_ARM_H
#define DRIVER_ARCH_ARM_H

#include <linux/types.h>
#include <asm/cacheflush.h>

#ifdef CONFIG_ARM64
#define DRIVER_ARCHITECTURE	JAILHOUSE_ARM64
#define DRIVER_LINK_BASE	HV_LINK_BASE_ARM64
#define ARCH_STATS_CP15(entry)
#define CLEAN_LINE		"dc civac, %0"
#define sync_instructions	caches_clean_inval_pou
/** Linux's stub has EL2 of this CPU again: KVM, which may have had it, gets it back. */
void give_el2_to_kvm(void);
#else
#define DRIVER_ARCHITECTURE	JAILHOUSE_ARM
#define DRIVER_LINK_BASE	HV_LINK_BASE_ARM
#define ARCH_STATS_CP15(entry)	entry(cp15, CP15)
#define CLEAN_LINE		"mcr p15, 0, %0, c7, c14, 1"	/* DCCIMVAC */
#define sync_instructions	flush_icache_range
static inline void give_el2_to_kvm(void) { }
#endif

/* Exit counters that only this architecture has: name in sysfs, name of the constant */
#define ARCH_STATS(entry)		\
	entry(maintenance, MAINTENANCE)	\
	entry(virt_irq, VIRQ)		\
	entry(virt_sgi, VSGI)		\
	entry(psci, PSCI)		\
	entry(smccc, SMCCC)		\
	ARCH_STATS_CP15(entry)

/** struct passage - @entry: physical address of the hypervisor's entry */
struct passage {
	u64 entry;
};

struct jailhouse_refusal;

/** Is EL2 (HYP mode) there, and Linux not in it? Returns 0, or -Exxx with @why filled. */
int __must_check arm_check_el2(struct jailhouse_refusal *why);

#endif /* DRIVER_ARCH_ARM_H */
