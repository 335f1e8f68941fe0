/* SPDX-License-Identifier: GPL-2.0 */
/* entry - what ARMv7 adds to <arm/entry.h>. */
#ifndef ARCH_ENTRY_H
#define ARCH_ENTRY_H

#include <arm/percpu.h>
#include <hv/arm/psr.h>

/* Of main/, beside those of all ARMs: none */
#define ARM_OWN_SUBSYSTEMS
static inline void arm_note_cpu(void) { }

/** General register @n of the guest that this CPU runs, in the mode that it is in; r15 reads as zero. */
u64 arm_get_reg(struct vcpu *v, unsigned int n);
void arm_set_reg(struct vcpu *v, unsigned int n, u64 value);
static inline u32 arm_get_base(struct vcpu *v, u8 reg) { return arm_get_reg(v, reg); }
static inline void arm_set_base(struct vcpu *v, u8 reg, u32 value) { arm_set_reg(v, reg, value); }

static inline void arm_skip_bytes(u32 bytes)
{
	u32 psr = read_sysreg(spsr_el2);

	write_sysreg(read_sysreg(elr_el2) + bytes, elr_el2);
	if (psr & PSR_T)	/* else there is no IT block to advance in */
		write_sysreg(arm_psr_advance(psr), spsr_el2);
}

/** HVC or SMC by which the guest asks for PSCI or SMCCC. */
void arm_service_call(struct vcpu *v, struct arm_regs *regs);

static inline bool arm_is_kvm_call(u32 fn) { return false; }
static inline bool arm_can_inject(const struct vcpu *v) { return true; }
/* Of an exception of the hypervisor: the first vector is that of undefined instructions, the fourth of data aborts. */
static inline bool arm_is_expected(unsigned long vector) { return vector == 4 || vector == 1; }
static inline u64 arm_fetch_far(void) { return read_sysreg(hifar); }

#endif /* ARCH_ENTRY_H */
