// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_exit - every exit of a VMX guest: decode, hand down, complete (SDM vol. 3C, chapters 26 and 28, appendix C).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/cpu_ctrl.h>
#include <hv/fault.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/decode.h>
#include <hv/x86/vdev.h>
#include <virt/vmx.h>
#include <virt/vmx_check.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

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

/* Of #DB, table 28-1: as in DR6 */
#define DR6_FROM_EXIT(q)	((q) & 0x1600f)

/* False: the CPU was stopped, the guest context is gone. */
static bool denied(struct vcpu *v, enum fault_kind kind, u64 address, u8 width, u64 value, bool fatal)
{
	const struct fault f = {
		.kind = kind, .address = address, .width = width, .value = value, .rip = vmx_linear_rip(), .fatal = fatal,
	};

	return guest_fault(v, &f) == FAULT_COMPLETE;
}

static void skip(void)
{
	vmx_advance(vmread(EXIT_INSN_LENGTH));
}

/* --- kicks ----------------------------------------------------------------------------------------------------------------- */

/* As can_leave() of svm_exit.c: a CPU without a state of Linux stays where it is. */
static bool can_leave(struct vcpu *v)
{
	return !v->pcpu->parked && (vmread(GUEST_EFER) & X86_EFER_LMA);
}

static bool has_event(void)
{
	return vmread(ENTRY_EVENT) & EVENT_VALID && EVENT_TYPE(vmread(ENTRY_EVENT)) != EVENT_NMI;
}

static void process_mailbox(struct vcpu *v)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT);
	if (cpu_ctrl_process(v) != CPU_LEAVE || !can_leave(v)) {
		x86_expect_late_kick(v->pcpu);
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
	x86_note_nmi(v, __atomic_exchange_n(&v->pcpu->arch.kick_pending, 0, __ATOMIC_SEQ_CST));
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

static void handle_cpuid(struct vcpu *v)
{
	u64 *r = v->arch.regs.r, cr4 = (vmread(GUEST_CR4) & ~vmread(CR4_MASK)) | vmread(CR4_SHADOW);
	u32 leaf = r[X86_RAX], subleaf = r[X86_RCX], out[4];

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_CPUID);
	cpuid(leaf, subleaf, out);
	vcpuid_filter(v->pcpu->cell, leaf, subleaf, cr4, out);
	r[X86_RAX] = out[0];
	r[X86_RBX] = out[1];
	r[X86_RCX] = out[2];
	r[X86_RDX] = out[3];
	skip();
}

static void handle_msr(struct vcpu *v, bool is_write)
{
	u64 *r = v->arch.regs.r;
	u32 msr = r[X86_RCX];
	u64 value = (u32)r[X86_RAX] | r[X86_RDX] << 32;

	x86_count_msr(v, msr);
	switch (vmx_msr_access(v, msr, is_write, &value)) {
	case VDEV_OK:
	case VDEV_SKIP:
		break;
	case VDEV_DENIED:
		if (!denied(v, is_write ? FAULT_MSR_WRITE : FAULT_MSR_READ, msr, 8, value, false))
			return;
		value = ~0UL;
		break;
	default:
		vmx_inject(X86_VEC_GP, 0);
		return;
	}
	if (!is_write) {
		r[X86_RAX] = (u32)value;
		r[X86_RDX] = value >> 32;
	}
	skip();
}

static void handle_io(struct vcpu *v)
{
	u64 *rax = &v->arch.regs.r[X86_RAX], info = vmread(EXIT_QUALIFICATION);
	struct pio_access a = {
		.port = IO_PORT(info), .size = IO_SIZE(info), .is_write = !(info & IO_IN),
		.value = *rax & x86_all_ones(IO_SIZE(info)),
	};
	bool string = info & (IO_STRING | IO_REP);
	enum vdev_result res = string ? VDEV_DENIED : vpio_access(v, &a);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_PIO);
	if (res == VDEV_GP) {
		vmx_inject(X86_VEC_GP, 0);
		return;
	}
	if (res != VDEV_OK) {
		if (res != VDEV_SKIP && !denied(v, a.is_write ? FAULT_PIO_WRITE : FAULT_PIO_READ, a.port, a.size, a.value, false))
			return;
		/* INS has a destination in memory that we do not write */
		if (string && !a.is_write) {
			vmx_inject(X86_VEC_GP, 0);
			return;
		}
		a.value = ~0U;
	}
	if (!a.is_write)
		x86_complete_in(rax, a.size, a.value);
	skip();
}

static void handle_vmcall(struct vcpu *v)
{
	const struct cell *caller = v->pcpu->cell;
	u64 *r = v->arch.regs.r, mask = ~0UL;
	s64 result = -HV_EPERM;

	/* 32-bit callers: the upper halves are not theirs */
	if (!vmx_in_64bit_mode())
		mask = 0xffffffff;
	skip();
	if (vmx_cpl() == 0 && !(vmread(GUEST_RFLAGS) & X86_RFLAGS_VM))
		result = hypercall_handle(v, r[X86_RAX] & mask, r[X86_RDI] & mask, r[X86_RSI] & mask);
	/* HC_DISABLE waits, and another CPU may give this one to a cell meanwhile: the answer is not for the new owner */
	if (v->pcpu->cell == caller)
		r[X86_RAX] = result;
	if (system_should_leave(v) && can_leave(v))
		x86_leave(v, result);
}

/*
 * Only writes that change a bit that we keep come here. The guest is shown the new value of these bits; then it executes the instruction
 * again, which does not exit any more, and the CPU does all the rest: checks, entering 64-bit mode, loading PDPTEs.
 */
static void handle_cr(struct vcpu *v)
{
	u64 info = vmread(EXIT_QUALIFICATION), value = v->arch.regs.r[CR_REGISTER(info)];

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_CR);
	if (CR_TYPE(info) == CR_MOV_TO && CR_NUMBER(info) == 0)
		vmwrite(CR0_SHADOW, (vmread(CR0_SHADOW) & ~vmread(CR0_MASK)) | (value & vmread(CR0_MASK)));
	else if (CR_TYPE(info) == CR_MOV_TO && CR_NUMBER(info) == 4)
		vmx_inject(X86_VEC_GP, 0);	/* VMXE: not offered */
	else
		denied(v, FAULT_CR, CR_NUMBER(info), 0, info, true);
}

static void handle_xsetbv(struct vcpu *v)
{
	const u64 *r = v->arch.regs.r;
	u64 value = (u32)r[X86_RAX] | r[X86_RDX] << 32;

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_XSETBV);
	if (xsetbv_safe(r[X86_RCX], value))
		skip();
	else
		vmx_inject(X86_VEC_GP, 0);
}

/* As handle_machine_check() of svm_exit.c. */
static void handle_machine_check(struct vcpu *v)
{
	if (cell_is_root(v->pcpu->cell) && !v->pcpu->parked) {
		vmx_inject(X86_VEC_MC, -1);
		return;
	}
	wrmsr_safe(MSR_MCG_STATUS, 0);
	denied(v, FAULT_MACHINE_CHECK, 0, 0, 0, true);
}

/* #DB: DR6 is as before, what it would have got is in the exit (table 28-1). */
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
	if (vector == X86_VEC_DB) {
		write_dr6((read_dr6() & ~0xfUL) | DR6_FROM_EXIT(vmread(EXIT_QUALIFICATION)));
		vmwrite(GUEST_DR7, vmread(GUEST_DR7) & ~(1UL << 13));	/* GD, as delivery does */
	}
	vmx_inject(vector, vector == X86_VEC_AC ? 0 : -1);
}

/* --- memory ---------------------------------------------------------------------------------------------------------------- */

static enum x86_mode guest_mode(void)
{
	if (vmx_in_64bit_mode())
		return X86_MODE_64;
	return vmread(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS)) & RIGHTS_DEFAULT_32 ? X86_MODE_32 : X86_MODE_16;
}

static void emulate_access(struct vcpu *v, u64 addr, bool is_write, const struct mmio_insn *insn)
{
	struct mmio_access a = { .addr = gpa(addr), .size = insn->size, .is_write = is_write, .value = insn->value };
	enum vdev_result res = x86_dispatch_memory(v, &a);

	if (res == VDEV_GP) {
		vmx_inject(X86_VEC_GP, 0);
		return;
	}
	if (res != VDEV_OK) {
		if (res != VDEV_SKIP && !denied(v, is_write ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, addr, a.size, a.value, false))
			return;
		a.value = x86_all_ones(insn->size);
	}
	if (!is_write)
		x86_mmio_complete_read(insn, a.value, &v->arch.regs);
	/* the exit's instruction length is undefined for EPT violations */
	vmx_advance(insn->length);
}

/* A cell's CPU is stopped. Root gets an exception instead of an access: it costs Linux a process or an oops, not the CPU. */
static void not_completable(struct vcpu *v, enum fault_kind kind, u64 addr)
{
	if (denied(v, kind, addr, 0, 0, false))
		vmx_inject(X86_VEC_GP, 0);
}

static unsigned int fetch(struct vcpu *v, u8 *bytes)
{
	struct x86_paging paging;

	vmx_guest_paging(&paging);
	return x86_fetch(v, vmx_linear_rip(), &paging, bytes);
}

static void handle_ept_violation(struct vcpu *v)
{
	u64 info = vmread(EXIT_QUALIFICATION), addr = vmread(GUEST_PHYSICAL_ADDRESS);
	bool is_write = info & EPT_VIOLATION_WRITE, is_table = info & EPT_VIOLATION_LINEAR && !(info & EPT_VIOLATION_FINAL);
	enum fault_kind kind = is_write ? FAULT_MMIO_WRITE : FAULT_MMIO_READ;
	u8 bytes[X86_MAX_INSN];
	struct mmio_insn insn;

	/* Not the instruction at RIP made the access, but the delivery of an event: an exception would end in the same place. */
	if (vmread(IDT_VECTORING) & EVENT_VALID)
		denied(v, kind, addr, 0, 0, true);
	else if (info & EPT_VIOLATION_FETCH || is_table)
		not_completable(v, info & EPT_VIOLATION_FETCH ? FAULT_FETCH : kind, addr);
	else if (x86_decode_mmio(bytes, fetch(v, bytes), guest_mode(), &v->arch.regs, &insn) || insn.is_write != is_write)
		not_completable(v, kind, addr);
	else
		emulate_access(v, addr, is_write, &insn);
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
		handle_vmcall(v);
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
		skip();
		break;
	case VMX_RDPMC:
		vmx_inject(X86_VEC_GP, 0);
		break;
	case VMX_GETSEC:
	case VMX_VMCLEAR ... VMX_VMXON:
	case VMX_INVEPT:
	case VMX_INVVPID:
	case VMX_VMFUNC:
		vmx_inject(X86_VEC_UD, -1);
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
