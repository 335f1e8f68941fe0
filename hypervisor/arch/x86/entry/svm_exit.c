// SPDX-License-Identifier: GPL-2.0
/*
 * svm_exit - every exit of an SVM guest: decode, hand down, complete (AMD APM vol. 2, 15 and appendix C).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <virt/svm.h>

#define BACKEND(name) svm_##name
#include <hypervisor/arch/x86/entry/exit_common.inc>

#define IOIO_IN			(1UL << 0)
#define IOIO_STRING		(1UL << 2)
#define IOIO_REP		(1UL << 3)
#define IOIO_SIZE(info)		((info) >> 4 & 7)	/* one-hot 1, 2, 4 = bytes */
#define IOIO_PORT(info)		((info) >> 16 & 0xffff)

#define EXITINT_VALID		(1UL << 31)
#define EXITINT_TYPE(info)	((info) >> 8 & 7)
#define EXITINT_SOFTWARE	4

/* --- kicks --------------------------------------------------------------------------------------------------------------- */

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
		svm_inject(v, X86_VEC_NMI, -1);
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

/*
 * What made the exit is still pending: taken through our IDT, where alone is known what it was. A kick may come in with it, so the mailbox
 * is looked at in any case.
 */
static void take_pending(struct vcpu *v)
{
	x86_take_nmis();
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT);
	if (cpu_ctrl_process(v) == CPU_LEAVE && can_leave(v))
		x86_leave(v, v->arch.regs.r[X86_RAX]);
	x86_expect_late_kicks(v->pcpu);
	if (v->arch.nmi_waits)
		inject_nmi(v);
}

/* --- instructions ---------------------------------------------------------------------------------------------------------- */

static void handle_io(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 info = vmcb->exitinfo1;

	if (!handle_port(v, IOIO_PORT(info), IOIO_SIZE(info), !(info & IOIO_IN), info & (IOIO_STRING | IOIO_REP)))
		return;
	vmcb->rip = vmcb->exitinfo2;
	vmcb->interrupt_shadow &= ~1UL;
}

static void handle_exception(struct vcpu *v, unsigned int vector)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_EXCEPTION);
	svm_vmcb(v)->dr7 &= ~((u64)(vector == X86_VEC_DB) << 13);	/* GD, as delivery does */
	if (vector == X86_VEC_MC)
		handle_machine_check(v);
	else
		svm_inject(v, vector, vector == X86_VEC_AC ? 0 : -1);
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
		svm_inject(v, X86_VEC_UD, -1);
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

/* WBINVD, or WBNOINVD with its prefix: nothing, for caches are coherent. Without NRIP the length is in the bytes. */
static void skip_cache_flush(struct vcpu *v)
{
	unsigned int have, n = 0;
	u8 bytes[X86_MAX_INSN];

	have = fetch(v, bytes);
	while (n < have && (is_prefix(bytes[n]) || (svm_in_64bit_mode(v) && (bytes[n] & 0xf0) == 0x40)))
		n++;
	svm_skip(v, n + 2);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------ */

static void handle_npf(struct vcpu *v)
{
	const struct vmcb *vmcb = svm_vmcb(v);
	const struct stage2_fault f = {
		.addr = vmcb->exitinfo2, .is_write = vmcb->exitinfo1 & NPF_WRITE, .is_fetch = vmcb->exitinfo1 & NPF_FETCH,
		.is_table = vmcb->exitinfo1 & NPF_TABLE_WALK, .in_delivery = vmcb->exitintinfo & EXITINT_VALID,
	};

	handle_stage2_fault(v, &f);
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

	if (code == VMEXIT_NMI || code == VMEXIT_INIT)
		take_pending(v);	/* VM_CR.R_INIT makes #SX of an INIT */
	else if (code == VMEXIT_NPF)
		handle_npf(v);
	else if (code == VMEXIT_MSR)
		handle_msr(v, vmcb->exitinfo1 & 1);
	else if (code == VMEXIT_IOIO)
		handle_io(v);
	else if (code == VMEXIT_CPUID)
		handle_cpuid(v);
	else if (code == VMEXIT_VMMCALL)
		handle_hypercall(v);
	else if (code == VMEXIT_INVD)
		svm_skip(v, 2);		/* caches are coherent: WBINVD is what may be meant, and nothing is what is needed */
	else if (code == VMEXIT_EXCEPTION + X86_VEC_DB || code == VMEXIT_EXCEPTION + X86_VEC_AC ||
		 code == VMEXIT_EXCEPTION + X86_VEC_MC)
		handle_exception(v, code - VMEXIT_EXCEPTION);
	else if ((code >= VMEXIT_VMRUN && code <= VMEXIT_SKINIT) || code == VMEXIT_INVLPGA)
		handle_svm_instruction(v, code);
	else if (code == VMEXIT_IRET)
		handle_iret(v);
	else if (code == VMEXIT_RDPMC)
		inject_gp(v);
	else if (code == VMEXIT_WBINVD)
		skip_cache_flush(v);
	else if (code == VMEXIT_SHUTDOWN)
		denied(v, FAULT_SHUTDOWN, 0, 0, 0, true);
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
