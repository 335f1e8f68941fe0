/* SPDX-License-Identifier: GPL-2.0 */
/* entry - what ARMv7 adds to <arm/entry.h>. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

#include <arm/percpu.h>

/* Of main/, beside those of all ARMs: none */
#define ARM_OWN_SUBSYSTEMS
static inline void arm_note_cpu(void) { }

/** General register @n of the guest that this CPU runs, in the mode that it is in; r15 reads as zero. */
u64 arm_get_reg(struct vcpu *v, unsigned int n);
void arm_set_reg(struct vcpu *v, unsigned int n, u64 value);
/** The guest goes on behind the instruction that trapped. */
void arm_skip_instruction(u32 esr);
/** HVC or SMC by which the guest asks for PSCI or SMCCC. */
void arm_service_call(struct vcpu *v, struct arm_regs *regs);

static inline bool arm_is_kvm_call(u32 fn) { return false; }
static inline bool arm_can_inject(const struct vcpu *v) { return true; }
/* Of an exception of the hypervisor: the vector of data aborts is the fourth. */
static inline bool arm_is_abort(unsigned long vector) { return vector == 4; }
static inline u64 arm_fetch_far(void) { return read_sysreg(hifar); }

#endif /* ARCH_ENTRY_H */
