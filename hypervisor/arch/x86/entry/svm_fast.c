// SPDX-License-Identifier: GPL-2.0
/*
 * svm_fast - which exits of SVM take the fast path (fast_common.inc). RAX is in the VMCB.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <virt/svm.h>

static inline u64 svm_fast_rax(struct vcpu *v) { return svm_vmcb(v)->rax; }
static inline void svm_fast_set_rax(struct vcpu *v, u64 value) { svm_vmcb(v)->rax = value; }
static inline u64 svm_fast_cr4(struct vcpu *v) { return svm_vmcb(v)->cr4; }

/*
 * Intercepted by instruction: no event delivery was interrupted, and what was injected before has
 * been taken. Without NRIP the length is that of the instruction without prefixes; whoever adds
 * some goes on in the middle of his own instruction.
 */
static inline void svm_fast_skip(struct vcpu *v, unsigned int length)
{
	struct vmcb *vmcb = svm_vmcb(v);

	if (unlikely(vcpu_percpu(v)->has_nrips))
		vmcb->rip = vmcb->nrip;
	else
		vmcb->rip += length;
	vmcb->interrupt_shadow = 0;
	vmcb->tlb_control = 0;
	vmcb->eventinj = 0;
}

#define BACKEND(name) svm_##name
#include <hypervisor/arch/x86/entry/fast_common.inc>

struct x86_regs *svm_handle_fast(struct vcpu *v)
{
	u64 code = svm_vmcb(v)->exitcode;

	if (!svm_in_64bit_mode(v))
		return NULL;
	if (code == VMEXIT_MSR)
		return fast_msr(v, svm_vmcb(v)->exitinfo1 & 1);
	if (code == VMEXIT_CPUID)
		return fast_cpuid(v);
	if (code == VMEXIT_VMMCALL)
		return fast_hypercall(v);
	return NULL;
}
