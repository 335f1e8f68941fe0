/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86-64: the way beneath Linux, and what else differs. Included by arch.h.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef DRIVER_ARCH_X86_H
#define DRIVER_ARCH_X86_H

#include <linux/list.h>
#include <linux/types.h>
#include <jailhouse/image.h>

#define DRIVER_ARCHITECTURE	JAILHOUSE_X86

/* Exit counters that only this architecture has: name in sysfs, name of the constant */
#define ARCH_STATS(entry)			\
	entry(pio, PIO)				\
	entry(xapic, XAPIC)			\
	entry(cr, CR)				\
	entry(cpuid, CPUID)			\
	entry(xsetbv, XSETBV)			\
	entry(exception, EXCEPTION)		\
	entry(msr_other, MSR_OTHER)		\
	entry(msr_x2apic_icr, MSR_X2APIC_ICR)

/**
 * struct transition - a page table: Linux's kernel half and the hypervisor's memory at its link
 * address
 */
struct transition {
	u64 *top;
	int levels;
	struct list_head tables;	/* struct page, by lru */
};

/**
 * struct passage - from enable to disable
 * @handovers: one per CPU number, from kmalloc: the hypervisor writes them while a CPU leaves
 */
struct passage {
	struct transition transition;
	struct hv_cpu_handover *handovers;
	u32 num_cpus;
};

#endif /* DRIVER_ARCH_X86_H */
