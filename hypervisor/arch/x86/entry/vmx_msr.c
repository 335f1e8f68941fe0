// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_msr - emulated MSRs of the VMX backend: those that live in the VMCS. The policy is vdev/x86/vmsr.c's.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/cpudefs.h>
#include <virt/vmx.h>
#include <x86/entry.h>
#include <x86/exit.h>
#include <x86/hal.h>

#define EFER_WRITABLE	(X86_EFER_SCE | X86_EFER_LME | X86_EFER_NXE)

static enum vdev_result efer_write(u64 value)
{
	u64 hw, old = vmread(GUEST_EFER);

	if (value & ~(EFER_WRITABLE | X86_EFER_LMA))
		return VDEV_GP;
	/* LME must not change while paging is on (SDM vol. 3A, 4.1.1) */
	if ((vmread(GUEST_CR0) & X86_CR0_PG) && ((value ^ old) & X86_EFER_LME))
		return VDEV_GP;
	/* the bits that this CPU has are those that its own EFER accepts */
	if (!rdmsr_safe(MSR_EFER, &hw) || !wrmsr_safe(MSR_EFER, (hw | (value & EFER_WRITABLE)) & ~X86_EFER_SCE))
		return VDEV_GP;
	wrmsr(MSR_EFER, hw);
	vmwrite(GUEST_EFER, (value & EFER_WRITABLE) | (old & X86_EFER_LMA));
	return VDEV_OK;
}

static enum vdev_result emulate(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	switch (msr) {
	case MSR_EFER:
		if (is_write)
			return efer_write(*value);
		*value = vmread(GUEST_EFER);
		return VDEV_OK;
	case MSR_PAT:
		if (!is_write)
			*value = vmread(GUEST_PAT);
		else if (x86_pat_is_valid(*value))
			vmwrite(GUEST_PAT, *value);
		else
			return VDEV_GP;
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

enum vdev_result vmx_msr_access(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	return vmsr_access(v, &ops, msr, is_write, value);
}
