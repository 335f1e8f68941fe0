// SPDX-License-Identifier: GPL-2.0
/*
 * exit - why a guest came to EL2, and what happens then. What only one of the ARMs has, and the frequent exits, stand in
 * exit_own.c of each.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/cell.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>

#define HVC_STUB_LAST	3	/* Linux, asm/virt.h: calls of the hypervisor stub */

/* Before the guest goes on: it may have been parked, or be about to leave. */
static void finish(struct vcpu *v)
{
	arm_wait_while_parked(v);
	if (system_should_leave(v))
		arm_leave(v);
}

/* Linux believes that EL2 is its own: it prepares it whenever a CPU comes, also if no guest exists. That is done and has no effect. */
static bool is_for_linux_el2(const struct vcpu *v, u64 fn)
{
	return cell_is_root(v->pcpu->cell) && (fn <= HVC_STUB_LAST || arm_is_kvm_call(fn));
}

static void handle_hvc(struct vcpu *v, struct arm_regs *regs, u32 immediate)
{
	u64 pc = read_sysreg(elr_el2) - 4;

	if (immediate == JAILHOUSE_HVC_IMMEDIATE)
		regs->x[0] = hypercall_handle(v, regs->x[0], regs->x[1], regs->x[2]);
	else if (immediate)
		arm_violation(v, FAULT_HYPERCALL, immediate, regs->x[0], pc);
	else if (is_for_linux_el2(v, regs->x[0]))
		regs->x[0] = regs->x[1] = 0;
	else
		arm_service_call(v, regs);
}

static void handle_smc(struct vcpu *v, struct arm_regs *regs, u64 esr)
{
	u32 immediate = ESR_CLASS(esr) == EC_SMC64 ? ESR_ISS(esr) & 0xffff : 0;
	u64 pc = read_sysreg(elr_el2);

	/* first: CPU_ON and the like set another place to go on */
	arm_skip_instruction(esr);
	if (immediate)
		arm_violation(v, FAULT_HYPERCALL, immediate, regs->x[0], pc);
	else
		arm_service_call(v, regs);
}

void arm_cannot_complete(struct vcpu *v, u32 class, enum fault_kind kind, u64 address)
{
	struct fault f = { .kind = kind, .address = address, .rip = read_sysreg(elr_el2), .fatal = !arm_can_inject(v) };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		arm_inject_abort(class, kind == FAULT_MMIO_WRITE);
}

void arm_deny_register(struct vcpu *v, bool is_read, u32 id, u32 rt)
{
	struct fault f = { .kind = is_read ? FAULT_MSR_READ : FAULT_MSR_WRITE, .address = id, .width = sizeof(unsigned long),
			   .value = arm_get_reg(v, rt), .rip = read_sysreg(elr_el2) };

	/* whether HCR.TIDCP and HSTR trap a process, too, implementations define: it does not end its cell */
	if (SPSR_IS_USER(read_sysreg(spsr_el2)) || guest_fault(v, &f) == FAULT_COMPLETE)
		arm_inject_undefined(v);
}

/*
 * HPFAR_EL2 says nothing about a permission fault (ARM ARM, D17.2.67; ARM DDI 0406, B4.1.73), but for one of a walk of
 * stage 1; of such a walk @far is the address that was walked for.
 */
static bool find_address(u32 iss, u64 far, u64 *address)
{
	*address = HPFAR_ADDRESS(read_sysreg(hpfar_el2)) | (ISS_IS_S1PTW(iss) ? 0 : far & ~PAGE_MASK);
	if (FSC_IS_TRANSLATION(ISS_FSC(iss)) || ISS_IS_S1PTW(iss))
		return true;
	return FSC_IS_PERMISSION(ISS_FSC(iss)) && arm_translate(far, address);
}

static void handle_data_abort(struct vcpu *v, u64 esr)
{
	u64 address, pc = read_sysreg(elr_el2);
	u32 iss = ESR_ISS(esr);
	struct arm_transfer t;

	if (!find_address(iss, read_sysreg(far_el2), &address) || ISS_IS_S1PTW(iss) || ISS_IS_CACHE_OP(iss))
		arm_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
	else if (!arm_syndrome_access(iss, &t))
		arm_emulate_instruction(v, iss, address);
	else if (arm_emulate(v, &t, address, pc))
		arm_skip_instruction(esr);
}

static void handle_fetch_abort(struct vcpu *v, u32 iss)
{
	u64 address;

	find_address(iss, arm_fetch_far(), &address);
	arm_cannot_complete(v, EC_IABT_LOW, FAULT_FETCH, address);
}

/* Of root it is root's own; nobody knows what a cell would go on with. */
static void take_serror(struct vcpu *v, u64 esr)
{
	if (cell_is_root(v->pcpu->cell))
		arm_inject_serror(esr);
	else
		arm_violation(v, FAULT_MACHINE_CHECK, esr, 0, read_sysreg(elr_el2));
}

static void handle_by_class(struct vcpu *v, struct arm_regs *regs, u64 esr)
{
	switch (ESR_CLASS(esr)) {
	case EC_HVC64:
	case EC_HVC32:
		handle_hvc(v, regs, ESR_ISS(esr) & 0xffff);
		break;
	case EC_SMC64:
	case EC_SMC32:
		handle_smc(v, regs, esr);
		break;
	case EC_DABT_LOW:
		if (FSC_IS_SERROR(ISS_FSC(ESR_ISS(esr))))
			take_serror(v, esr);
		else
			handle_data_abort(v, esr);
		break;
	case EC_IABT_LOW:
		handle_fetch_abort(v, ESR_ISS(esr));
		break;
	default:
		arm_handle_register(v, esr);
	}
}

void arm_handle_sync(struct arm_regs *regs)
{
	struct vcpu *v = arm_vcpu_of(regs);
	u64 esr = read_sysreg(esr_el2);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	percpu_note_exit(vcpu_percpu(v), esr, read_sysreg(elr_el2), read_sysreg(far_el2), read_sysreg(hpfar_el2));
	handle_by_class(v, regs, esr);
	finish(v);
}

bool arm_handle_irq(struct arm_regs *regs)
{
	struct vcpu *v = arm_vcpu_of(regs);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return arm_take_interrupt(v);
}

void arm_handle_kick(struct arm_regs *regs)
{
	struct vcpu *v = arm_vcpu_of(regs);

	if (cpu_ctrl_process(v) == CPU_LEAVE)
		arm_leave(v);
	finish(v);
}

/* ARMv7 has it as a data abort. */
void arm_handle_serror(struct arm_regs *regs)
{
	struct vcpu *v = arm_vcpu_of(regs);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	take_serror(v, read_sysreg(esr_el2));
	finish(v);
}

void arm_host_fault(struct hv_fault_frame *f)
{
	unsigned long *resume = &this_cpu()->regs.fault_resume;

	if (*resume && arm_is_expected(f->vector)) {
		write_sysreg(*resume, elr_el2);
		write_sysreg(read_sysreg(spsr_el2) | SPSR_A, spsr_el2);	/* one is enough */
		*resume = 0;
		return;
	}
	this_cpu()->fault = f;
	hv_panic(__FILE__, __LINE__, "exception in the hypervisor");
}
