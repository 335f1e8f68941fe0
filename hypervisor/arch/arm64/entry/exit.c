// SPDX-License-Identifier: GPL-2.0
/*
 * exit - why a guest came to EL2, and what happens then.
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
/* Linux, asm/kvm_asm.h: calls of KVM's own code at EL2, which is not there any more */
#define KVM_FIRST		0xc6000000U
#define KVM_LAST		0xc600ffffU
#define HPFAR_ADDRESS(r)	(((r) & 0xffffffffff0) << 8)

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

static struct vcpu *vcpu_of(struct arm_regs *regs)
{
	return &container_of(regs, struct percpu, regs)->vcpu;
}

/* --- frequent exits: at first most registers are still in the CPU, whose functions preserve them (entry.S) --- */

#define SAVED_REGS		0x800300ffU	/* x0 to x7, x16, x17; xzr needs no place */
#define ALL_REGS		0xffffffffU
/* Compiled for either set, @saved: registers that are in @regs */
#define __inlined		inline __attribute__((always_inline))

/* Management may take away this CPU, and needs to see all of its registers. */
static bool is_query(u64 nr)
{
	return nr > JAILHOUSE_HC_CELL_DESTROY && nr < JAILHOUSE_HC_X_PANIC_DISABLE;
}

static __inlined bool fast_smc(struct vcpu *v, struct arm_regs *regs)
{
	if (!vpsci_fast(v, regs->x))
		return false;
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
	return true;
}

static u64 value_of(const struct arm_regs *regs, u32 rt)
{
	return rt < 31 ? regs->x[rt] : 0;
}

static __inlined bool fast_sysreg(struct vcpu *v, struct arm_regs *regs, u32 iss, u32 saved)
{
	u32 rt = SYSREG_RT(iss);

	if (SYSREG_IS_READ(iss) || SYSREG_ID(iss) != SYS_ICC_SGI1R || !(saved >> rt & 1))
		return false;
	vsgi_write_v3(v, value_of(regs, rt));
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
	return true;
}

/* A whole word of the distributor. */
static __inlined bool fast_access(struct vcpu *v, struct arm_regs *regs, u32 iss, u32 saved)
{
	u64 address = HPFAR_ADDRESS(read_sysreg(hpfar_el2)) | (read_sysreg(far_el2) & ~PAGE_MASK);
	u32 rt = iss >> 16 & 0x1f, value;

	if (!ISS_IS_PLAIN_WORD(iss) || !(saved >> rt & 1))
		return false;
	value = value_of(regs, rt);
	if (!vgic_fast_access(v, address - arm_gicd_base, ISS_IS_WRITE(iss), &value))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MMIO);
	if (!ISS_IS_WRITE(iss) && rt < 31)
		regs->x[rt] = value;
	write_sysreg(read_sysreg(elr_el2) + (ESR_IS_32BIT_LONG(read_sysreg(esr_el2)) ? 4 : 2), elr_el2);
	return true;
}

static __inlined bool fast_hypercall(struct vcpu *v, struct arm_regs *regs)
{
	if (!is_query(regs->x[0]))
		return false;
	regs->x[0] = hypercall_handle(v, regs->x[0], regs->x[1], regs->x[2]);
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
		return fast_sysreg(v, regs, ESR_ISS(esr), saved);
	case EC_DABT_LOW:
		return fast_access(v, regs, ESR_ISS(esr), saved);
	default:
		return false;
	}
}

static __inlined bool handle_fast(struct arm_regs *regs, u64 esr, u32 saved)
{
	struct vcpu *v = vcpu_of(regs);

	if (!fast_by_class(v, regs, esr, saved))
		return false;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	return true;
}

bool arm_handle_fast(struct arm_regs *regs, unsigned long esr)
{
	return handle_fast(regs, esr, SAVED_REGS);
}

/* --- all others --------------------------------------------------------------------------- */

/* Before the guest goes on: it may have been parked, or be about to leave. */
static void finish(struct vcpu *v)
{
	arm_wait_while_parked(v);
	if (system_should_leave(v))
		arm_leave(v);
}

static void handle_hypercall(struct vcpu *v, struct arm_regs *regs)
{
	regs->x[0] = hypercall_handle(v, regs->x[0], regs->x[1], regs->x[2]);
}

/*
 * Linux believes that EL2 is its own: it prepares it whenever a CPU comes, also if no guest exists.
 * That is done and has no effect.
 */
static bool is_for_linux_el2(const struct vcpu *v, u64 fn)
{
	return cell_is_root(v->pcpu->cell) && (fn <= HVC_STUB_LAST || (fn >= KVM_FIRST && fn <= KVM_LAST));
}

static void handle_hvc(struct vcpu *v, struct arm_regs *regs, u32 immediate)
{
	u64 pc = read_sysreg(elr_el2) - 4;

	if (immediate == JAILHOUSE_HVC_IMMEDIATE)
		handle_hypercall(v, regs);
	else if (immediate)
		arm_violation(v, FAULT_HYPERCALL, immediate, regs->x[0], pc);
	else if (is_for_linux_el2(v, regs->x[0]))
		regs->x[0] = regs->x[1] = 0;
	else
		vpsci_call(v, regs->x);
}

static void handle_smc(struct vcpu *v, struct arm_regs *regs, u32 immediate)
{
	u64 pc = read_sysreg(elr_el2);

	/* first: CPU_ON and the like set another place to go on */
	arm_skip_instruction(v);
	if (immediate)
		arm_violation(v, FAULT_HYPERCALL, immediate, regs->x[0], pc);
	else
		vpsci_call(v, regs->x);
}

/* --- exceptions of the guest --------------------------------------------------------------- */

#define ESR_EC(class)		((u64)(class) << 26)
#define ESR_IL			(1UL << 25)
#define FSC_EXTERNAL		0x10	/* synchronous external abort: what a bus answers where nothing is */
#define SPSR_MODE(s)		((s) & 0xf)
#define SPSR_A			(1UL << 8)
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

static bool can_inject(const struct vcpu *v)
{
	return !(v->pcpu->cell->config->flags & JAILHOUSE_CELL_AARCH32);
}

static void inject_undefined(struct vcpu *v)
{
	if (can_inject(v))
		inject(ESR_EC(EC_UNKNOWN));
	else
		arm_violation(v, FAULT_DECODE, read_sysreg(elr_el2), 0, read_sysreg(elr_el2));
}

static void inject_abort(u32 class)
{
	bool same = !is_aarch32() && SPSR_MODE(read_sysreg(spsr_el2)) != MODE_EL0T;

	write_sysreg(read_sysreg(far_el2), far_el1);
	inject(ESR_EC(same ? class + 1 : class) | FSC_EXTERNAL);
}

void arm_cannot_complete(struct vcpu *v, u32 class, enum fault_kind kind, u64 address)
{
	struct fault f = { .kind = kind, .address = address, .rip = read_sysreg(elr_el2), .fatal = !can_inject(v) };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		inject_abort(class);
}

/* Records of errors (CRm 3 to 5) and activity monitors (CRm 2 to 15): there are none. */
static bool reads_as_zero(u32 id)
{
	u32 group = id & SYSREG_CRN_CRM;

	return (group >= SYSREG(3, 0, 5, 3, 0) && group <= SYSREG(3, 0, 5, 5, 0)) ||
	       (group >= SYSREG(3, 3, 13, 2, 0) && group <= SYSREG(3, 3, 13, 15, 0));
}

/* Deny by default. A cell ends; root learns from an exception. */
static void deny_sysreg(struct vcpu *v, u32 iss)
{
	u64 pc = read_sysreg(elr_el2);
	struct fault f = { .kind = SYSREG_IS_READ(iss) ? FAULT_MSR_READ : FAULT_MSR_WRITE, .address = SYSREG_ID(iss),
			   .width = 8, .value = arm_get_reg(v, SYSREG_RT(iss)), .rip = pc };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		inject_undefined(v);
}

static void handle_sysreg(struct vcpu *v, u32 iss)
{
	u32 id = SYSREG_ID(iss), rt = SYSREG_RT(iss);

	if (id == SYS_ACTLR || reads_as_zero(id))	/* writes are ignored */
		SYSREG_IS_READ(iss) ? arm_set_reg(v, rt, id == SYS_ACTLR ? read_sysreg(actlr_el1) : 0) : (void)0;
	else if (id != SYS_ICC_SGI0R && id != SYS_ICC_ASGI1R) {
		deny_sysreg(v, iss);
		return;
	}
	arm_skip_instruction(v);
}

/* An instruction that is trapped for nobody: Linux may have found its extension, also for a process. */
static void deny_exit(struct vcpu *v, u64 esr)
{
	u64 pc = read_sysreg(elr_el2);
	struct fault f = { .kind = FAULT_EXIT, .address = ESR_CLASS(esr), .value = esr, .rip = pc, .fatal = !can_inject(v) };

	if (guest_fault(v, &f) == FAULT_COMPLETE)
		inject_undefined(v);
}

/*
 * HPFAR_EL2 says nothing about a permission fault (ARM ARM, D17.2.67), but for one of a walk of stage
 * 1; of such a walk FAR_EL2 is the address that was walked for.
 */
static bool find_address(u32 iss, u64 *address)
{
	u64 far = read_sysreg(far_el2);

	*address = HPFAR_ADDRESS(read_sysreg(hpfar_el2)) | (ISS_IS_S1PTW(iss) ? 0 : far & ~PAGE_MASK);
	if (FSC_IS_TRANSLATION(ISS_FSC(iss)) || ISS_IS_S1PTW(iss))
		return true;
	return FSC_IS_PERMISSION(ISS_FSC(iss)) && arm_translate(far, address);
}

static void handle_data_abort(struct vcpu *v, u32 iss)
{
	u64 address, pc = read_sysreg(elr_el2);
	struct arm_transfer t;

	if (!find_address(iss, &address) || ISS_IS_S1PTW(iss) || ISS_IS_CACHE_OP(iss))
		arm_cannot_complete(v, EC_DABT_LOW, ISS_IS_WRITE(iss) ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, address);
	else if (!arm_syndrome_access(iss, &t))
		arm_emulate_instruction(v, iss, address);
	else if (arm_emulate(v, &t, address, pc))
		arm_skip_instruction(v);
}

static void handle_fetch_abort(struct vcpu *v, u32 iss)
{
	u64 address;

	find_address(iss, &address);
	arm_cannot_complete(v, EC_IABT_LOW, FAULT_FETCH, address);
}

/* AArch32: MCRR and MRRC (ARM ARM, D17.2.37). Of their registers a guest needs one. */
#define CP15_64_IS_READ(iss)	((iss) & 1)
#define CP15_64_IS_SGI1R(iss)	(((iss) & 0xf001e) == (12 << 1))
#define CP15_64_RT(iss)		((iss) >> 5 & 0x1f)
#define CP15_64_RT2(iss)	((iss) >> 10 & 0x1f)

static void handle_cp15_64(struct vcpu *v, u32 iss, u64 esr)
{
	u64 low = (u32)arm_get_reg(v, CP15_64_RT(iss)), high = arm_get_reg(v, CP15_64_RT2(iss));

	if (!CP15_64_IS_SGI1R(iss) || CP15_64_IS_READ(iss)) {
		arm_violation(v, FAULT_EXIT, ESR_CLASS(esr), esr, read_sysreg(elr_el2));
		return;
	}
	vsgi_write_v3(v, high << 32 | low);
	arm_skip_instruction(v);
}

static void handle_by_class(struct vcpu *v, struct arm_regs *regs, u64 esr)
{
	u32 iss = ESR_ISS(esr);

	switch (ESR_CLASS(esr)) {
	case EC_HVC64:
	case EC_HVC32:
		handle_hvc(v, regs, iss & 0xffff);
		break;
	case EC_SMC64:
	case EC_SMC32:
		handle_smc(v, regs, ESR_CLASS(esr) == EC_SMC64 ? iss & 0xffff : 0);
		break;
	case EC_SYSREG:
		handle_sysreg(v, iss);
		break;
	case EC_DABT_LOW:
		handle_data_abort(v, iss);
		break;
	case EC_IABT_LOW:
		handle_fetch_abort(v, iss);
		break;
	case EC_CP15_64:
		handle_cp15_64(v, iss, esr);
		break;
	case EC_SVE:
		inject_undefined(v);
		break;
	default:
		deny_exit(v, esr);
	}
}

void arm_handle_sync(struct arm_regs *regs)
{
	struct vcpu *v = vcpu_of(regs);
	u64 esr = read_sysreg(esr_el2);

	if (handle_fast(regs, esr, ALL_REGS))
		return;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	percpu_note_exit(vcpu_percpu(v), esr, read_sysreg(elr_el2), read_sysreg(far_el2), read_sysreg(hpfar_el2));
	handle_by_class(v, regs, esr);
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

void arm_host_fault(struct hv_fault_frame *f)
{
	unsigned long *resume = &this_cpu()->regs.fault_resume;
	u32 class = ESR_CLASS(read_sysreg(esr_el2));

	if ((class == EC_DABT_SAME || class == EC_SERROR) && *resume) {
		write_sysreg(*resume, elr_el2);
		write_sysreg(read_sysreg(spsr_el2) | SPSR_A, spsr_el2);	/* one is enough */
		*resume = 0;
		return;
	}
	this_cpu()->fault = f;
	hv_panic(__FILE__, __LINE__, "exception in the hypervisor");
}
