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

/* --- accessors that entry code uses of either backend ----------------------------------------------------------------------- */

/* bits of EFER that are ours, and that root believes to be its own: KVM sets SVME at load and at CPU hotplug */
#define svm_efer_shadowed	X86_EFER_SVME

static inline u64 svm_cr0(struct vcpu *v) { return svm_vmcb(v)->cr0; }
static inline u64 svm_cr4(struct vcpu *v) { return svm_vmcb(v)->cr4; }
static inline u64 svm_rflags(struct vcpu *v) { return svm_vmcb(v)->rflags; }
static inline unsigned int svm_cpl(struct vcpu *v) { return svm_vmcb(v)->cpl; }
static inline u64 svm_pat(struct vcpu *v) { return svm_vmcb(v)->g_pat; }
static inline void svm_set_pat(struct vcpu *v, u64 pat) { svm_vmcb(v)->g_pat = pat; }
static inline bool svm_has_32bit_code(struct vcpu *v) { return svm_vmcb(v)->cs.attrib & VMCB_ATTR_DEFAULT_32; }

static inline u64 svm_efer(struct vcpu *v)
{
	return (svm_vmcb(v)->efer & ~X86_EFER_SVME) | v->arch.efer_shadow;
}

static inline void svm_set_efer(struct vcpu *v, u64 efer)
{
	svm_vmcb(v)->efer = efer | X86_EFER_SVME;
	v->arch.efer_shadow = efer & X86_EFER_SVME;
}

static inline bool svm_in_64bit_mode(struct vcpu *v)
{
	return (svm_vmcb(v)->efer & X86_EFER_LMA) && (svm_vmcb(v)->cs.attrib & VMCB_ATTR_LONG);
}

/** Linear address of the guest's next instruction: 64-bit mode ignores the base that CS may hold (APM vol. 2, 4.5). */
static inline u64 svm_linear_rip(struct vcpu *v)
{
	return svm_in_64bit_mode(v) ? svm_vmcb(v)->rip : (u32)(svm_vmcb(v)->cs.base + svm_vmcb(v)->rip);
}

/** Queue an exception; @error_code < 0: none. */
void svm_inject(struct vcpu *v, unsigned int vector, int error_code);
/** The instruction at RIP is done: the next one is @length bytes further. */
void svm_advance(struct vcpu *v, unsigned int length);
/** Step over the current instruction: NRIP where the CPU gives it, else @length. */
void svm_skip(struct vcpu *v, unsigned int length);
void svm_guest_paging(struct vcpu *v, struct x86_paging *p);
/** Bytes of the instruction that the CPU has fetched itself: how many, 0 if it does not tell. */
unsigned int svm_fetched(struct vcpu *v, u8 *bytes);
/** An MSR that only this backend has. False: it is not one, or the value is not accepted. */
bool svm_own_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value);

#endif /* VIRT_SVM_H */
