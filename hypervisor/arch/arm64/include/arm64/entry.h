/* SPDX-License-Identifier: GPL-2.0 */
/* entry - functions of arch/arm64/entry and its assembly that other files there use. */
#ifndef ARM64_ENTRY_H
#define ARM64_ENTRY_H

#include <hv/fault.h>
#include <hv/mmio.h>
#include <hv/subsys.h>
#include <hv/system.h>
#include <arm64/percpu.h>

struct hv_fault_frame;

extern struct system hv_system;

/** struct arm_composition - what main/ adds: which parts this image is made of */
struct arm_composition {
	/** Subsystems, console ring, status page; s->config is not there yet. */
	void (*compose)(struct system *s);
	/** Own tables are loaded for the first time: the debug console can be used now. */
	void (*console_mapped)(void);
};

/* entry.S */
extern u8 arm64_vectors[];
void __noreturn arm64_enter_guest(struct arm64_regs *regs);

/* setup.c */
/** The image's entry, on the CPU's private stack (linear alias) and the tables of start.S; see <jailhouse/image.h>. */
void __noreturn arm64_boot_cpu(u32 cpu, struct percpu *linear, unsigned long linux_sctlr, const struct arm_composition *main);

/* address_space.c */
int __must_check arm64_paging_init(struct system *s);
/** Top table of what all CPUs have in common. */
const u64 *arm_common_root(void);
void arm64_percpu_paging_init(struct percpu *p);
/** First CPU, own tables loaded: GICv3, which redistributors there are. */
void arm64_count_redistributors(void);

/** A cell in AArch32 state needs CPUs that have it. */
extern const struct subsys_ops subsys_state;
#define ARM_OWN_SUBSYSTEMS	&subsys_state,
/** On each CPU, while it comes in. */
void arm64_note_cpu(void);

/* leave.c */
/** Give this CPU back to Linux, which continues where the guest is. */
void __noreturn arm64_leave(struct vcpu *v);

/* exit.c, called by entry.S */
/** A frequent exit; x0 … x7, x16, x17, x29 and x30 are in @regs, the others in the CPU. False: it was none, nothing was done. */
bool arm64_handle_fast(struct arm64_regs *regs, u64 esr);
void arm64_handle_sync(struct arm64_regs *regs);
/** True: look at the mailbox, by arm64_handle_kick(). */
bool arm64_handle_irq(struct arm64_regs *regs);
void arm64_handle_kick(struct arm64_regs *regs);
void arm64_handle_serror(struct arm64_regs *regs);
/** An exception of the hypervisor. Returns when it was expected. */
void arm64_host_fault(struct hv_fault_frame *f);

/**
 * An abort (@class: EC_DABT_LOW, EC_IABT_LOW) that cannot be emulated. A cell's CPU is stopped; root
 * gets an exception, as from a bus on which nothing answers.
 */
void arm64_cannot_complete(struct vcpu *v, u32 class, enum fault_kind kind, u64 address);

/* insn.c */
/** An access to @address whose syndrome (@iss) says nothing about registers. False: the CPU is stopped. */
bool arm64_emulate_instruction(struct vcpu *v, u32 iss, u64 address);

#endif /* ARM64_ENTRY_H */
