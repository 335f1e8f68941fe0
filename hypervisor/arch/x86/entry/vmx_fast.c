// SPDX-License-Identifier: GPL-2.0
/*
 * vmx_fast - which exits of VMX take the fast path (fast_common.inc).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <virt/vmx.h>

static inline u64 vmx_fast_rax(struct vcpu *v) { return v->arch.regs.r[X86_RAX]; }
static inline void vmx_fast_set_rax(struct vcpu *v, u64 value) { v->arch.regs.r[X86_RAX] = value; }
/* of the bits that are the guest's own */
static inline u64 vmx_fast_cr4(struct vcpu *v) { return vmread(GUEST_CR4); }

static inline void vmx_fast_skip(struct vcpu *v, unsigned int length)
{
	vmwrite(GUEST_RIP, vmread(GUEST_RIP) + vmread(EXIT_INSN_LENGTH));
	if (unlikely(vmread(GUEST_INTERRUPTIBILITY)))
		vmwrite(GUEST_INTERRUPTIBILITY, vmread(GUEST_INTERRUPTIBILITY) & BLOCKED_BY_NMI);
}

#define BACKEND(name) vmx_##name
#include <hypervisor/arch/x86/entry/fast_common.inc>

struct x86_regs *vmx_handle_fast(struct vcpu *v)
{
	u64 reason = vmread(EXIT_REASON);

	/*
	 * 64-bit mode: outside of IA-32e mode the bit is reserved, and who sets it gets what he asked for. An NMI that waits needs no look
	 * here: there will be an exit when it can be taken (vmx_deliver_nmi()), or at once (vmx_force_exit()).
	 */
	if (!(vmx_code_rights() & RIGHTS_LONG))
		return NULL;
	if (reason == VMX_CPUID)
		return fast_cpuid(v);
	if (reason == VMX_RDMSR || reason == VMX_WRMSR)
		return fast_msr(v, reason == VMX_WRMSR);
	if (reason == VMX_VMCALL)
		return fast_hypercall(v);
	return NULL;
}
