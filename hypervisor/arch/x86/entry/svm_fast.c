// SPDX-License-Identifier: GPL-2.0
/*
 * svm_fast - the frequent exits of 64-bit guests, handled while most of the guest's registers are still in the CPU.
 *
 * Only what entry.S has saved may be used of the register file: RCX RDX RBX RSI RDI R8–R11; RAX is in the VMCB. Anything unusual is left to
 * svm_handle_exit(), which sees the exit as if nothing had been tried: a path here either completes or has changed nothing.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <hv/x86/vdev.h>
#include <virt/svm.h>
#include <x86/entry.h>
#include <x86/hal.h>

/*
 * Intercepted by instruction: no event delivery was interrupted, and what was injected before has been taken. Without NRIP the length is
 * that of the instruction without prefixes; whoever adds some goes on in the middle of his own instruction.
 */
static inline bool complete(struct vcpu *v, struct vmcb *vmcb, unsigned int stat, unsigned int length)
{
	u32 *stats = v->pcpu->stats;

	stats[JAILHOUSE_CPU_STAT_VMEXITS_TOTAL]++;
	stats[stat]++;
	if (vcpu_percpu(v)->has_nrips)
		vmcb->rip = vmcb->nrip;
	else
		vmcb->rip += length;
	vmcb->interrupt_shadow = 0;
	vmcb->tlb_control = 0;
	vmcb->eventinj = 0;
	return true;
}

/* Not inlined: each is reached by a jump and saves only the registers that it needs. */
#define FAST_PATH static __attribute__((noinline)) bool

FAST_PATH fast_cpuid(struct vcpu *v, struct vmcb *vmcb)
{
	u64 *r = v->arch.regs.r;
	u32 leaf = vmcb->rax, subleaf = r[X86_RCX], out[4];

	cpuid(leaf, subleaf, out);
	vcpuid_filter(v->pcpu->cell, leaf, subleaf, vmcb->cr4, out);
	vmcb->rax = out[0];
	r[X86_RBX] = out[1];
	r[X86_RCX] = out[2];
	r[X86_RDX] = out[3];
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_CPUID, 2);
}

/* The x2APIC interface on a CPU in xAPIC mode, and the ICR on any; all rows of it in the policy table say "emulate" for a cell. */
FAST_PATH fast_x2apic_write(struct vcpu *v, struct vmcb *vmcb)
{
	const u64 *r = v->arch.regs.r;
	u32 msr = r[X86_RCX];
	bool icr = msr == MSR_X2APIC_FIRST + 0x30;

	if (!vlapic_msr_fast_write(v, vcpu_percpu(v)->apic, msr, (u32)vmcb->rax | r[X86_RDX] << 32))
		return false;
	return complete(v, vmcb, icr ? JAILHOUSE_CPU_STAT_VMEXITS_MSR_X2APIC_ICR : JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 2);
}

FAST_PATH fast_msr_read(struct vcpu *v, struct vmcb *vmcb)
{
	u64 *r = v->arch.regs.r;

	if ((u32)r[X86_RCX] != MSR_PAT)
		return false;
	vmcb->rax = (u32)vmcb->g_pat;
	r[X86_RDX] = vmcb->g_pat >> 32;
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 2);
}

/* A query that neither parks nor leaves. */
FAST_PATH fast_hypercall(struct vcpu *v, struct vmcb *vmcb)
{
	u64 *r = v->arch.regs.r;

	if (vmcb->rax != JAILHOUSE_HC_CPU_GET_INFO || vmcb->cpl != 0)
		return false;
	vmcb->rax = hypercall_cpu_info(v, r[X86_RDI], r[X86_RSI]);
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL, 3);
}

static inline bool is_x2apic(u32 msr)
{
	return msr - MSR_X2APIC_FIRST <= MSR_X2APIC_LAST - MSR_X2APIC_FIRST;
}

bool svm_handle_fast(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 code = vmcb->exitcode;

	if (!svm_in_64bit_mode(vmcb))
		return false;
	if (code == VMEXIT_MSR && !(vmcb->exitinfo1 & 1))
		return fast_msr_read(v, vmcb);
	if (code == VMEXIT_MSR && is_x2apic(v->arch.regs.r[X86_RCX]))
		return fast_x2apic_write(v, vmcb);
	if (code == VMEXIT_CPUID)
		return fast_cpuid(v, vmcb);
	if (code == VMEXIT_VMMCALL)
		return fast_hypercall(v, vmcb);
	return false;
}
