/* SPDX-License-Identifier: GPL-2.0 */
/* svm - what entry code of the SVM backend uses of virt/svm.c. */
#ifndef VIRT_SVM_H
#define VIRT_SVM_H

#include <hv/vcpu.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/regs.h>
#include <virt/vmcb.h>
#include <x86/percpu.h>

static inline struct vmcb *svm_vmcb(struct vcpu *v)
{
	return (struct vmcb *)vcpu_percpu(v)->vmcb;
}

static inline bool svm_in_64bit_mode(const struct vmcb *vmcb)
{
	return (vmcb->efer & X86_EFER_LMA) && (vmcb->cs.attrib & VMCB_ATTR_LONG);
}

/** Linear address of the guest's next instruction: 64-bit mode ignores the base that CS may hold (APM vol. 2, 4.5). */
static inline u64 svm_linear_rip(const struct vmcb *vmcb)
{
	return svm_in_64bit_mode(vmcb) ? vmcb->rip : (u32)(vmcb->cs.base + vmcb->rip);
}

/** Queue an exception; @error_code < 0: none. */
void svm_inject(struct vmcb *vmcb, unsigned int vector, int error_code);
/** The instruction at RIP is done: the next one is @length bytes further. */
void svm_advance(struct vmcb *vmcb, unsigned int length);
/** Step over the current instruction: NRIP where the CPU gives it, else @length. */
void svm_skip(struct vcpu *v, unsigned int length);
void svm_guest_paging(const struct vmcb *vmcb, struct x86_paging *p);

#endif /* VIRT_SVM_H */
