// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_exit - every exit of a VMX guest: decode, hand down, complete (SDM vol. 3C, chapters 26 and 28, appendix C).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <virt/vmx.h>
#include <virt/vmx_check.h>

#define BACKEND(name) vmx_##name
#include <hypervisor/arch/x86/entry/exit_common.inc>

/* Exit qualification of port accesses, table 28-5 */
#define IO_SIZE(q)		(((q) & 7) + 1)
#define IO_IN			(1UL << 3)
#define IO_STRING		(1UL << 4)
#define IO_REP			(1UL << 5)
#define IO_PORT(q)		((q) >> 16 & 0xffff)

/* Of control-register accesses, table 28-3 */
#define CR_NUMBER(q)		((q) & 0xf)
#define CR_TYPE(q)		((q) >> 4 & 3)
#define CR_REGISTER(q)		((q) >> 8 & 0xf)
#define CR_MOV_TO		0

/* Of #DB, table 28-1: as in DR6, but for bus locks and transactions, which are 0 there when they happen */
#define DR6_INVERSE		0x10800
#define DR6_FROM_EXIT(q)	(((q) & 0x1680f) ^ DR6_INVERSE)

static void skip(struct vcpu *v)
{
	vmx_skip(v, 0);
}

/* --- kicks ----------------------------------------------------------------------------------------------------------------- */

static bool has_event(void)
{
	return vmread(ENTRY_EVENT) & EVENT_VALID && EVENT_TYPE(vmread(ENTRY_EVENT)) != EVENT_NMI;
}

static void process_mailbox(struct vcpu *v)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT);
	if (cpu_ctrl_process(v) != CPU_LEAVE || !can_leave(v)) {
		x86_expect_late_kicks(v->pcpu);
		return;
	}
	/* the guest takes first what its CPU has already taken from the APIC */
	if (has_event())
		vmx_force_exit(vcpu_percpu(v));
	else
		x86_leave(v, v->arch.regs.r[X86_RAX]);
}

/* The exit has consumed the NMI. One that comes from now on finds our own handler, which forces an exit. */
static void handle_nmi(struct vcpu *v)
{
	x86_note_nmi(v);
	/*
	 * Bochs 2.7 reports the guest as blocked by this NMI; resumed so, none would get through any more. Where it was blocked by one of
	 * its own, Linux copes with an early second one, as it has to after exceptions in its handler.
	 */
	vmwrite(GUEST_INTERRUPTIBILITY, vmread(GUEST_INTERRUPTIBILITY) & ~(u64)BLOCKED_BY_NMI);
	vmx_unblock_nmis();
	process_mailbox(v);
}

static void handle_forced_exit(struct vcpu *v)
{
	vmx_end_forced_exit(vcpu_percpu(v));
	process_mailbox(v);
}

/* --- instructions ---------------------------------------------------------------------------------------------------------- */

static void handle_io(struct vcpu *v)
{
	u64 info = vmread(EXIT_QUALIFICATION);

	if (handle_port(v, IO_PORT(info), IO_SIZE(info), !(info & IO_IN), info & (IO_STRING | IO_REP)))
		skip(v);
}

/*
 * Only writes that change a bit that we keep come here. The guest is shown the new value of these bits; then it executes the instruction
 * again, which does not exit any more, and the CPU does all the rest: checks, entering 64-bit mode, loading PDPTEs.
 */
static void handle_cr(struct vcpu *v)
{
	u64 info = vmread(EXIT_QUALIFICATION), value = v->arch.regs.r[CR_REGISTER(info)];
	bool is_write = CR_TYPE(info) == CR_MOV_TO;

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_CR);
	if (is_write && CR_NUMBER(info) == 0 && (value & (X86_CR0_NW | X86_CR0_CD)) != X86_CR0_NW)
		vmwrite(CR0_SHADOW, (vmread(CR0_SHADOW) & ~vmread(CR0_MASK)) | (value & vmread(CR0_MASK)));
	else if (is_write && CR_NUMBER(info) == 4 && (cell_is_root(v->pcpu->cell) || !(value & X86_CR4_VMXE)))
		vmwrite(CR4_SHADOW, (vmread(CR4_SHADOW) & ~vmread(CR4_MASK)) | (value & vmread(CR4_MASK)));
	else if (is_write)
		inject_gp(v);	/* NW without CD does not exist, and VMXE is not offered to a cell */
	else
		denied(v, FAULT_CR, CR_NUMBER(info), 0, info, true);
}

/*
 * Linux's KVM enters VMX operation when it is loaded or when a CPU comes, leaves it when one goes, and BUGs on a fault. So root believes to
 * be in it; what would make a guest fails, which KVM survives (VMfailInvalid, SDM vol. 3D, 31.2).
 */
static void handle_vmx_instruction(struct vcpu *v, u32 reason)
{
	u64 flags = vmread(GUEST_RFLAGS) & ~X86_RFLAGS_STATUS;
	bool *in_vmx = &v->arch.in_vmx;

	if (!cell_is_root(v->pcpu->cell) || !(vmread(CR4_SHADOW) & X86_CR4_VMXE) || (reason != VMX_VMXON && !*in_vmx)) {
		vmx_inject(v, X86_VEC_UD, -1);
		return;
	}
	if (vmx_cpl(v)) {
		inject_gp(v);
		return;
	}
	if (reason == VMX_VMXON ? !*in_vmx : reason == VMX_VMXOFF)
		*in_vmx = !*in_vmx;
	else if (reason != VMX_INVEPT && reason != VMX_INVVPID)
		flags |= X86_RFLAGS_CF;
	vmwrite(GUEST_RFLAGS, flags);
	skip(v);
}

static void handle_xsetbv(struct vcpu *v)
{
	const u64 *r = v->arch.regs.r;
	u64 value = (u32)r[X86_RAX] | r[X86_RDX] << 32;

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_XSETBV);
	if (xsetbv_safe(r[X86_RCX], value))
		skip(v);
	else
		inject_gp(v);
}

/* #DB: DR6 is as before, what it would have got is in the exit (table 28-1). INT1 is a trap: its handler returns behind it. */
static void handle_exception(struct vcpu *v)
{
	u32 info = vmread(EXIT_EVENT), vector = info & 0xff;

	if (EVENT_TYPE(info) == EVENT_NMI) {
		handle_nmi(v);
		return;
	}
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_EXCEPTION);
	if (vector == X86_VEC_MC) {
		handle_machine_check(v);
		return;
	}
	if (EVENT_TYPE(info) == EVENT_INT1)
		skip(v);
	if (vector == X86_VEC_DB) {
		write_dr6((read_dr6() & ~(0xfUL | DR6_INVERSE)) | DR6_FROM_EXIT(vmread(EXIT_QUALIFICATION)));
		vmwrite(GUEST_DR7, vmread(GUEST_DR7) & ~(1UL << 13));	/* GD, as delivery does */
	}
	vmx_inject(v, vector, vector == X86_VEC_AC ? 0 : -1);
}

/* --- memory ---------------------------------------------------------------------------------------------------------------- */

static void handle_ept_violation(struct vcpu *v)
{
	u64 info = vmread(EXIT_QUALIFICATION);
	const struct stage2_fault f = {
		.addr = vmread(GUEST_PHYSICAL_ADDRESS), .is_write = info & EPT_VIOLATION_WRITE, .is_fetch = info & EPT_VIOLATION_FETCH,
		.is_table = info & EPT_VIOLATION_LINEAR && !(info & EPT_VIOLATION_FINAL), .in_delivery = vmread(IDT_VECTORING) & EVENT_VALID,
	};

	handle_stage2_fault(v, &f);
}

/* --- dispatch -------------------------------------------------------------------------------------------------------------- */

void vmx_entry_failed(struct vcpu *v)
{
	log_printf_panic("CPU %u: VM entry failed, VM-instruction error %u\n", v->pcpu->id, (u32)vmread(INSTRUCTION_ERROR));
	hv_panic(__FILE__, __LINE__, "VM entry");
}

/* The guest never ran with this state. Its CPU stops, whoever owns it. */
static void handle_failed_entry(struct vcpu *v, u32 reason)
{
	const char *field = vmx_wrong_guest_field(vmread);

	log_printf("CPU %u: VM entry failed, reason %u, qualification %lx, VM-instruction error %u, wrong guest state: %s\n", v->pcpu->id,
		   VMX_REASON(reason), vmread(EXIT_QUALIFICATION), (u32)vmread(INSTRUCTION_ERROR), field ? field : "not found");
	denied(v, FAULT_EXIT, VMX_REASON(reason), 0, vmread(EXIT_QUALIFICATION), true);
}

/* An event whose delivery was interrupted by the exit is delivered again; what an instruction raised restarts by itself. */
static void requeue_event(void)
{
	u32 info = vmread(IDT_VECTORING);

	if (!(info & EVENT_VALID) || EVENT_TYPE(info) >= EVENT_SOFTWARE)
		return;
	if (info & EVENT_HAS_ERROR)
		vmwrite(ENTRY_EVENT_ERROR, vmread(IDT_VECTORING_ERROR));
	if (EVENT_TYPE(info) == EVENT_NMI)
		vmwrite(GUEST_INTERRUPTIBILITY, vmread(GUEST_INTERRUPTIBILITY) & ~(u64)BLOCKED_BY_NMI);
	vmwrite(ENTRY_EVENT, info & (0xff | 7 << 8 | EVENT_HAS_ERROR | EVENT_VALID));
}

static void handle_exit(struct vcpu *v, u32 reason)
{
	switch (VMX_REASON(reason)) {
	case VMX_EXCEPTION_NMI:
		handle_exception(v);
		break;
	case VMX_EPT_VIOLATION:
		handle_ept_violation(v);
		break;
	case VMX_RDMSR:
	case VMX_WRMSR:
		handle_msr(v, VMX_REASON(reason) == VMX_WRMSR);
		break;
	case VMX_IO:
		handle_io(v);
		break;
	case VMX_CPUID:
		handle_cpuid(v);
		break;
	case VMX_VMCALL:
		handle_hypercall(v);
		break;
	case VMX_PREEMPTION_TIMER:
		handle_forced_exit(v);
		break;
	case VMX_NMI_WINDOW:
		vmwrite(PROC_CONTROLS, vmread(PROC_CONTROLS) & ~(u64)PROC_NMI_WINDOW);
		break;
	case VMX_CR_ACCESS:
		handle_cr(v);
		break;
	case VMX_XSETBV:
		handle_xsetbv(v);
		break;
	case VMX_INVD:		/* caches are coherent: nothing is what is needed */
	case VMX_WBINVD:
		skip(v);
		break;
	case VMX_RDPMC:
		inject_gp(v);
		break;
	case VMX_VMCLEAR ... VMX_VMXON:
	case VMX_INVEPT:
	case VMX_INVVPID:
		handle_vmx_instruction(v, VMX_REASON(reason));
		break;
	case VMX_GETSEC:
	case VMX_VMFUNC:
		vmx_inject(v, X86_VEC_UD, -1);
		break;
	case VMX_TRIPLE_FAULT:
		denied(v, FAULT_SHUTDOWN, 0, 0, 0, true);
		break;
	case VMX_INIT:
		log_printf("CPU %u: INIT from outside was ignored\n", v->pcpu->id);
		break;
	default:
		denied(v, FAULT_EXIT, VMX_REASON(reason), 0, vmread(EXIT_QUALIFICATION), true);
	}
}

void vmx_handle_exit(struct vcpu *v)
{
	u32 reason = vmread(EXIT_REASON);
	u64 *r = v->arch.regs.r, rsp = vmread(GUEST_RSP);

	r[X86_RSP] = rsp;
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	percpu_note_exit(vcpu_percpu(v), HV_EXIT_VMX | VMX_REASON(reason), vmread(GUEST_RIP), vmread(EXIT_QUALIFICATION), vmread(GUEST_PHYSICAL_ADDRESS));
	if (reason & VMX_ENTRY_FAILED) {
		handle_failed_entry(v, reason);
	} else {
		requeue_event();
		handle_exit(v, reason);
	}
	if (v->arch.nmi_waits)
		vmx_deliver_nmi(v);
	/* a reset or another cell has written it already */
	if (r[X86_RSP] != rsp)
		vmwrite(GUEST_RSP, r[X86_RSP]);
}
