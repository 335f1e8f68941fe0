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

/* Intercepted by instruction: no event delivery was interrupted, and what was injected before has been taken. */
static inline bool complete(struct vcpu *v, struct vmcb *vmcb, unsigned int stat, unsigned int length)
{
	u32 *stats = v->pcpu->stats;

	stats[JAILHOUSE_CPU_STAT_VMEXITS_TOTAL]++;
	stats[stat]++;
	svm_skip(v, length);	/* prefixes make it longer: NRIP knows */
	vmcb->tlb_control = 0;
	vmcb->eventinj = 0;
	return true;
}

static inline bool fast_cpuid(struct vcpu *v, struct vmcb *vmcb)
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
static inline bool fast_x2apic(struct vcpu *v, struct vmcb *vmcb, u32 msr, bool is_write, u64 value)
{
	u64 *r = v->arch.regs.r;

	if (vlapic_msr(v, vcpu_percpu(v)->apic, msr, is_write, &value) != VDEV_OK)
		return false;
	if (!is_write) {
		vmcb->rax = (u32)value;
		r[X86_RDX] = value >> 32;
	}
	return complete(v, vmcb, msr == MSR_X2APIC_FIRST + 0x30 ? JAILHOUSE_CPU_STAT_VMEXITS_MSR_X2APIC_ICR :
								 JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 2);
}

static inline bool fast_msr(struct vcpu *v, struct vmcb *vmcb)
{
	u64 *r = v->arch.regs.r;
	bool is_write = vmcb->exitinfo1 & 1;
	u32 msr = r[X86_RCX];

	if (msr - MSR_X2APIC_FIRST <= MSR_X2APIC_LAST - MSR_X2APIC_FIRST)
		return fast_x2apic(v, vmcb, msr, is_write, (u32)vmcb->rax | r[X86_RDX] << 32);
	if (msr != MSR_PAT || is_write)
		return false;
	vmcb->rax = (u32)vmcb->g_pat;
	r[X86_RDX] = vmcb->g_pat >> 32;
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 2);
}

/* A query that neither parks nor leaves. */
static inline bool fast_hypercall(struct vcpu *v, struct vmcb *vmcb)
{
	u64 *r = v->arch.regs.r;

	if (vmcb->rax != JAILHOUSE_HC_CPU_GET_INFO || vmcb->cpl != 0)
		return false;
	vmcb->rax = hypercall_cpu_info(v, r[X86_RDI], r[X86_RSI]);
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL, 3);
}

bool svm_handle_fast(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 code = vmcb->exitcode;

	if (!svm_in_64bit_mode(vmcb))
		return false;
	if (code == VMEXIT_MSR)
		return fast_msr(v, vmcb);
	if (code == VMEXIT_CPUID)
		return fast_cpuid(v, vmcb);
	if (code == VMEXIT_VMMCALL)
		return fast_hypercall(v, vmcb);
	return false;
}
