// SPDX-License-Identifier: GPL-2.0
/*
 * msr - emulated MSRs of the SVM backend: those that live in the VMCB or belong to the hypervisor. The policy is vdev/x86/vmsr.c's.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <virt/svm.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

/* EFER bits that a guest may set, all of its own CPU; SVME is only remembered, for root (KVM sets it at load and at CPU hotplug). */
#define EFER_WRITABLE	(X86_EFER_SCE | X86_EFER_LME | X86_EFER_NXE | X86_EFER_LMSLE | X86_EFER_FFXSR | X86_EFER_TCE | \
			 X86_EFER_MCOMMIT | X86_EFER_INTWB | X86_EFER_UAIE | X86_EFER_AIBRSE)

static enum vdev_result efer_write(struct vcpu *v, u64 value)
{
	struct vmcb *vmcb = svm_vmcb(v);
	bool root = cell_is_root(v->pcpu->cell);
	u64 allowed = EFER_WRITABLE | X86_EFER_LMA | (root ? X86_EFER_SVME : 0);
	u64 hw, wanted, own = X86_EFER_SVME;
	bool taken;

	/* the bits that this CPU has are those that its own EFER accepts */
	if (value & ~allowed)
		return VDEV_GP;
	/* LME must not change while paging is on (APM vol. 2, 14.6) */
	if ((vmcb->cr0 & X86_CR0_PG) && ((value ^ vmcb->efer) & X86_EFER_LME))
		return VDEV_GP;
	hw = rdmsr(MSR_EFER);
	wanted = (hw | (value & EFER_WRITABLE)) & ~X86_EFER_SCE;
	if (!wrmsr_safe(MSR_EFER, wanted))
		return VDEV_GP;
	taken = rdmsr(MSR_EFER) == wanted;	/* some emulators drop what they do not know, and then refuse it in VMRUN */
	wrmsr(MSR_EFER, hw);
	if (!taken)
		return VDEV_GP;

	vmcb->efer = (value & EFER_WRITABLE) | (vmcb->efer & X86_EFER_LMA) | own;
	v->arch.efer_shadow = value & X86_EFER_SVME;
	return VDEV_OK;
}

/* Root's value goes to hardware when we leave: what that does not take is refused now. */
static enum vdev_result hsave_write(struct vcpu *v, u64 value)
{
	u64 own;

	if (value & ~PAGE_MASK || !rdmsr_safe(MSR_VM_HSAVE_PA, &own) || !wrmsr_safe(MSR_VM_HSAVE_PA, value))
		return VDEV_GP;
	wrmsr(MSR_VM_HSAVE_PA, own);
	v->arch.hsave_shadow = value;
	return VDEV_OK;
}

static enum vdev_result emulate(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	struct vmcb *vmcb = svm_vmcb(v);

	switch (msr) {
	case MSR_EFER:
		if (is_write)
			return efer_write(v, *value);
		*value = (vmcb->efer & ~X86_EFER_SVME) | v->arch.efer_shadow;
		return VDEV_OK;
	case MSR_PAT:
		if (!is_write)
			*value = vmcb->g_pat;
		else if (x86_pat_is_valid(*value))
			vmcb->g_pat = *value;
		else
			return VDEV_GP;
		return VDEV_OK;
	case MSR_VM_HSAVE_PA:
		if (is_write)
			return hsave_write(v, *value);
		*value = v->arch.hsave_shadow;
		return VDEV_OK;
	default:
		return x86_common_msr(v, msr, is_write, value);
	}
}

static const struct vmsr_ops ops = {
	.emulate = emulate,
	.hw_read = rdmsr_safe,
	.hw_write = wrmsr_safe,
};

enum vdev_result svm_msr_access(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	return vmsr_access(v, &ops, msr, is_write, value);
}
