// SPDX-License-Identifier: GPL-2.0
/*
 * svm - AMD SVM backend: VMCB set-up, entering beneath Linux, reset, park, and giving the CPU back.
 *
 * FS, GS, TR, LDTR and the system-call MSRs of the guest stay in the CPU while the hypervisor runs (it uses none of them), so an
 * exit needs no VMLOAD/VMSAVE; they are loaded only when the CPU's guest changes (reset).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/config/rules.h>
#include <common/lib/string.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <virt/svm.h>
#include <x86/hal.h>

#define SVM_ASID_GUEST		1
#define SVM_ASID_PARK		2

#define CPUID_EXT_EDX_PAGE1GB	(1U << 26)
#define CPUID_SVM_FEATURES	0x8000000aU
#define SVM_FEATURE_NP		(1U << 0)
#define SVM_FEATURE_NRIPS	(1U << 3)
#define SVM_FEATURE_FLUSH_ASID	(1U << 6)
#define SVM_FEATURE_DECODE	(1U << 7)
#define SVM_FEATURE_SPEC_CTRL	(1U << 20)

/* Segment attributes of real mode after reset (APM vol. 2, table 14-2): present, writable, accessed … */
#define ATTR_CODE16		0x9b
#define ATTR_DATA16		0x93
#define ATTR_LDT		0x82
#define ATTR_TSS_BUSY		0x8b

static int svm_cpu_check(struct percpu *p, u32 *rule, u64 *value)
{
	u32 r[4];

	*value = 0;
	cpuid(0x80000001, 0, r);
	*rule = RULE_VIRT_MISSING;
	if (!(r[2] & (1 << 2)))
		return -HV_ENODEV;

	*rule = RULE_VIRT_DISABLED;
	*value = rdmsr(MSR_VM_CR);
	if (*value & MSR_VM_CR_SVMDIS)
		return -HV_EPERM;

	cpuid(CPUID_SVM_FEATURES, 0, r);
	*rule = RULE_NPT_MISSING;
	if (!(r[3] & SVM_FEATURE_NP))
		return -HV_ENODEV;

	p->has_nrips = r[3] & SVM_FEATURE_NRIPS;
	p->has_flush_by_asid = r[3] & SVM_FEATURE_FLUSH_ASID;
	p->has_decode_assist = r[3] & SVM_FEATURE_DECODE;
	p->has_v_spec_ctrl = r[3] & SVM_FEATURE_SPEC_CTRL;
	return 0;
}

/* APM vol. 2, 4.7-4.8: VMCB attributes are descriptor bits 55:52 and 47:40. */
static void svm_load_segment(struct vmcb_seg *seg, const struct x86_linux_seg *l)
{
	u64 d = l->descriptor;

	seg->selector = l->selector;
	seg->attrib = ((d >> 40) & 0xff) | ((d >> 44) & 0xf00);
	seg->limit = (d & 0xffff) | ((d >> 32) & 0xf0000);
	if (d & (1UL << 55))
		seg->limit = seg->limit << 12 | 0xfff;
	seg->base = ((d >> 16) & 0xffffff) | ((d >> 32) & 0xff000000);
}

/*
 * What exits. Everything else a guest does by itself: HLT, PAUSE, CR and DR accesses, XSETBV, INVLPG, interrupts.
 * INVD would drop what others have in caches that are shared, and what this CPU's last owner or we have not written back.
 */
static void svm_set_controls(struct vmcb *vmcb, bool root)
{
	/* #DB and #AC: an endless delivery loop would keep the CPU from seeing our NMI (CVE-2015-8104). #MC: not a cell's. */
	vmcb->intercept_exceptions = 1U << X86_VEC_DB | 1U << X86_VEC_AC | 1U << X86_VEC_MC;
	vmcb->intercept1 = VMCB_INT1_NMI | VMCB_INT1_INIT | VMCB_INT1_CPUID | VMCB_INT1_INVD | VMCB_INT1_INVLPGA |
			   VMCB_INT1_IOIO | VMCB_INT1_MSR | VMCB_INT1_SHUTDOWN;
	vmcb->intercept2 = VMCB_INT2_VMRUN | VMCB_INT2_VMMCALL | VMCB_INT2_VMLOAD | VMCB_INT2_VMSAVE | VMCB_INT2_STGI |
			   VMCB_INT2_CLGI | VMCB_INT2_SKINIT;
	vmcb->np_enable = 1;
	if (root)
		return;
	/*
	 * RDPMC reads counters that a cell is not offered, some of them shared with other cores; WBINVD empties caches that others work in,
	 * and everybody waits for it.
	 */
	vmcb->intercept1 |= VMCB_INT1_RDPMC;
	vmcb->intercept2 |= VMCB_INT2_WBINVD;
}

/* The own ASID alone, where the CPU can: whatever changes it to the other one flushes that (APM vol. 2, 15.16.2). */
static void svm_flush_stage2(struct vcpu *v)
{
	svm_vmcb(v)->tlb_control = vcpu_percpu(v)->has_flush_by_asid ? VMCB_TLB_FLUSH_ASID : VMCB_TLB_FLUSH_ALL;
}

static void svm_take_cell(struct vcpu *v)
{
	const struct cell *c = v->pcpu->cell;
	struct vmcb *vmcb = svm_vmcb(v);

	svm_set_controls(vmcb, cell_is_root(c));
	vmcb->n_cr3 = x86_stage2_top(&c->stage2, c->arch.stage2_top);
	vmcb->msrpm_pa = arch_virt_to_phys(c->arch.msrpm);
	vmcb->iopm_pa = arch_virt_to_phys(c->arch.iopm);
	vmcb->asid = SVM_ASID_GUEST;
	svm_flush_stage2(v);
}

static void svm_cpu_enable(struct percpu *p, const struct x86_linux_state *l)
{
	struct vmcb *vmcb = (struct vmcb *)p->vmcb;
	struct arch_vcpu *a = &p->vcpu.arch;

	/* KVM may have both in use at load time (idle): remembered for root, restored when we leave. */
	a->efer_shadow = l->efer & X86_EFER_SVME;
	a->hsave_shadow = rdmsr(MSR_VM_HSAVE_PA);

	wrmsr(MSR_EFER, l->efer | X86_EFER_SVME);
	wrmsr(MSR_VM_HSAVE_PA, p->self_pa + offsetof(struct percpu, host_save));
	/* An INIT that nobody of ours sent must not take the CPU away from beneath its guest (APM vol. 2, 15.28). */
	p->linux_vm_cr = rdmsr(MSR_VM_CR);
	wrmsr(MSR_VM_CR, p->linux_vm_cr | MSR_VM_CR_R_INIT);
	clgi();

	svm_take_cell(&p->vcpu);

	svm_load_segment(&vmcb->cs, &l->cs);
	svm_load_segment(&vmcb->ss, &l->ss);
	svm_load_segment(&vmcb->ds, &l->ds);
	svm_load_segment(&vmcb->es, &l->es);
	vmcb->gdtr.base = l->gdt_base;
	vmcb->gdtr.limit = l->gdt_limit;
	vmcb->idtr.base = l->idt_base;
	vmcb->idtr.limit = l->idt_limit;
	vmcb->efer = l->efer | X86_EFER_SVME;
	vmcb->cr0 = l->cr0;
	vmcb->cr2 = l->cr2;
	vmcb->cr3 = l->cr3;
	vmcb->cr4 = l->cr4;
	vmcb->dr6 = l->dr6;
	vmcb->dr7 = l->dr7;
	vmcb->g_pat = l->pat;
	/* Where the CPU keeps a value for guests, the one in force goes on as Linux's, in addition to being the host's. */
	if (p->has_v_spec_ctrl)
		vmcb->spec_ctrl = rdmsr(MSR_SPEC_CTRL);
	vmcb->rflags = l->rflags;
	vmcb->rip = l->rip;
	vmcb->rsp = l->rsp;
	vmcb->rax = 0;
	vmsave(p->vmcb_pa);
}

static void svm_cpu_restore(struct percpu *p, u64 rax)
{
	struct vmcb *vmcb = (struct vmcb *)p->vmcb;
	struct arch_vcpu *a = &p->vcpu.arch;
	struct hv_leave_frame *f = &p->handover->leave;
	const u64 *r = a->regs.r;
	struct x86_desc_ptr gdt = { vmcb->gdtr.limit, vmcb->gdtr.base };
	struct x86_desc_ptr idt = { vmcb->idtr.limit, vmcb->idtr.base };

	*f = (struct hv_leave_frame){
		.cr3 = vmcb->cr3, .cr4 = vmcb->cr4,
		.r15 = r[15], .r14 = r[14], .r13 = r[13], .r12 = r[12], .r11 = r[11], .r10 = r[10], .r9 = r[9], .r8 = r[8],
		.rdi = r[X86_RDI], .rsi = r[X86_RSI], .rbp = r[X86_RBP], .rbx = r[X86_RBX], .rdx = r[X86_RDX],
		.rcx = r[X86_RCX], .rax = rax,
		.rip = vmcb->rip, .cs = vmcb->cs.selector, .rflags = vmcb->rflags, .rsp = vmcb->rsp,
		.ss = vmcb->ss.selector, .ds = vmcb->ds.selector, .es = vmcb->es.selector,
	};

	/*
	 * Linux's tables first: from STGI on an NMI is Linux's again. Selectors that are live match Linux's (HOST_CS). SS may be that of user
	 * mode, which only IRETQ can load; DS and ES may name an LDT, which only Linux's CR3 maps.
	 */
	lgdt(&gdt);
	lidt(&idt);
	load_data_segments(0, 0);
	write_cr0(vmcb->cr0);
	write_cr4((vmcb->cr4 & ~(X86_CR4_PGE | X86_CR4_PCIDE)));
	write_cr2(vmcb->cr2);
	write_dr6(vmcb->dr6);
	wrmsr(MSR_PAT, vmcb->g_pat);
	if (p->has_v_spec_ctrl)
		wrmsr(MSR_SPEC_CTRL, vmcb->spec_ctrl);
	wrmsr(MSR_VM_HSAVE_PA, a->hsave_shadow);
	wrmsr(MSR_VM_CR, p->linux_vm_cr);
	stgi();
	wrmsr(MSR_EFER, (vmcb->efer & ~X86_EFER_SVME) | a->efer_shadow);
	write_dr7(vmcb->dr7);
}

static void svm_park(struct vcpu *v)
{
	struct vmcb *vmcb = svm_vmcb(v);

	virt->reset(v, 0, 0, 0);
	vmcb->n_cr3 = x86_stage2_top(&virt_park_stage2, virt_park_top);
	vmcb->msrpm_pa = arch_virt_to_phys(x86_deny_all_map);
	vmcb->iopm_pa = arch_virt_to_phys(x86_deny_all_map);
	vmcb->asid = SVM_ASID_PARK;
}

static void svm_reset(struct vcpu *v, u16 cs_selector, u64 cs_base, u64 rip)
{
	struct vmcb *vmcb = svm_vmcb(v);
	static const struct vmcb_seg data = { 0, ATTR_DATA16, 0xffff, 0 };
	u64 *r = v->arch.regs.r;
	u32 id[4];

	memset(r, 0, 16 * sizeof(*r));
	cpuid(1, 0, id);
	r[X86_RDX] = id[0];
	memset(&vmcb->es, 0, sizeof(*vmcb) - offsetof(struct vmcb, es));	/* the state save area */
	vmcb->cs = (struct vmcb_seg){ cs_selector, ATTR_CODE16, 0xffff, cs_base };
	vmcb->ss = vmcb->ds = vmcb->es = vmcb->fs = vmcb->gs = data;
	vmcb->gdtr.limit = vmcb->idtr.limit = 0xffff;
	vmcb->ldtr = (struct vmcb_seg){ 0, ATTR_LDT, 0xffff, 0 };
	vmcb->tr = (struct vmcb_seg){ 0, ATTR_TSS_BUSY, 0xffff, 0 };
	vmcb->efer = X86_EFER_SVME;
	vmcb->cr0 = X86_CR0_ET;
	vmcb->dr6 = 0xffff0ff0;
	vmcb->dr7 = 0x400;
	vmcb->rflags = X86_RFLAGS_RSVD1;
	vmcb->rip = rip;
	vmcb->g_pat = X86_PAT_RESET;
	vmcb->eventinj = 0;
	vmcb->interrupt_shadow = 0;
	vmcb->vintr = 0;
	v->arch.efer_shadow = 0;
	v->arch.hsave_shadow = 0;
	v->arch.nmi_blocked = false;
	v->arch.nmi_waits = false;
	vmload(vcpu_percpu(v)->vmcb_pa);
	svm_take_cell(v);
}

/* CPUs without 1 GiB pages have none in nested tables either (APM vol. 2, 15.25). */
static const struct pt_format *svm_stage2_format(void)
{
	static struct pt_format small;
	u32 r[4];

	cpuid(0x80000001, 0, r);
	if (r[3] & CPUID_EXT_EDX_PAGE1GB)
		return &pt_npt;
	small = pt_npt;
	small.max_leaf_level = 1;
	return &small;
}

void svm_inject(struct vcpu *v, unsigned int vector, int error_code)
{
	u64 ev = vector | VMCB_EVENT_EXCEPTION | VMCB_EVENT_VALID;

	if (vector == X86_VEC_NMI)
		ev = vector | VMCB_EVENT_NMI | VMCB_EVENT_VALID;
	/* real mode pushes none: APM vol. 2, 15.20 */
	if (error_code >= 0 && (svm_cr0(v) & X86_CR0_PE))
		ev |= VMCB_EVENT_ERROR_CODE | (u64)(u32)error_code << 32;
	svm_vmcb(v)->eventinj = ev;
}

void svm_advance(struct vcpu *v, unsigned int length)
{
	struct vmcb *vmcb = svm_vmcb(v);

	vmcb->rip += length;
	if (!svm_in_64bit_mode(v))
		vmcb->rip = (u32)vmcb->rip;
	vmcb->interrupt_shadow &= ~1UL;
}

void svm_skip(struct vcpu *v, unsigned int length)
{
	struct vmcb *vmcb = svm_vmcb(v);
	bool has_next = vcpu_percpu(v)->has_nrips && vmcb->nrip;

	svm_advance(v, has_next ? vmcb->nrip - vmcb->rip : length);
}

void svm_guest_paging(struct vcpu *v, struct x86_paging *p)
{
	const struct vmcb *vmcb = svm_vmcb(v);

	*p = (struct x86_paging){ vmcb->cr0, vmcb->cr3, vmcb->cr4, vmcb->efer, vmcb->cpl == 3 };
}

unsigned int svm_fetched(struct vcpu *v, u8 *bytes)
{
	unsigned int have = vcpu_percpu(v)->has_decode_assist ? svm_vmcb(v)->insn_count & 0xf : 0;

	memcpy(bytes, svm_vmcb(v)->insn_bytes, have);
	return have;
}

/* Root's value of VM_HSAVE_PA goes to hardware when we leave: what that does not take is refused now. */
static bool hsave_is_accepted(u64 value)
{
	u64 own;

	if (value & ~PAGE_MASK || !rdmsr_safe(MSR_VM_HSAVE_PA, &own) || !wrmsr_safe(MSR_VM_HSAVE_PA, value))
		return false;
	wrmsr(MSR_VM_HSAVE_PA, own);
	return true;
}

bool svm_own_msr(struct vcpu *v, u32 msr, bool is_write, u64 *value)
{
	if (msr != MSR_VM_HSAVE_PA || (is_write && !hsave_is_accepted(*value)))
		return false;
	if (is_write)
		v->arch.hsave_shadow = *value;
	*value = v->arch.hsave_shadow;
	return true;
}

static bool svm_nmi_is_queued(struct vcpu *v)
{
	u64 event = svm_vmcb(v)->eventinj;

	return (event & VMCB_EVENT_VALID) && (event & 0xff) == X86_VEC_NMI;
}

const struct virt_ops virt_svm = {
	.name = "AMD SVM",
	.has_gif = true,
	.cpu_check = svm_cpu_check,
	.cpu_enable = svm_cpu_enable,
	.cpu_restore = svm_cpu_restore,
	.stage2_format = svm_stage2_format,
	.park = svm_park,
	.reset = svm_reset,
	.flush_stage2 = svm_flush_stage2,
	.nmi_is_queued = svm_nmi_is_queued,
};
