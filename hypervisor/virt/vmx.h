/* SPDX-License-Identifier: GPL-2.0 */
/* vmx - what entry code of the VMX backend uses of virt/vmx.c. */
#ifndef VIRT_VMX_H
#define VIRT_VMX_H

#include <hv/vcpu.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/regs.h>
#include <virt/vmcs.h>
#include <x86/percpu.h>

static inline u64 vmread(enum vmcs_field field) { return vmx_read(field); }
static inline void vmwrite(enum vmcs_field field, u64 value) { vmx_write(field, value); }

static inline bool vmx_in_64bit_mode(void)
{
	return (vmread(GUEST_EFER) & X86_EFER_LMA) && (vmread(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS)) & RIGHTS_LONG);
}

static inline unsigned int vmx_cpl(void)
{
	return vmread(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_SS)) >> 5 & 3;
}

/** Linear address of the guest's next instruction: 64-bit mode ignores the base that CS may hold (SDM vol. 3A, 3.4.4). */
u64 vmx_linear_rip(void);
/** Queue an exception; @error_code < 0: none. */
void vmx_inject(unsigned int vector, int error_code);
/** An NMI of root's own waits (arch_vcpu.nmi_waits): queue it, or have the CPU exit when it can be. */
void vmx_deliver_nmi(struct vcpu *v);
/** The instruction at RIP is done: the next one is @length bytes further. */
void vmx_advance(unsigned int length);
void vmx_guest_paging(struct x86_paging *p);

/** On the host's NMI handler: the guest that runs next exits at once, so that nothing that the NMI announced waits. */
void vmx_force_exit(struct percpu *p);
void vmx_end_forced_exit(struct percpu *p);

#endif /* VIRT_VMX_H */
