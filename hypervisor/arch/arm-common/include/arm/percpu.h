/* SPDX-License-Identifier: GPL-2.0 */
/*
 * percpu - everything private to one CPU, in one area that only its own tables map (at LOCAL_BASE).
 */
#ifndef ARM_PERCPU_H
#define ARM_PERCPU_H

#include <hv/vcpu.h>
#include <arch/cpu.h>
#include <arch/layout.h>
#include <jailhouse/crash_log.h>
#include <jailhouse/image.h>

/**
 * struct arm_regs - the guest's general registers while the hypervisor runs, with what stays in the CPU left out:
 * on ARMv7 what is banked for a mode; x[13] is LR of user mode there
 */
struct arm_regs {
	unsigned long x[ARM_GENERAL_REGS];
	unsigned long fault_resume;	/* an abort of the hypervisor's own access continues here, 0: none */
} __aligned(16);

/** Registers of EL2, without their suffix; the last one: where Linux is reached again. */
#define ARM_LINUX_EL2(x)	\
	x(cptr) x(mdcr) x(hstr) x(cnthctl) x(cntvoff) x(vttbr) x(vtcr) x(vpidr) x(vmpidr) x(hcr) x(vbar)

/** struct arm_linux_el2 - these as Linux had them, put back when the hypervisor is left */
struct arm_linux_el2 {
#define MEMBER(name)	u64 name;
	ARM_LINUX_EL2(MEMBER)
#undef MEMBER
	u64 sctlr;
};

struct percpu {
	u8 stack[PERCPU_REGS];			/* lowest page is not mapped: guard */
	struct arm_regs regs;
	u64 own[ARM_OWN_LEVELS][512];		/* tables of EL2, from the top one down to that of LOCAL_BASE and WINDOW_BASE */
	u64 local_l3[512], window_l3[512];	/* below it */
	struct vcpu vcpu;
	u64 self_pa;				/* of this area */
	u64 ttbr;
	struct arm_linux_el2 linux_el2;
	u64 linux_gic[8];			/* irqchip's, until leaving */
	const struct hv_fault_frame *fault;	/* the exception that this CPU panics for */
	struct hv_exit_ring exits;		/* what came before, for the crash log */
} __aligned(PAGE_SIZE);

_Static_assert(offsetof(struct percpu, regs) == PERCPU_REGS, "layout.h");
_Static_assert(PERCPU_REGS + sizeof(struct arm_regs) == PERCPU_STACK_SIZE, "layout.h");
_Static_assert(sizeof(struct percpu) == PERCPU_SIZE, "layout.h");

/** Remember an exit for the crash log. */
static inline void percpu_note_exit(struct percpu *p, u64 reason, u64 rip, u64 info1, u64 info2)
{
	u64 seq = p->exits.count;
	struct hv_exit_record *r = &p->exits.record[seq % HV_EXIT_RING_SIZE];

	*r = (struct hv_exit_record){ .seq = seq, .tsc = arch_cycles(), .reason = reason, .rip = rip,
				      .info1 = info1, .info2 = info2 };
	r->check = hv_exit_check(r);
	p->exits.count = seq + 1;
}

/** Only in hal/ and entry/, and only with the CPU's own tables loaded. */
static inline struct percpu *this_cpu(void) { return (struct percpu *)LOCAL_BASE; }

static inline struct percpu *vcpu_percpu(struct vcpu *v) { return container_of(v, struct percpu, vcpu); }

#endif /* ARM_PERCPU_H */
