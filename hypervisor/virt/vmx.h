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

/** An NMI of root's own waits (arch_vcpu.nmi_waits): queue it, or have the CPU exit when it can be. */
void vmx_deliver_nmi(struct vcpu *v);
/** On the host's NMI handler: the guest that runs next exits at once, so that nothing that the NMI announced waits. */
void vmx_force_exit(struct percpu *p);
void vmx_end_forced_exit(struct percpu *p);

/* --- accessors that entry code uses of either backend ----------------------------------------------------------------------- */

#define vmx_efer_shadowed	0

static inline u64 vmx_seen(enum vmcs_field real, enum vmcs_field mask, enum vmcs_field shadow)
{
	return (vmread(real) & ~vmread(mask)) | (vmread(shadow) & vmread(mask));
}

/** As the guest sees them */
static inline u64 vmx_cr0(struct vcpu *v) { return vmx_seen(GUEST_CR0, CR0_MASK, CR0_SHADOW); }
static inline u64 vmx_cr4(struct vcpu *v) { return vmx_seen(GUEST_CR4, CR4_MASK, CR4_SHADOW); }
static inline u64 vmx_rflags(struct vcpu *v) { return vmread(GUEST_RFLAGS); }
static inline unsigned int vmx_cpl(struct vcpu *v) { return vmread(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_SS)) >> 5 & 3; }
static inline u64 vmx_pat(struct vcpu *v) { return vmread(GUEST_PAT); }
static inline void vmx_set_pat(struct vcpu *v, u64 pat) { vmwrite(GUEST_PAT, pat); }
static inline u64 vmx_efer(struct vcpu *v) { return vmread(GUEST_EFER); }
static inline void vmx_set_efer(struct vcpu *v, u64 efer) { vmwrite(GUEST_EFER, efer); }

static inline u64 vmx_code_rights(void) { return vmread(GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS)); }
static inline bool vmx_has_32bit_code(struct vcpu *v) { return vmx_code_rights() & RIGHTS_DEFAULT_32; }

static inline bool vmx_in_64bit_mode(struct vcpu *v)
{
	return (vmread(GUEST_EFER) & X86_EFER_LMA) && (vmx_code_rights() & RIGHTS_LONG);
}

/** Linear address of the guest's next instruction: 64-bit mode ignores the base that CS may hold (SDM vol. 3A, 3.4.4). */
u64 vmx_linear_rip(struct vcpu *v);
/** Queue an exception; @error_code < 0: none. */
void vmx_inject(struct vcpu *v, unsigned int vector, int error_code);
/** The instruction at RIP is done: the next one is @length bytes further. */
void vmx_advance(struct vcpu *v, unsigned int length);
/** The instruction that made the exit is done. The CPU knows its length. */
static inline void vmx_skip(struct vcpu *v, unsigned int length) { vmx_advance(v, vmread(EXIT_INSN_LENGTH)); }
void vmx_guest_paging(struct vcpu *v, struct x86_paging *p);
static inline unsigned int vmx_fetched(struct vcpu *v, u8 *bytes) { return 0; }
static inline bool vmx_own_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value) { return false; }

#endif /* VIRT_VMX_H */
