/* SPDX-License-Identifier: GPL-2.0 */
/* entry - functions of entry/ and its assembly that other files there use. An architecture adds <arch/entry.h>. */
#ifndef ARM_ENTRY_H
#define ARM_ENTRY_H

#include <arch/entry.h>
#include <arm/percpu.h>
#include <hv/arm/syndrome.h>
#include <hv/fault.h>
#include <hv/mmio.h>
#include <hv/system.h>
#include <hv/vcpu.h>

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
extern u8 arm_vectors[];
void __noreturn arm_enter_guest(struct arm_regs *regs);

/* setup.c */
/** The image's entry, on the CPU's private stack (linear alias) and the tables of start.S; see <jailhouse/image.h>. */
void __noreturn arm_boot_cpu(u32 cpu, struct percpu *linear, unsigned long linux_sctlr, const struct arm_composition *main);

/* address_space.c */
int __must_check arm_paging_init(struct system *s);
/** Top table of what all CPUs have in common. */
const u64 *arm_common_root(void);
void arm_percpu_paging_init(struct percpu *p);
/** First CPU, own tables loaded: GICv3, which redistributors there are. */
void arm_count_redistributors(void);

/* leave.c */
/** Give this CPU back to Linux, which continues where the guest is. */
void __noreturn arm_leave(struct vcpu *v);

/* exit.c, called by entry.S */
static inline struct vcpu *arm_vcpu_of(struct arm_regs *regs) { return &container_of(regs, struct percpu, regs)->vcpu; }

/** A frequent exit; what C code may change is in @regs, all else in the CPU. False: it was none, nothing was done. */
bool arm_handle_fast(struct arm_regs *regs, unsigned long esr);
void arm_handle_sync(struct arm_regs *regs);
/** True: look at the mailbox, by arm_handle_kick(). */
bool arm_handle_irq(struct arm_regs *regs);
void arm_handle_kick(struct arm_regs *regs);
void arm_handle_serror(struct arm_regs *regs);
/** An exception of the hypervisor. Returns when it was expected. */
void arm_host_fault(struct hv_fault_frame *f);

/**
 * An abort (@class: EC_DABT_LOW, EC_IABT_LOW) that cannot be emulated. A cell's CPU is stopped; root
 * gets an exception, as from a bus on which nothing answers.
 */
void arm_cannot_complete(struct vcpu *v, u32 class, enum fault_kind kind, u64 address);

/** A system register that a guest must not reach: a cell ends, root gets an undefined instruction. */
void arm_deny_register(struct vcpu *v, bool is_read, u32 id, u32 rt);

/* exit_own.c */
/** A trap that is neither a call nor an abort. */
void arm_handle_register(struct vcpu *v, u64 esr);
/** The guest goes on in its own handler (arm_can_inject(): if it has one). @class: as of arm_cannot_complete() */
void arm_inject_abort(u32 class, bool write);
void arm_inject_undefined(struct vcpu *v);

/* insn.c */
/** An access to @address whose syndrome (@iss) says nothing about registers: it is completed, or the CPU is stopped. */
void arm_emulate_instruction(struct vcpu *v, u32 iss, u64 address);

/** @size bytes of an instruction at @pc, through the guest's tables; false: there is none. */
bool arm_fetch(struct vcpu *v, u64 pc, unsigned int size, u32 *insn);
/* fetch.c */
struct arm_access;
/** What the instruction at @pc moves; false: it cannot be read, or is none that is emulated. */
bool arm_fetch_access(struct vcpu *v, u64 pc, struct arm_access *a);

/** The guest goes on behind the instruction that trapped. */
static inline void arm_skip_instruction(u64 esr) { arm_skip_bytes(ESR_IS_32BIT_LONG(esr) ? 4 : 2); }

/* irq.c */
/** Hand on an interrupt, if the controller has one for this CPU. True: it was a kick, and the mailbox has something. */
bool arm_take_interrupt(struct vcpu *v);
/** Parked: wait at EL2 until there is something to do. */
void arm_wait_while_parked(struct vcpu *v);

/* mmio.c */
/** One access to memory that stage 2 does not map; false: the CPU is stopped. @pc: for the line about it */
bool arm_emulate(struct vcpu *v, const struct arm_transfer *t, u64 address, u64 pc);
/** The guest broke its borders and cannot go on. */
void arm_violation(struct vcpu *v, enum fault_kind kind, u64 address, u64 value, u64 pc);

#endif /* ARM_ENTRY_H */
