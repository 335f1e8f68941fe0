/* SPDX-License-Identifier: GPL-2.0 */
/* entry - functions of arch/arm/entry and its assembly that other files there use. */
#ifndef ARM32_ENTRY_H
#define ARM32_ENTRY_H

#include <hv/fault.h>
#include <hv/mmio.h>
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

/* Of main/, beside those of all ARMs: none */
#define ARM_OWN_SUBSYSTEMS
static inline void arm64_note_cpu(void) { }

/* leave.c */
/** Give this CPU back to Linux, which continues where the guest is. */
void __noreturn arm64_leave(struct vcpu *v);

/* exit.c, called by entry.S */
/** A frequent exit. False: it was none, nothing was done. */
bool arm64_handle_fast(struct arm64_regs *regs, u32 esr);
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
/** An access to @address whose syndrome (@iss) says nothing about registers: completed, or the CPU is stopped. */
void arm_emulate_instruction(struct vcpu *v, u32 iss, u64 address);

#endif /* ARM32_ENTRY_H */
