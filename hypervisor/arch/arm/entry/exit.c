// SPDX-License-Identifier: GPL-2.0
/*
 * exit - why a guest came to HYP mode, and what happens then.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/arm/vgic.h>
#include <hv/arm/vpsci.h>
#include <hv/cell.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>

#define HVC_STUB_LAST		3	/* Linux, asm/virt.h: calls of the hypervisor stub */
#define HPFAR_ADDRESS(r)	((u64)((u32)(r) & 0xfffffff0) << 8)
/* Before PSCI had numbers, U-Boot chose these. */
#define UBOOT_CPU_OFF		0x95c1ba5fU
#define UBOOT_CPU_ON		0x95c1ba60U

/* Fields of a trapped MRC or MCR (ARM DDI 0406, B3.13.6) */
#define CP_IS_READ(iss)		((iss) & 1)
#define CP_RT(iss)		((iss) >> 5 & 0xf)
#define CP_ID(iss)		((iss) & 0xffc1e)
#define CP(op1, crn, crm, op2)	((op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define CP_ACTLR		CP(0, 1, 0, 1)

static struct vcpu *vcpu_of(struct arm_regs *regs)
{
	return &container_of(regs, struct percpu, regs)->vcpu;
}

/* --- frequent exits ----------------------------------------------------------------------- */

/* Management may take away this CPU, and needs to see all of its registers. */
static bool is_query(u32 nr)
{
	return nr > JAILHOUSE_HC_CELL_DESTROY && nr < JAILHOUSE_HC_X_PANIC_DISABLE;
}

static bool fast_smc(struct vcpu *v, struct arm_regs *regs, u32 esr)
{
	if (!arm_condition_passed(esr, read_sysreg(spsr_el2)) || !vpsci_fast(v, regs->x))
		return false;
	arm_skip_instruction(v);
	return true;
}

/* A whole word of the distributor. */
static bool fast_access(struct vcpu *v, u32 iss)
{
	u64 address = HPFAR_ADDRESS(read_sysreg(hpfar_el2)) | (read_sysreg(far_el2) & ~PAGE_MASK);
	u32 rt = iss >> 16 & 0xf, value;

	if (!ISS_IS_PLAIN_WORD(iss))
		return false;
	value = arm_get_reg(v, rt);
	if (!vgic_fast_access(v, address - arm_gicd_base, ISS_IS_WRITE(iss), &value))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MMIO);
	if (!ISS_IS_WRITE(iss))
		arm_set_reg(v, rt, value);
	arm_skip_instruction(v);
	return true;
}

static bool fast_hypercall(struct vcpu *v, struct arm_regs *regs)
{
	if (!is_query(regs->x[0]))
		return false;
	regs->x[0] = hypercall_handle(v, regs->x[0], regs->x[1], regs->x[2]);
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
		return fast_access(v, ESR_ISS(esr));
	default:
		return false;
	}
}

bool arm_handle_fast(struct arm_regs *regs, unsigned long esr)
{
	struct vcpu *v = vcpu_of(regs);

	if (!fast_by_class(v, regs, esr))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return true;
}

/* --- all others --------------------------------------------------------------------------- */

/* Before the guest goes on: it may have been parked, or be about to leave. */
static void finish(struct vcpu *v)
{
	arm_wait_while_parked(v);
	if (system_should_leave(v))
		arm_leave(v);
}

/* SMC and HVC: eight registers, whose upper halves are not there. */
static void service_call(struct vcpu *v, struct arm_regs *regs)
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

static void handle_hvc(struct vcpu *v, struct arm_regs *regs, u32 immediate)
{
	u64 pc = read_sysreg(elr_el2) - 4;

	if (immediate == JAILHOUSE_HVC_IMMEDIATE)
		regs->x[0] = hypercall_handle(v, regs->x[0], regs->x[1], regs->x[2]);
	else if (immediate)
		arm_violation(v, FAULT_HYPERCALL, immediate, regs->x[0], pc);
	else if (cell_is_root(v->pcpu->cell) && regs->x[0] <= HVC_STUB_LAST)
		regs->x[0] = 0;		/* Linux believes that HYP mode is its own */
	else
		service_call(v, regs);
}

static void handle_smc(struct vcpu *v, struct arm_regs *regs)
{
	/* first: CPU_ON and the like set another place to go on */
	arm_skip_instruction(v);
	service_call(v, regs);
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

static void inject_undefined(void)
{
	inject(MODE_UND, VECTOR_UND, read_sysreg(spsr_el2) & PSR_T ? 2 : 4);
}

static u32 external_abort(void)
{
	return read_sysreg(tcr_el1) & TTBCR_EAE ? FSR_EXTERNAL_LPAE : FSR_EXTERNAL;
}

static void inject_abort(u32 class, bool write)
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

void arm_cannot_complete(struct vcpu *v, u32 class, enum fault_kind kind, u64 address)
{
	struct fault f = { .kind = kind, .address = address, .rip = read_sysreg(elr_el2) };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		inject_abort(class, kind == FAULT_MMIO_WRITE);
}

/* Deny by default. A cell ends; root learns from an exception. */
static void deny_cp(struct vcpu *v, u32 iss)
{
	struct fault f = { .kind = CP_IS_READ(iss) ? FAULT_MSR_READ : FAULT_MSR_WRITE, .address = CP_ID(iss),
			   .width = 4, .value = arm_get_reg(v, CP_RT(iss)), .rip = read_sysreg(elr_el2) };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		inject_undefined();
}

static void handle_cp15(struct vcpu *v, u32 iss)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_CP15);
	if (CP_ID(iss) != CP_ACTLR) {
		deny_cp(v, iss);
		return;
	}
	/* reads as what it is, writes are ignored */
	if (CP_IS_READ(iss))
		arm_set_reg(v, CP_RT(iss), read_sysreg(actlr_el1));
	arm_skip_instruction(v);
}

/*
 * HPFAR says nothing about a permission fault (B4.1.73), but for one of a walk of stage 1; of such a walk
 * HDFAR and HIFAR are the address that was walked for.
 */
static bool find_address(u32 iss, u32 far, u64 *address)
{
	*address = HPFAR_ADDRESS(read_sysreg(hpfar_el2)) | (ISS_IS_S1PTW(iss) ? 0 : far & ~PAGE_MASK);
	if (FSC_IS_TRANSLATION(ISS_FSC(iss)) || ISS_IS_S1PTW(iss))
		return true;
	return FSC_IS_PERMISSION(ISS_FSC(iss)) && arm_translate(far, address);
}

static void handle_data_abort(struct vcpu *v, u32 iss)
{
	u64 address, pc = read_sysreg(elr_el2);
	struct arm_transfer t;

	if (!find_address(iss, read_sysreg(far_el2), &address) || ISS_IS_S1PTW(iss) || ISS_IS_CACHE_OP(iss))
		arm_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
	else if (!arm_syndrome_access(iss, &t))
		arm_emulate_instruction(v, iss, address);
	else if (arm_emulate(v, &t, address, pc))
		arm_skip_instruction(v);
}

static void handle_fetch_abort(struct vcpu *v, u32 iss)
{
	u64 address;

	find_address(iss, read_sysreg(hifar), &address);
	arm_cannot_complete(v, EC_IABT_LOW, FAULT_FETCH, address);
}

static void handle_by_class(struct vcpu *v, struct arm_regs *regs, u32 esr)
{
	u32 iss = ESR_ISS(esr);

	switch (ESR_CLASS(esr)) {
	case EC_HVC32:
		handle_hvc(v, regs, iss & 0xffff);
		break;
	case EC_SMC32:
		handle_smc(v, regs);
		break;
	case EC_CP15_32:
		handle_cp15(v, iss);
		break;
	case EC_DABT_LOW:
		handle_data_abort(v, iss);
		break;
	case EC_IABT_LOW:
		handle_fetch_abort(v, iss);
		break;
	default:
		/* other coprocessors, and two registers at a time */
		deny_cp(v, iss);
	}
}

void arm_handle_sync(struct arm_regs *regs)
{
	struct vcpu *v = vcpu_of(regs);
	u32 esr = read_sysreg(esr_el2), class = ESR_CLASS(esr);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	percpu_note_exit(vcpu_percpu(v), esr, read_sysreg(elr_el2), read_sysreg(far_el2), read_sysreg(hpfar_el2));
	/* HVC and aborts are of instructions that do run */
	if (class == EC_HVC32 || class >= EC_IABT_LOW || arm_condition_passed(esr, read_sysreg(spsr_el2)))
		handle_by_class(v, regs, esr);
	else
		arm_skip_instruction(v);
	finish(v);
}

bool arm_handle_irq(struct arm_regs *regs)
{
	struct vcpu *v = vcpu_of(regs);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return arm_take_interrupt(v);
}

void arm_handle_kick(struct arm_regs *regs)
{
	struct vcpu *v = vcpu_of(regs);

	if (cpu_ctrl_process(v) == CPU_LEAVE)
		arm_leave(v);
	finish(v);
}

/* Of root it is root's own; nobody knows what a cell would go on with. */
void arm_handle_serror(struct arm_regs *regs)
{
	struct vcpu *v = vcpu_of(regs);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	if (cell_is_root(v->pcpu->cell))
		write_sysreg(read_sysreg(hcr_el2) | HCR_VSE, hcr_el2);
	else
		arm_violation(v, FAULT_MACHINE_CHECK, read_sysreg(esr_el2), 0, read_sysreg(elr_el2));
	finish(v);
}

/* Of an abort the vector of data aborts is the fourth. */
#define HOST_DATA_ABORT	4

void arm_host_fault(struct hv_fault_frame *f)
{
	unsigned long *resume = &this_cpu()->regs.fault_resume;

	if (f->vector == HOST_DATA_ABORT && *resume) {
		write_sysreg(*resume, elr_el2);
		*resume = 0;
		return;
	}
	this_cpu()->fault = f;
	hv_panic(__FILE__, __LINE__, "exception in the hypervisor");
}
