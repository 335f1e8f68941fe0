/* SPDX-License-Identifier: GPL-2.0 */
/* entry - what ARM64 adds to <arm/entry.h>. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

#include <arm/percpu.h>
#include <hv/arm/syndrome.h>
#include <hv/arm/vpsci.h>
#include <hv/cell.h>
#include <hv/subsys.h>

/** A cell in AArch32 state needs CPUs that have it. */
extern const struct subsys_ops subsys_state;
#define ARM_OWN_SUBSYSTEMS	&subsys_state,
/** On each CPU, while it comes in. */
void arm_note_cpu(void);

/** All registers are in @regs: a frequent exit after all, or arm_handle_sync(). */
void arm64_handle_saved(struct arm_regs *regs);

static inline u64 arm_get_reg(struct vcpu *v, unsigned int n)
{
	return n < ARM_GENERAL_REGS ? vcpu_percpu(v)->regs.x[n] : 0;
}

static inline void arm_set_reg(struct vcpu *v, unsigned int n, u64 value)
{
	if (n < ARM_GENERAL_REGS)
		vcpu_percpu(v)->regs.x[n] = value;
}

/* The base of an access, which may be the stack pointer. */
u64 arm_get_base(struct vcpu *v, u8 reg);
void arm_set_base(struct vcpu *v, u8 reg, u64 value);

static inline void arm_skip_bytes(unsigned int bytes) { write_sysreg(read_sysreg(elr_el2) + bytes, elr_el2); }

/* Linux, asm/kvm_asm.h: calls of KVM's own code at EL2, which is not there any more */
static inline bool arm_is_kvm_call(u64 fn) { return fn >= 0xc6000000U && fn <= 0xc600ffffU; }

static inline void arm_service_call(struct vcpu *v, struct arm_regs *regs) { vpsci_call(v, regs->x); }

/* EL1 is AArch64. */
static inline bool arm_can_inject(const struct vcpu *v) { return !(v->pcpu->cell->config->flags & JAILHOUSE_CELL_AARCH32); }

/* Of an exception of the hypervisor */
static inline bool arm_is_expected(unsigned long vector)
{
	u32 class = ESR_CLASS(read_sysreg(esr_el2));

	return class == EC_DABT_SAME || class == EC_SERROR;
}

static inline u64 arm_fetch_far(void) { return read_sysreg(far_el2); }

#endif /* ARCH_ENTRY_H */
