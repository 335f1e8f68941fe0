// SPDX-License-Identifier: GPL-2.0
/*
 * svm_exit - every exit of an SVM guest: decode, hand down, complete (AMD APM vol. 2, 15 and appendix C).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/string.h>
#include <hv/cpu_ctrl.h>
#include <hv/fault.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/decode.h>
#include <hv/x86/vdev.h>
#include <virt/svm.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

#define IOIO_IN			(1UL << 0)
#define IOIO_STRING		(1UL << 2)
#define IOIO_REP		(1UL << 3)
#define IOIO_SIZE(info)		((info) >> 4 & 7)	/* one-hot 1, 2, 4 = bytes */
#define IOIO_PORT(info)		((info) >> 16 & 0xffff)

#define EXITINT_VALID		(1UL << 31)
#define EXITINT_TYPE(info)	((info) >> 8 & 7)
#define EXITINT_SOFTWARE	4

/* False: the CPU was stopped, the guest context is gone. */
static bool denied(struct vcpu *v, enum fault_kind kind, u64 address, u8 width, u64 value, bool fatal)
{
	const struct fault f = {
		.kind = kind, .address = address, .width = width, .value = value, .rip = svm_linear_rip(svm_vmcb(v)),
		.fatal = fatal,
	};

	return guest_fault(v, &f) == FAULT_COMPLETE;
}

/*
 * What a handler's answer means for the instruction. True: it is done, with *value if it reads. False: the guest got an exception, or the
 * CPU was stopped.
 */
static bool settle(struct vcpu *v, enum vdev_result res, enum fault_kind kind, u64 address, u8 width, u64 *value)
{
	if (res == VDEV_OK)
		return true;
	if (res == VDEV_GP) {
		svm_inject(svm_vmcb(v), X86_VEC_GP, 0);
		return false;
	}
	if (res != VDEV_SKIP && !denied(v, kind, address, width, *value, false))
		return false;
	*value = x86_all_ones(width);
	return true;
}

/*
 * A CPU that Linux has not started yet, or that a violation stopped, or that was reset while it waited, has no state to go back to: it stays
 * where it is.
 */
static bool can_leave(struct vcpu *v)
{
	return !v->pcpu->parked && (svm_vmcb(v)->efer & X86_EFER_LMA);
}

/* --- kicks --------------------------------------------------------------------------------------------------------------- */

/* What made the exit is still pending: taken through our IDT. A kick may come in with it, so the mailbox is looked at in any case. */
static void take_pending(struct vcpu *v)
{
	__asm__ volatile("stgi; nop; nop; clgi" ::: "memory");
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT);
	if (cpu_ctrl_process(v) == CPU_LEAVE && can_leave(v))
		x86_leave(v, v->arch.regs.r[X86_RAX]);
	x86_expect_late_kick(v->pcpu);
}

/*
 * One at a time, as the CPU does with NMIs of its own: the next waits for an IRET. It comes in front of that IRET, where a handler has
 * long saved what another NMI would overwrite, as it has to for exceptions in the handler, whose IRET permits NMIs too.
 */
static void inject_nmi(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);

	v->arch.nmi_waits = v->arch.nmi_blocked || (vmcb->eventinj & VMCB_EVENT_VALID);
	if (!v->arch.nmi_waits) {
		v->arch.nmi_blocked = true;
		svm_inject(vmcb, X86_VEC_NMI, -1);
	}
	vmcb->intercept1 |= VMCB_INT1_IRET;
}

static void handle_iret(struct vcpu *v)
{
	svm_vmcb(v)->intercept1 &= ~VMCB_INT1_IRET;
	v->arch.nmi_blocked = false;
	if (v->arch.nmi_waits)
		inject_nmi(v);
}

static void handle_nmi(struct vcpu *v)
{
	bool kick = __atomic_load_n(&v->pcpu->arch.kick_pending, __ATOMIC_ACQUIRE);

	/* root's own NMI; a cell gets none */
	if (!kick && cell_is_root(v->pcpu->cell) && !v->pcpu->parked && !x86_is_late_kick(v->pcpu))
		inject_nmi(v);
	take_pending(v);
}

/* --- instructions ---------------------------------------------------------------------------------------------------------- */

/*
 * What svm_fast.c may answer next time: leaves without subleaves, of a cell (root's hardware may
 * change under it, by microcode or MSRs).
 */
static void remember_cpuid(struct vcpu *v, u32 leaf, const u32 out[4])
{
	if (leaf >= X86_CPUID_ANSWERS || cell_is_root(v->pcpu->cell))
		return;
	vcpu_percpu(v)->cpuid[leaf] = (struct cpuid_answer){
		.eax = out[0], .ebx = out[1], .edx = out[3], .known = true,
		.ecx = leaf == 1 ? out[2] & ~CPUID_1_ECX_OSXSAVE : out[2],
		.cr4_bit = leaf == 1 ? X86_CR4_OSXSAVE : 0,
	};
}

static void handle_cpuid(struct vcpu *v)
{
	u64 *r = v->arch.regs.r;
	u32 leaf = r[X86_RAX], subleaf = r[X86_RCX], out[4];

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_CPUID);
	cpuid(leaf, subleaf, out);
	vcpuid_filter(v->pcpu->cell, leaf, subleaf, svm_vmcb(v)->cr4, out);
	remember_cpuid(v, leaf, out);
	r[X86_RAX] = out[0];
	r[X86_RBX] = out[1];
	r[X86_RCX] = out[2];
	r[X86_RDX] = out[3];
	svm_skip(v, 2);
}

static void handle_msr(struct vcpu *v)
{
	u64 *r = v->arch.regs.r;
	bool is_write = svm_vmcb(v)->exitinfo1 & 1;
	u32 msr = r[X86_RCX];
	u64 value = (u32)r[X86_RAX] | r[X86_RDX] << 32;
	enum vdev_result res;

	x86_count_msr(v, msr);
	res = svm_msr_access(v, msr, is_write, &value);
	if (!settle(v, res, is_write ? FAULT_MSR_WRITE : FAULT_MSR_READ, msr, 8, &value))
		return;
	if (!is_write) {
		r[X86_RAX] = (u32)value;
		r[X86_RDX] = value >> 32;
	}
	svm_skip(v, 2);
}

static void handle_io(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 *rax = &v->arch.regs.r[X86_RAX], info = vmcb->exitinfo1;
	struct pio_access a = {
		.port = IOIO_PORT(info), .size = IOIO_SIZE(info), .is_write = !(info & IOIO_IN),
		.value = *rax & x86_all_ones(IOIO_SIZE(info)),
	};
	enum fault_kind kind = a.is_write ? FAULT_PIO_WRITE : FAULT_PIO_READ;
	bool string = info & (IOIO_STRING | IOIO_REP);
	enum vdev_result res;
	u64 value;

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_PIO);
	res = string ? VDEV_DENIED : vpio_access(v, &a);
	value = a.value;
	if (!settle(v, res, kind, a.port, a.size, &value))
		return;
	/* INS has a destination in memory that we do not write */
	if (string && !a.is_write) {
		svm_inject(vmcb, X86_VEC_GP, 0);
		return;
	}
	if (!a.is_write)
		x86_complete_in(rax, a.size, value);
	vmcb->rip = vmcb->exitinfo2;
	vmcb->interrupt_shadow &= ~1UL;
}

static void handle_vmmcall(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	const struct cell *caller = v->pcpu->cell;
	u64 *r = v->arch.regs.r, mask = ~0UL;
	s64 result = -HV_EPERM;

	/* 32-bit callers: the upper halves are not theirs */
	if (!svm_in_64bit_mode(vmcb))
		mask = 0xffffffff;
	svm_skip(v, 3);
	if (vmcb->cpl == 0 && !(vmcb->rflags & X86_RFLAGS_VM))
		result = hypercall_handle(v, r[X86_RAX] & mask, r[X86_RDI] & mask, r[X86_RSI] & mask);
	/* HC_DISABLE waits, and another CPU may give this one to a cell meanwhile: the answer is not for the new owner */
	if (v->pcpu->cell == caller)
		r[X86_RAX] = result;
	if (system_should_leave(v) && can_leave(v))
		x86_leave(v, result);
}

static void handle_exception(struct vcpu *v, unsigned int vector)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_EXCEPTION);
	svm_inject(svm_vmcb(v), vector, vector == X86_VEC_AC ? 0 : -1);
}

/*
 * #UD, as with EFER.SVME clear. But where root believes SVME to be set, KVM's CPU hotplug makes sure that GIF is 1 before it clears it, and
 * BUGs on a fault: GIF is always 1 for a guest, STGI has nothing to do.
 */
static void handle_svm_instruction(struct vcpu *v, u64 code)
{
	if (code == VMEXIT_STGI && (v->arch.efer_shadow & X86_EFER_SVME))
		svm_skip(v, 3);
	else
		svm_inject(svm_vmcb(v), X86_VEC_UD, -1);
}

/*
 * Linux handles machine checks: those that hit its CPUs. One that hits a cell's CPU ends that CPU, for nobody knows what the cell would go on
 * with; its banks keep the record until the CPU is Linux's again. MCIP is cleared, or the next one would be a shutdown (APM vol. 2, 9.3.1.2).
 */
static void handle_machine_check(struct vcpu *v)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_EXCEPTION);
	if (cell_is_root(v->pcpu->cell) && !v->pcpu->parked) {
		svm_inject(svm_vmcb(v), X86_VEC_MC, -1);
		return;
	}
	wrmsr_safe(MSR_MCG_STATUS, 0);
	denied(v, FAULT_MACHINE_CHECK, 0, 0, 0, true);
}

static bool is_prefix(u8 byte)
{
	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64 ... 0x67: case 0xf0: case 0xf2: case 0xf3:
		return true;
	default:
		return false;
	}
}

static unsigned int svm_fetch(struct vcpu *v, u8 *bytes)
{
	const struct vmcb *vmcb = svm_vmcb(v);
	unsigned int have = vmcb->insn_count & 0xf;
	struct x86_paging paging;

	if (vcpu_percpu(v)->has_decode_assist && have) {
		memcpy(bytes, vmcb->insn_bytes, have);
		return have;
	}
	svm_guest_paging(vmcb, &paging);
	return x86_fetch(v, svm_linear_rip(vmcb), &paging, bytes);
}

/* WBINVD, or WBNOINVD with its prefix: nothing, for caches are coherent. Without NRIP the length is in the bytes. */
static void skip_cache_flush(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	unsigned int have, n = 0;
	u8 bytes[X86_MAX_INSN];

	have = svm_fetch(v, bytes);
	while (n < have && (is_prefix(bytes[n]) || (svm_in_64bit_mode(vmcb) && (bytes[n] & 0xf0) == 0x40)))
		n++;
	svm_skip(v, n + 2);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------ */

static enum x86_mode guest_mode(const struct vmcb *vmcb)
{
	if (svm_in_64bit_mode(vmcb))
		return X86_MODE_64;
	return vmcb->cs.attrib & VMCB_ATTR_DEFAULT_32 ? X86_MODE_32 : X86_MODE_16;
}

static void emulate_access(struct vcpu *v, u64 addr, bool is_write, const struct mmio_insn *insn)
{
	struct mmio_access a = { .addr = gpa(addr), .size = insn->size, .is_write = is_write, .value = insn->value };
	enum vdev_result res = x86_dispatch_memory(v, &a);

	if (!settle(v, res, is_write ? FAULT_MMIO_WRITE : FAULT_MMIO_READ, addr, a.size, &a.value))
		return;
	if (!is_write)
		x86_mmio_complete_read(insn, a.value, &v->arch.regs);
	/* NRIP is not given for nested page faults */
	svm_advance(svm_vmcb(v), insn->length);
}

/* A cell's CPU is stopped. Root gets an exception instead of an access: it costs Linux a process or an oops, not the CPU. */
static void not_completable(struct vcpu *v, enum fault_kind kind, u64 addr)
{
	if (denied(v, kind, addr, 0, 0, false))
		svm_inject(svm_vmcb(v), X86_VEC_GP, 0);
}

/* With decode assists the bytes lie in the VMCB. */
static const struct mmio_insn *decode_access(struct vcpu *v, const struct vmcb *vmcb)
{
	struct mmio_insn *insn = &vcpu_percpu(v)->fetch.insn;
	struct x86_paging paging;
	u8 bytes[X86_MAX_INSN];

	if (!vcpu_percpu(v)->has_decode_assist) {
		svm_guest_paging(vmcb, &paging);
		return x86_fetch_mmio(v, svm_linear_rip(vmcb), &paging, guest_mode(vmcb));
	}
	vcpu_percpu(v)->fetch.valid = false;
	if (x86_decode_mmio(bytes, svm_fetch(v, bytes), guest_mode(vmcb), &v->arch.regs, insn))
		return NULL;
	return insn;
}

static void handle_npf(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 info = vmcb->exitinfo1, addr = vmcb->exitinfo2;
	bool is_write = info & NPF_WRITE;
	enum fault_kind kind = is_write ? FAULT_MMIO_WRITE : FAULT_MMIO_READ;
	const struct mmio_insn *insn;

	/* Not the instruction at RIP made the access, but the delivery of an event: an exception would end in the same place. */
	if (vmcb->exitintinfo & EXITINT_VALID)
		denied(v, kind, addr, 0, 0, true);
	else if (info & (NPF_FETCH | NPF_TABLE_WALK))
		not_completable(v, info & NPF_FETCH ? FAULT_FETCH : kind, addr);
	else if (insn = decode_access(v, vmcb), !insn || insn->is_write != is_write)
		not_completable(v, kind, addr);
	else
		emulate_access(v, addr, is_write, insn);
}

/* --- dispatch -------------------------------------------------------------------------------------------------------------------- */

/* An event whose delivery was interrupted by the exit is delivered again; INT n restarts by itself. */
static u64 pending_event(const struct vmcb *vmcb)
{
	u64 info = vmcb->exitintinfo;

	return info & EXITINT_VALID && EXITINT_TYPE(info) != EXITINT_SOFTWARE ? info : 0;
}

/* VMEXIT_INVALID: the state was never loaded, and an emulator may have written the host's RIP in its place. */
static void handle_unknown(struct vcpu *v, u64 code)
{
	struct vmcb *vmcb = svm_vmcb(v);

	if (code == VMEXIT_INVALID && vmcb->rip >= HV_BASE)
		vmcb->rip = 0;
	denied(v, FAULT_EXIT, code, 0, vmcb->exitinfo1, true);
}

static void handle_exit(struct vcpu *v, struct vmcb *vmcb)
{
	u64 code = vmcb->exitcode;

	if (code == VMEXIT_NMI)
		handle_nmi(v);
	else if (code == VMEXIT_NPF)
		handle_npf(v);
	else if (code == VMEXIT_MSR)
		handle_msr(v);
	else if (code == VMEXIT_IOIO)
		handle_io(v);
	else if (code == VMEXIT_CPUID)
		handle_cpuid(v);
	else if (code == VMEXIT_VMMCALL)
		handle_vmmcall(v);
	else if (code == VMEXIT_INVD)
		svm_skip(v, 2);		/* caches are coherent: WBINVD is what may be meant, and nothing is what is needed */
	else if (code == VMEXIT_EXCEPTION + X86_VEC_DB || code == VMEXIT_EXCEPTION + X86_VEC_AC)
		handle_exception(v, code - VMEXIT_EXCEPTION);
	else if ((code >= VMEXIT_VMRUN && code <= VMEXIT_SKINIT) || code == VMEXIT_INVLPGA)
		handle_svm_instruction(v, code);
	else if (code == VMEXIT_EXCEPTION + X86_VEC_MC)
		handle_machine_check(v);
	else if (code == VMEXIT_IRET)
		handle_iret(v);
	else if (code == VMEXIT_RDPMC)
		svm_inject(vmcb, X86_VEC_GP, 0);
	else if (code == VMEXIT_WBINVD)
		skip_cache_flush(v);
	else if (code == VMEXIT_SHUTDOWN)
		denied(v, FAULT_SHUTDOWN, 0, 0, 0, true);
	else if (code == VMEXIT_INIT)
		take_pending(v);	/* VM_CR.R_INIT makes #SX of it */
	else
		handle_unknown(v, code);
}

void svm_handle_exit(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 *r = v->arch.regs.r;

	r[X86_RAX] = vmcb->rax;
	r[X86_RSP] = vmcb->rsp;
	vmcb->tlb_control = 0;
	vmcb->eventinj = pending_event(vmcb);
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_TOTAL);
	percpu_note_exit(vcpu_percpu(v), vmcb->exitcode, vmcb->rip, vmcb->exitinfo1, vmcb->exitinfo2);

	handle_exit(v, vmcb);

	vmcb->rax = r[X86_RAX];
	vmcb->rsp = r[X86_RSP];
}
