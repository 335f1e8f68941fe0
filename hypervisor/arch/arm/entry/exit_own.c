// SPDX-License-Identifier: GPL-2.0
/*
 * exit_own - the part of handling exits that ARM64 does not have, and the frequent ones.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/fast.h>
#include <hv/arm/vpsci.h>

/* Before PSCI had numbers, U-Boot chose these. */
#define UBOOT_CPU_OFF		0x95c1ba5fU
#define UBOOT_CPU_ON		0x95c1ba60U

/* Fields of a trapped MRC or MCR (ARM DDI 0406, B3.13.6) */
#define CP_IS_READ(iss)		((iss) & 1)
#define CP_RT(iss)		((iss) >> 5 & 0xf)
#define CP_ID(iss)		((iss) & 0xffc1e)
#define CP(op1, crn, crm, op2)	((op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define CP_ACTLR		CP(0, 1, 0, 1)
/* The syndrome has a condition, which is "always" */
#define ESR_ALWAYS(esr)		(((esr) >> 20 & 0x1f) == 0x1e)
#define CP_OP1(iss)		((iss) >> 14 & 7)

/* --- frequent exits ----------------------------------------------------------------------- */

/* HVC and aborts are of instructions that do run. */
static bool does_not_run(u32 esr)
{
	u32 class = ESR_CLASS(esr);

	return class != EC_HVC32 && class < EC_IABT_LOW && !ESR_ALWAYS(esr) && !arm_condition_passed(esr, read_sysreg(spsr_el2));
}

static bool fast_smc(struct vcpu *v, struct arm_regs *regs, u32 esr)
{
	if (!vpsci_fast(v, regs->x))
		return false;
	arm_skip_instruction(esr);
	return true;
}

static bool fast_by_class(struct vcpu *v, struct arm_regs *regs, u32 esr)
{
	switch (ESR_CLASS(esr)) {
	case EC_HVC32:
		return (esr & 0xffff) == JAILHOUSE_HVC_IMMEDIATE && fast_hypercall(v, regs);
	case EC_SMC32:
		return fast_smc(v, regs, esr);
	case EC_DABT_LOW:
		return fast_access(v, esr, ~0U);
	default:
		return false;
	}
}

bool arm_handle_fast(struct arm_regs *regs, unsigned long esr)
{
	struct vcpu *v = arm_vcpu_of(regs);

	if (does_not_run(esr))
		arm_skip_instruction(esr);
	else if (!fast_by_class(v, regs, esr))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return true;
}

/* --- all others --------------------------------------------------------------------------- */

/* SMC and HVC: eight registers, whose upper halves are not there. */
void arm_service_call(struct vcpu *v, struct arm_regs *regs)
{
	u64 x[8];
	u32 n;

	for (n = 0; n < ARRAY_SIZE(x); n++)
		x[n] = regs->x[n];
	if (regs->x[0] == UBOOT_CPU_ON)
		x[0] = PSCI_CPU_ON;
	else if (regs->x[0] == UBOOT_CPU_OFF)
		x[0] = PSCI_CPU_OFF;
	if (x[0] & SMCCC_64 && x[0] & SMCCC_FAST)
		x[0] = SMCCC_NOT_SUPPORTED;
	else
		vpsci_call(v, x);
	if (v->pcpu->parked)
		return;
	for (n = 0; n < 4; n++)
		regs->x[n] = x[n];
}

/* --- exceptions of the guest --------------------------------------------------------------- */

#define SCTLR_V		(1U << 13)
#define TTBCR_EAE	(1U << 31)
#define HIGH_VECTORS	0xffff0000U
#define FSR_EXTERNAL	0x008		/* synchronous external abort: what a bus answers where nothing is */
#define FSR_EXTERNAL_LPAE 0x210
#define FSR_WRITE	(1U << 11)
enum { VECTOR_UND = 0x04, VECTOR_PABT = 0x0c, VECTOR_DABT = 0x10 };

/* As the CPU does it (ARM DDI 0406, B1.9). */
static void inject(u32 mode, u32 vector, u32 lr_offset)
{
	u32 psr = read_sysreg(spsr_el2), sctlr = read_sysreg(sctlr_el1);
	u32 base = sctlr & SCTLR_V ? HIGH_VECTORS : read_sysreg(vbar_el1);

	arm_write_spsr(mode, psr);
	arm_write_banked(mode, 14, read_sysreg(elr_el2) + lr_offset);
	write_sysreg(base + vector, elr_el2);
	write_sysreg(arm_psr_of_handler(psr, mode, sctlr), spsr_el2);
}

void arm_inject_undefined(struct vcpu *v)
{
	inject(MODE_UND, VECTOR_UND, read_sysreg(spsr_el2) & PSR_T ? 2 : 4);
}

static u32 external_abort(void)
{
	return read_sysreg(tcr_el1) & TTBCR_EAE ? FSR_EXTERNAL_LPAE : FSR_EXTERNAL;
}

void arm_inject_abort(u32 class, bool write)
{
	if (class == EC_IABT_LOW) {
		write_sysreg(read_sysreg(hifar), ifar);
		write_sysreg(external_abort(), ifsr);
		inject(MODE_ABT, VECTOR_PABT, 4);
		return;
	}
	write_sysreg(read_sysreg(far_el2), dfar);
	write_sysreg(external_abort() | (write ? FSR_WRITE : 0), dfsr);
	inject(MODE_ABT, VECTOR_DABT, 8);
}

/* Of CP14's debug registers those trap that lock them and keep the power on (HDCR.TDOSA): Linux unlocks what is not locked. */
#define IS_CP14_LOCK(esr)	(ESR_CLASS(esr) == EC_CP14_32 && !CP_OP1(ESR_ISS(esr)))

/* Deny by default. A cell ends; root learns from an exception. ACTLR reads as what it is, locks as zero; writes are ignored. */
void arm_handle_register(struct vcpu *v, u64 esr)
{
	bool is_cp15 = ESR_CLASS(esr) == EC_CP15_32;
	u32 iss = ESR_ISS(esr);

	if (is_cp15)
		vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_CP15);
	/* others are of other coprocessors, or of two registers at a time */
	if (is_cp15 ? CP_ID(iss) != CP_ACTLR : !IS_CP14_LOCK(esr)) {
		arm_deny_register(v, CP_IS_READ(iss), CP_ID(iss), CP_RT(iss));
		return;
	}
	if (CP_IS_READ(iss))
		arm_set_reg(v, CP_RT(iss), is_cp15 ? read_sysreg(actlr_el1) : 0);
	arm_skip_instruction(esr);
}
