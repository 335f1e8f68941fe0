// SPDX-License-Identifier: GPL-2.0
/*
 * svm_fast - the frequent exits of 64-bit guests, handled while most of the guest's registers are
 * still in the CPU.
 *
 * Of the register file only what entry.S has saved may be used: RCX RDX RBX RSI RDI; RAX is in the
 * VMCB. R8–R11 are still the guest's: the compiler is told that functions of this file save them
 * (mk/hypervisor.mk), which is true only as long as they call nothing outside of it; the build
 * checks that the object has no undefined symbol. Anything unusual is left to svm_handle_exit(),
 * which sees the exit as if nothing had been tried: a path here either completes or has changed
 * nothing.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <hv/x86/vlapic_fast.h>
#include <virt/svm.h>
#include <x86/entry.h>
#include <x86/x2apic.h>
#include <x86/xapic.h>

#define MSR_X2APIC_ICR	(MSR_X2APIC_FIRST + VLAPIC_REG_ICR)

/* Seen by the compiler as constants: no call is made through them here. */
static const struct apic_ops page_ops = { .write = xapic_write, .send_ipi = xapic_send_ipi };
static const struct apic_ops msr_ops = { .write = x2apic_write, .send_ipi = x2apic_send_ipi };

/*
 * Intercepted by instruction: no event delivery was interrupted, and what was injected before has
 * been taken. Without NRIP the length is that of the instruction without prefixes; whoever adds
 * some goes on in the middle of his own instruction.
 */
static inline struct x86_regs *complete(struct vcpu *v, struct vmcb *vmcb, unsigned int stat,
					unsigned int length)
{
	u32 *stats = v->pcpu->stats;

	stats[JAILHOUSE_CPU_STAT_VMEXITS_TOTAL]++;
	stats[stat]++;
	if (unlikely(vcpu_percpu(v)->has_nrips))
		vmcb->rip = vmcb->nrip;
	else
		vmcb->rip += length;
	vmcb->interrupt_shadow = 0;
	vmcb->tlb_control = 0;
	vmcb->eventinj = 0;
	return &v->arch.regs;
}

/* Not inlined: each is reached by a jump and saves only the registers that it needs. */
#define FAST_PATH static __attribute__((noinline)) struct x86_regs *

/*
 * A leaf that this cell's CPU has asked for before and whose answer does not change
 * (handle_cpuid() in svm_exit.c), but for the bit that mirrors CR4.
 */
FAST_PATH fast_cpuid(struct vcpu *v, struct vmcb *vmcb)
{
	const struct cpuid_answer *a = vcpu_percpu(v)->cpuid;
	u64 *r = v->arch.regs.r;
	u32 leaf = vmcb->rax;

	if (leaf >= X86_CPUID_ANSWERS || !a[leaf].known)
		return NULL;
	a += leaf;
	vmcb->rax = a->eax;
	r[X86_RBX] = a->ebx;
	r[X86_RDX] = a->edx;
	r[X86_RCX] = a->ecx | (vmcb->cr4 & a->cr4_bit) << X86_CPUID_OSXSAVE_SHIFT;
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_CPUID, 2);
}

static inline u64 written_value(const struct vcpu *v, const struct vmcb *vmcb)
{
	return (u32)vmcb->rax | v->arch.regs.r[X86_RDX] << 32;
}

/* On a CPU in x2APIC mode this is the only register whose writes exit. */
FAST_PATH fast_icr(struct vcpu *v, struct vmcb *vmcb)
{
	struct percpu *p = vcpu_percpu(v);
	u64 icr = written_value(v, vmcb);
	bool sent = false;

	if (p->fast_apic == X86_FAST_APIC_PAGE)
		sent = vlapic_fast_icr(v->pcpu, &p->vlapic, &page_ops, icr);
	else if (p->fast_apic == X86_FAST_APIC_MSR)
		sent = vlapic_fast_icr(v->pcpu, &p->vlapic, &msr_ops, icr);
	return sent ? complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_MSR_X2APIC_ICR, 2) : NULL;
}

/*
 * The x2APIC interface of a cell on a CPU in xAPIC mode; all rows of it in the policy table say
 * "emulate".
 */
FAST_PATH fast_msr_write(struct vcpu *v, struct vmcb *vmcb)
{
	u32 reg = (u32)v->arch.regs.r[X86_RCX] - MSR_X2APIC_FIRST;

	if (vcpu_percpu(v)->fast_apic != X86_FAST_APIC_PAGE ||
	    !vlapic_fast_write(v->pcpu, &page_ops, reg, written_value(v, vmcb)))
		return NULL;
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 2);
}

FAST_PATH fast_msr_read(struct vcpu *v, struct vmcb *vmcb)
{
	u64 *r = v->arch.regs.r;

	if ((u32)r[X86_RCX] != MSR_PAT)
		return NULL;
	vmcb->rax = (u32)vmcb->g_pat;
	r[X86_RDX] = vmcb->g_pat >> 32;
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_MSR_OTHER, 2);
}

/* A query of the own CPU, which its cell owns: the others, and wrong ones, take the long way. */
FAST_PATH fast_hypercall(struct vcpu *v, struct vmcb *vmcb)
{
	const u64 *r = v->arch.regs.r;

	if (vmcb->rax != JAILHOUSE_HC_CPU_GET_INFO || vmcb->cpl != 0 || r[X86_RDI] != v->pcpu->id)
		return NULL;
	vmcb->rax = pcpu_info(v->pcpu, r[X86_RSI]);
	return complete(v, vmcb, JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL, 3);
}

struct x86_regs *svm_handle_fast(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);
	u64 code = vmcb->exitcode;

	if (!svm_in_64bit_mode(vmcb))
		return NULL;
	if (code == VMEXIT_MSR && !(vmcb->exitinfo1 & 1))
		return fast_msr_read(v, vmcb);
	if (code == VMEXIT_MSR)
		return (u32)v->arch.regs.r[X86_RCX] == MSR_X2APIC_ICR ? fast_icr(v, vmcb) :
									fast_msr_write(v, vmcb);
	if (code == VMEXIT_CPUID)
		return fast_cpuid(v, vmcb);
	if (code == VMEXIT_VMMCALL)
		return fast_hypercall(v, vmcb);
	return NULL;
}
