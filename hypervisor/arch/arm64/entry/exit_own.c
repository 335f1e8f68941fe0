// SPDX-License-Identifier: GPL-2.0
/*
 * exit_own - the part of handling exits that ARMv7 does not have, and the frequent ones.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/fast.h>
#include <hv/arm/vpsci.h>

/* Fields of a trapped MRS or MSR (ARM ARM, D17.2.37) */
#define SYSREG_IS_READ(iss)	((iss) & 1)
#define SYSREG_RT(iss)		((iss) >> 5 & 0x1f)
#define SYSREG_ID(iss)		((iss) & 0x3ffc1e)
#define SYSREG(op0, op1, crn, crm, op2) ((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYS_ICC_SGI1R		SYSREG(3, 0, 12, 11, 5)
#define SYS_ICC_ASGI1R		SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R		SYSREG(3, 0, 12, 11, 7)
#define SYS_ACTLR		SYSREG(3, 0, 1, 0, 1)
#define SYSREG_CRN_CRM		SYSREG(3, 7, 15, 15, 0)

/* --- frequent exits ------------------------------------------------------------------------ */

#define SAVED_REGS		0x800300ffU	/* x0 to x7, x16, x17; xzr needs no place */
#define ALL_REGS		0xffffffffU

static __inlined bool fast_smc(struct vcpu *v, struct arm_regs *regs)
{
	if (!vpsci_fast(v, regs->x))
		return false;
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
	return true;
}

static __inlined bool fast_sysreg(struct vcpu *v, u32 iss, u32 saved)
{
	u32 rt = SYSREG_RT(iss);

	if (SYSREG_IS_READ(iss) || SYSREG_ID(iss) != SYS_ICC_SGI1R || !(saved >> rt & 1))
		return false;
	vsgi_write_v3(v, arm_get_reg(v, rt));
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
	return true;
}

static __inlined bool fast_by_class(struct vcpu *v, struct arm_regs *regs, u64 esr, u32 saved)
{
	if ((esr >> 26 << 26 | (esr & 0xffff)) == ((u64)EC_HVC64 << 26 | JAILHOUSE_HVC_IMMEDIATE))
		return fast_hypercall(v, regs);
	switch (ESR_CLASS(esr)) {
	case EC_SMC64:
		return fast_smc(v, regs);
	case EC_SYSREG:
		return fast_sysreg(v, ESR_ISS(esr), saved);
	case EC_DABT_LOW:
		return fast_access(v, esr, saved);
	default:
		return false;
	}
}

static __inlined bool handle_fast(struct arm_regs *regs, u64 esr, u32 saved)
{
	struct vcpu *v = arm_vcpu_of(regs);

	if (!fast_by_class(v, regs, esr, saved))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return true;
}

bool arm_handle_fast(struct arm_regs *regs, unsigned long esr)
{
	return handle_fast(regs, esr, SAVED_REGS);
}

void arm64_handle_saved(struct arm_regs *regs)
{
	if (!handle_fast(regs, read_sysreg(esr_el2), ALL_REGS))
		arm_handle_sync(regs);
}

/* --- exceptions of the guest --------------------------------------------------------------- */

#define ESR_EC(class)		((u64)(class) << 26)
#define ESR_IL			(1UL << 25)
#define FSC_EXTERNAL		0x10	/* synchronous external abort: what a bus answers where nothing is */
#define SPSR_MODE(s)		((s) & 0xf)
enum { MODE_EL0T = 0, MODE_EL1T = 4, MODE_EL1H = 5 };

static bool is_aarch32(void)
{
	return read_sysreg(spsr_el2) & SPSR_MODE_AARCH32;
}

static u64 vector_of(u64 spsr)
{
	if (spsr & SPSR_MODE_AARCH32)
		return 0x600;
	return SPSR_MODE(spsr) == MODE_EL1H ? 0x200 : SPSR_MODE(spsr) == MODE_EL1T ? 0 : 0x400;
}

/* As the CPU does it (ARM ARM, D1.3.1). EL1 is AArch64. */
static void inject(u64 esr)
{
	u64 spsr = read_sysreg(spsr_el2);

	write_sysreg(read_sysreg(elr_el2), elr_el1);
	write_sysreg(spsr, spsr_el1);
	write_sysreg(esr | ESR_IL, esr_el1);
	write_sysreg(read_sysreg(vbar_el1) + vector_of(spsr), elr_el2);
	write_sysreg(arm64_exception_pstate(spsr, read_sysreg(sctlr_el1)), spsr_el2);
}

void arm_inject_undefined(struct vcpu *v)
{
	if (arm_can_inject(v))
		inject(ESR_EC(EC_UNKNOWN));
	else
		arm_violation(v, FAULT_DECODE, read_sysreg(elr_el2), 0, read_sysreg(elr_el2));
}

void arm_inject_abort(u32 class, bool write)
{
	bool same = !is_aarch32() && SPSR_MODE(read_sysreg(spsr_el2)) != MODE_EL0T;

	write_sysreg(read_sysreg(far_el2), far_el1);
	inject(ESR_EC(same ? class + 1 : class) | FSC_EXTERNAL);
}

/*
 * Records of errors (CRm 3 to 5) and activity monitors (CRm 2 to 15): there are none. The debug registers' locks and their power (CRm 0
 * to 4): Linux unlocks what is not locked.
 */
static bool reads_as_zero(u32 id)
{
	u32 group = id & SYSREG_CRN_CRM;

	return (group >= SYSREG(2, 0, 1, 0, 0) && group <= SYSREG(2, 0, 1, 4, 0)) ||
	       (group >= SYSREG(3, 0, 5, 3, 0) && group <= SYSREG(3, 0, 5, 5, 0)) ||
	       (group >= SYSREG(3, 3, 13, 2, 0) && group <= SYSREG(3, 3, 13, 15, 0));
}

/* Deny by default. A cell ends; root learns from an exception. */
static void handle_sysreg(struct vcpu *v, u64 esr)
{
	u32 iss = ESR_ISS(esr), id = SYSREG_ID(iss), rt = SYSREG_RT(iss);

	if (id == SYS_ACTLR || reads_as_zero(id))	/* writes are ignored */
		SYSREG_IS_READ(iss) ? arm_set_reg(v, rt, id == SYS_ACTLR ? read_sysreg(actlr_el1) : 0) : (void)0;
	else if (id != SYS_ICC_SGI0R && id != SYS_ICC_ASGI1R) {
		arm_deny_register(v, SYSREG_IS_READ(iss), id, rt);
		return;
	}
	arm_skip_instruction(esr);
}

/* An instruction that is trapped for nobody: Linux may have found its extension, also for a process. */
static void deny_exit(struct vcpu *v, u64 esr)
{
	u64 pc = read_sysreg(elr_el2);
	struct fault f = { .kind = FAULT_EXIT, .address = ESR_CLASS(esr), .value = esr, .rip = pc, .fatal = !arm_can_inject(v) };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		arm_inject_undefined(v);
}

/* AArch32: MCRR and MRRC (ARM ARM, D17.2.37). Of their registers a guest needs one. */
#define CP15_64_IS_READ(iss)	((iss) & 1)
#define CP15_64_IS_SGI1R(iss)	(((iss) & 0xf001e) == (12 << 1))
#define CP15_64_RT(iss)		((iss) >> 5 & 0x1f)
#define CP15_64_RT2(iss)	((iss) >> 10 & 0x1f)

static void handle_cp15_64(struct vcpu *v, u64 esr)
{
	u32 iss = ESR_ISS(esr);
	u64 low = (u32)arm_get_reg(v, CP15_64_RT(iss)), high = arm_get_reg(v, CP15_64_RT2(iss));

	if (!CP15_64_IS_SGI1R(iss) || CP15_64_IS_READ(iss)) {
		arm_violation(v, FAULT_EXIT, ESR_CLASS(esr), esr, read_sysreg(elr_el2));
		return;
	}
	vsgi_write_v3(v, high << 32 | low);
	arm_skip_instruction(esr);
}

/* AArch32: the same registers as in reads_as_zero(), which CP14 has; others of it are trace registers. */
#define CP14_IS_LOCK(iss)	(!((iss) >> 14 & 7))

static void handle_cp14(struct vcpu *v, u64 esr)
{
	if (!CP14_IS_LOCK(ESR_ISS(esr))) {
		deny_exit(v, esr);
		return;
	}
	if (SYSREG_IS_READ(ESR_ISS(esr)))
		arm_set_reg(v, SYSREG_RT(ESR_ISS(esr)), 0);
	arm_skip_instruction(esr);
}

void arm_handle_register(struct vcpu *v, u64 esr)
{
	switch (ESR_CLASS(esr)) {
	case EC_SYSREG:
		handle_sysreg(v, esr);
		break;
	case EC_CP15_64:
		handle_cp15_64(v, esr);
		break;
	case EC_CP14_32:
		handle_cp14(v, esr);
		break;
	case EC_SVE:
		arm_inject_undefined(v);
		break;
	default:
		deny_exit(v, esr);
	}
}
