/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pcpu - what all CPUs may know of a physical CPU: identity, owner, control mailbox, statistics. Public.
 * vcpu - the guest context on it: registers, VMCB. Private: mapped on its own CPU only, so another CPU never dereferences it.
 *
 * CPUs are pinned: pcpu and vcpu are one to one. Core code receives a struct vcpu * and never asks "which CPU am I".
 */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include <hv/types.h>
#include <hv/spinlock.h>
#include <jailhouse/hypercall.h>
#include <arch/vcpu.h>		/* struct arch_pcpu, struct arch_vcpu */

struct cell;

/** Requests that one CPU posts to another; handled by cpu_ctrl_process() on the target. */
enum cpu_request {
	CPU_REQ_PARK		= 1 << 0,	/* stop executing the guest; sit in the park page */
	CPU_REQ_RESET		= 1 << 1,	/* architectural reset, start at ctrl.arg (cell start) */
	CPU_REQ_ASSIGN		= 1 << 2,	/* pcpu->cell changed: take its stage 2 and permissions, scrub registers, park */
	CPU_REQ_FLUSH		= 1 << 3,	/* stage 2 of the own cell changed */
	CPU_REQ_SCRUB		= 1 << 4,	/* help with cell->scrub until it is done */
	CPU_REQ_LEAVE		= 1 << 5,	/* emergency: root CPU returns to Linux, cell CPU stops for good */
	CPU_REQ_ARCH_INIT	= 1 << 6,	/* x86 INIT */
	CPU_REQ_ARCH_START	= 1 << 7,	/* x86 SIPI, vector in ctrl.sipi_vector */
	CPU_REQ_VERIFY		= 1 << 8,	/* look at the own tables, for verify() */
};

struct cpu_ctrl {
	u32 requests;			/* enum cpu_request; atomic, no lock: a CPU in trouble can still be told to leave */
	spinlock_t lock;		/* guards suspend_count, suspended */
	u32 suspend_count;		/* >0: the CPU waits in cpu_ctrl_process() */
	bool suspended;			/* written by the target (release), read by the suspender (acquire) */
	u8 sipi_vector;
	u64 reset_address;
};

struct pcpu {
	u32 id;				/* logical CPU, Linux numbering */
	u32 pad;
	u64 hw_id;			/* APIC id */
	struct cell *cell;		/* owner; changes with management quiesced and this CPU suspended */
	struct cpu_ctrl ctrl;
	bool failed;			/* stopped by a violation */
	bool parked;			/* does not execute guest code at the moment */
	bool leaving;			/* was told to leave: runs no guest any more */
	bool online;			/* took part in enable */
	bool verified;			/* written by its own CPU (release), cleared by verify() */
	u64 wrong_table;		/* address that must not be mapped for it, 0: none; before @verified */
	u32 stats[JAILHOUSE_NUM_CPU_STATS];	/* written by its own CPU only; zeroed on assignment */
	struct arch_pcpu arch;
};

/**
 * struct stage2_hint - readable RAM of the own cell, found by a walk of its stage 2: the page at
 * @tag & PAGE_MASK is the physical page @page. Bit 0 of @tag: valid.
 *
 * It is what a TLB entry is: the CPU drops all of them where it flushes its TLB, which the
 * hypervisor demands of it whenever a translation of its cell is taken away or changed
 * (mgmt_flush_root(), CPU_REQ_FLUSH, CPU_REQ_ASSIGN), while it is suspended, before it handles the
 * next exit. Nothing of the guest's own tables is remembered: those it changes without telling.
 */
struct stage2_hint { u64 tag, page; };

#define VCPU_HINTS	8	/* power of two */

struct vcpu {
	struct pcpu *pcpu;
	struct arch_vcpu arch;
	struct stage2_hint hints[VCPU_HINTS];	/* of page n in n % VCPU_HINTS */
};

/** Called by the arch part of arch_vcpu_flush_stage2() and arch_vcpu_switch_cell(). */
static inline void vcpu_forget_stage2(struct vcpu *v)
{
	for (unsigned int i = 0; i < VCPU_HINTS; i++)
		v->hints[i].tag = 0;
}

static inline void vcpu_count(struct vcpu *v, unsigned int stat)
{
	v->pcpu->stats[stat]++;
}

/** CPU_GET_INFO's answer: any CPU may read another's. */
static inline s64 pcpu_info(const struct pcpu *cpu, u64 type)
{
	u64 stat = type - JAILHOUSE_CPU_INFO_STAT_BASE;

	if (type == JAILHOUSE_CPU_INFO_STATE)
		return cpu->failed ? JAILHOUSE_CPU_FAILED : JAILHOUSE_CPU_RUNNING;
	if (stat >= JAILHOUSE_NUM_CPU_STATS)
		return -HV_EINVAL;
	return READ_ONCE(cpu->stats[stat]) & 0x7fffffff;
}

#endif /* HV_VCPU_H */
