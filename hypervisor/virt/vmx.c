// SPDX-License-Identifier: GPL-2.0
/*
 * vmx - Intel VMX backend: VMCS set-up, entering beneath Linux, reset, park, and giving the CPU back (SDM vol. 3C, chapters 24-32).
 *
 * Interrupts go to the guest without an exit; they stay off while the hypervisor runs. NMIs always exit, and one that comes while the
 * hypervisor runs makes the next guest exit at once (vmx_force_exit). The system-call MSRs and KERNEL_GS_BASE stay in the CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/config/rules.h>
#include <hv/cell.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <virt/vmx.h>
#include <virt/vmx_caps.h>
#include <virt/vmx_msr_map.h>
#include <x86/hal.h>

#define CPUID_1_ECX_VMX		(1U << 5)
#define CPUID_7_EBX_INVPCID	(1U << 10)
#define CPUID_7_ECX_WAITPKG	(1U << 5)

#define MSR_FEATURE_CONTROL	0x3a
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define MSR_PEBS_ENABLE		0x3f1
#define MSR_RTIT_CTL		0x570
#define MSR_VMX_BASIC		0x480
#define MSR_VMX_PROC		0x482
#define MSR_VMX_MISC		0x485
#define MSR_VMX_CR0_FIXED0	0x486
#define MSR_VMX_CR0_FIXED1	0x487
#define MSR_VMX_CR4_FIXED0	0x488
#define MSR_VMX_CR4_FIXED1	0x489
#define MSR_VMX_PROC2		0x48b
#define MSR_VMX_EPT_VPID	0x48c
#define MSR_VMX_TRUE_PIN	0x48d
#define MSR_VMX_TRUE_PROC	0x48e
#define MSR_VMX_TRUE_EXIT	0x48f
#define MSR_VMX_TRUE_ENTRY	0x490
#define MSR_STAR		0xc0000081U
#define MSR_SFMASK		0xc0000084U
#define MSR_FS_BASE		0xc0000100U
#define MSR_GS_BASE		0xc0000101U
#define MSR_KERNEL_GS_BASE	0xc0000102U

#define VPID_GUEST		1
#define VPID_PARK		2

#define INVEPT_SINGLE		1
#define INVEPT_ALL		2

/* The guest believes what it likes of these; the hardware's stay as they are. */
#define CR0_CACHE		(X86_CR0_NW | X86_CR0_CD)

/* Not zero, as VM exits demand; never looked up in our GDT. */
#define HOST_TR			0x40

#define SELECTOR_LDT		4	/* table indicator, SDM vol. 3A, 3.4.2 */

/* The table that segments are loaded from when a CPU leaves: selectors beyond OWN and below END are Linux's. */
#define LEAVE_GDT_OWN		(HOST_DS | 3)
#define LEAVE_GDT_END		0x100

/* Present segments, 3.4.5 and 3.5; what else rights say is kept: granularity, size, growth */
#define TYPE_LDT		0x82
#define TYPE_TSS		0x89
#define TYPE_USER_DATA		0xf3	/* whatever it was: 64-bit code does not ask, and each RPL may load it */
#define TYPE_NOT_SYSTEM		0x10
#define RIGHTS_KEPT		0xf004

/* Segment rights of real mode after reset, 25.4.1 */
#define RIGHTS_CODE16		0x9b
#define RIGHTS_DATA16		0x93
#define RIGHTS_LDT		0x82
#define RIGHTS_TSS_BUSY		0x8b

static void flush_ept(const struct percpu *p)
{
	invept(p->vmx.invept_single ? INVEPT_SINGLE : INVEPT_ALL, vmread(EPT_POINTER));
}

/* --- what the CPU has ------------------------------------------------------------------------------------------------------ */

/* 0 where the register does not exist: nothing is offered */
static u64 capability(u32 msr)
{
	u64 value = 0;

	return rdmsr_safe(msr, &value) ? value : 0;
}

static void read_caps(const struct percpu *p, struct vmx_caps *c)
{
	u32 r[4];

	cpuid(7, 0, r);
	*c = (struct vmx_caps){
		.feature_control = capability(MSR_FEATURE_CONTROL),
		.basic = capability(MSR_VMX_BASIC), .misc = capability(MSR_VMX_MISC), .ept_vpid = capability(MSR_VMX_EPT_VPID),
		.pin = capability(MSR_VMX_TRUE_PIN), .proc = capability(MSR_VMX_TRUE_PROC), .proc2 = capability(MSR_VMX_PROC2),
		.exit = capability(MSR_VMX_TRUE_EXIT), .entry = capability(MSR_VMX_TRUE_ENTRY),
		.cr0_fixed0 = capability(MSR_VMX_CR0_FIXED0), .cr0_fixed1 = capability(MSR_VMX_CR0_FIXED1),
		.cr4_fixed0 = capability(MSR_VMX_CR4_FIXED0), .cr4_fixed1 = capability(MSR_VMX_CR4_FIXED1),
		.rdtscp = p->has_tsc_aux, .invpcid = r[1] & CPUID_7_EBX_INVPCID,
		.xsaves = p->has_xss, .waitpkg = r[2] & CPUID_7_ECX_WAITPKG,
	};
}

static int vmx_cpu_check(struct percpu *p, u32 *rule, u64 *value)
{
	struct vmx_caps caps;
	u32 r[4];

	*value = 0;
	*rule = RULE_VIRT_MISSING;
	cpuid(1, 0, r);
	if (!(r[2] & CPUID_1_ECX_VMX))
		return -HV_ENODEV;
	read_caps(p, &caps);
	return vmx_choose_controls(&caps, p->linux_state.cr0, p->linux_state.cr4, &p->vmx, rule, value);
}

/* Asked before #GP can be survived: each register says whether the next one exists (appendix A.3.3, A.10). */
static bool has_1g_pages(void)
{
	if (!(rdmsr(MSR_VMX_PROC) >> 32 & PROC_SECONDARY) || !(rdmsr(MSR_VMX_PROC2) >> 32 & PROC2_EPT))
		return false;
	return rdmsr(MSR_VMX_EPT_VPID) & VMX_EPT_1G;
}

static const struct pt_format *vmx_stage2_format(void)
{
	static struct pt_format small;

	if (has_1g_pages())
		return &pt_ept;
	small = pt_ept;
	small.max_leaf_level = 1;
	return &small;
}

/* --- VMCS ------------------------------------------------------------------------------------------------------------------ */

struct segment { u16 selector; u32 limit, rights; u64 base; };

static void write_segment(enum vmcs_segment n, const struct segment *s)
{
	vmwrite(GUEST_SEGMENT(GUEST_SELECTOR, n), s->selector);
	vmwrite(GUEST_SEGMENT(GUEST_LIMIT, n), s->limit);
	vmwrite(GUEST_SEGMENT(GUEST_RIGHTS, n), s->rights);
	vmwrite(GUEST_SEGMENT(GUEST_BASE, n), s->base);
}

/* SDM vol. 3A, 3.4.5: rights are bits 55:52 and 47:40 of a descriptor. */
static void write_linux_segment(enum vmcs_segment n, const struct x86_linux_seg *l, u64 base)
{
	u64 d = l->descriptor;
	struct segment s = { .selector = l->selector, .rights = d >> 40 & 0xf0ff, .base = base };

	s.limit = (d & 0xffff) | (d >> 32 & 0xf0000);
	if (d & (1UL << 55))
		s.limit = s.limit << 12 | 0xfff;
	if (!d)
		s.rights = RIGHTS_UNUSABLE;
	write_segment(n, &s);
}

static u64 descriptor_base(const struct x86_linux_seg *l)
{
	return (l->descriptor >> 16 & 0xffffff) | (l->descriptor >> 32 & 0xff000000) | l->upper_base << 32;
}

static void write_linux_state(const struct x86_linux_state *l)
{
	write_linux_segment(VMCS_CS, &l->cs, 0);
	write_linux_segment(VMCS_SS, &l->ss, 0);
	write_linux_segment(VMCS_DS, &l->ds, descriptor_base(&l->ds));
	write_linux_segment(VMCS_ES, &l->es, descriptor_base(&l->es));
	write_linux_segment(VMCS_FS, &l->fs, rdmsr(MSR_FS_BASE));
	write_linux_segment(VMCS_GS, &l->gs, rdmsr(MSR_GS_BASE));
	write_linux_segment(VMCS_LDTR, &l->ldtr, descriptor_base(&l->ldtr));
	write_linux_segment(VMCS_TR, &l->tr, descriptor_base(&l->tr));
	vmwrite(GUEST_GDTR_BASE, l->gdt_base);
	vmwrite(GUEST_GDTR_LIMIT, l->gdt_limit);
	vmwrite(GUEST_IDTR_BASE, l->idt_base);
	vmwrite(GUEST_IDTR_LIMIT, l->idt_limit);
	vmwrite(GUEST_SYSENTER_CS, (u32)rdmsr(MSR_SYSENTER_CS));
	vmwrite(GUEST_SYSENTER_ESP, rdmsr(MSR_SYSENTER_ESP));
	vmwrite(GUEST_SYSENTER_EIP, rdmsr(MSR_SYSENTER_EIP));
	vmwrite(GUEST_DEBUGCTL, rdmsr(MSR_DEBUGCTL));
	vmwrite(GUEST_EFER, l->efer);
	vmwrite(GUEST_PAT, l->pat);
	vmwrite(GUEST_CR3, l->cr3);
	vmwrite(GUEST_DR7, l->dr7);
	vmwrite(GUEST_RFLAGS, l->rflags);
	vmwrite(GUEST_RIP, l->rip);
	vmwrite(GUEST_RSP, l->rsp);
}

/* @cr0, @cr4: as the guest sees them */
static void write_control_registers(const struct percpu *p, u64 cr0, u64 cr4)
{
	vmwrite(CR0_MASK, p->vmx.cr0_fixed | CR0_CACHE);
	vmwrite(CR0_SHADOW, cr0);
	vmwrite(GUEST_CR0, (cr0 & ~CR0_CACHE) | p->vmx.cr0_fixed);
	vmwrite(CR4_MASK, p->vmx.cr4_fixed);
	vmwrite(CR4_SHADOW, cr4);
	vmwrite(GUEST_CR4, cr4 | p->vmx.cr4_fixed);
}

/* What the CPU continues with at an exit; HOST_RIP and HOST_RSP are the run loop's. */
static void write_host_state(const struct percpu *p)
{
	struct x86_desc_ptr gdt, idt;

	sgdt(&gdt);
	sidt(&idt);
	vmwrite(HOST_CR0, read_cr0());
	vmwrite(HOST_CR3, p->host_cr3);
	vmwrite(HOST_CR4, p->host_cr4 | X86_CR4_VMXE);
	vmwrite(HOST_CS_SELECTOR, HOST_CS);
	vmwrite(HOST_SS_SELECTOR, HOST_DS);
	vmwrite(HOST_DS_SELECTOR, HOST_DS);
	vmwrite(HOST_ES_SELECTOR, HOST_DS);
	vmwrite(HOST_FS_SELECTOR, 0);
	vmwrite(HOST_GS_SELECTOR, 0);
	vmwrite(HOST_TR_SELECTOR, HOST_TR);
	vmwrite(HOST_FS_BASE, 0);
	vmwrite(HOST_GS_BASE, 0);
	vmwrite(HOST_TR_BASE, 0);
	vmwrite(HOST_GDTR_BASE, gdt.base);
	vmwrite(HOST_IDTR_BASE, idt.base);
	vmwrite(HOST_SYSENTER_CS, 0);
	vmwrite(HOST_SYSENTER_ESP, 0);
	vmwrite(HOST_SYSENTER_EIP, 0);
	vmwrite(HOST_PAT, p->linux_state.pat);
	vmwrite(HOST_EFER, p->linux_state.efer);
}

/*
 * What exits besides what always does (CPUID, XSETBV, INVD, VMX instructions). HLT, PAUSE, DR accesses, INVLPG and interrupts do not.
 * #DB and #AC: an endless delivery loop would keep the CPU from seeing our NMI (CVE-2015-8104). #MC: not a cell's.
 */
static void write_controls(const struct percpu *p)
{
	vmwrite(PIN_CONTROLS, p->vmx.pin);
	vmwrite(EXIT_CONTROLS, p->vmx.exit);
	vmwrite(ENTRY_CONTROLS, p->vmx.entry | ENTRY_IA32E);
	vmwrite(EXCEPTION_BITMAP, 1U << X86_VEC_DB | 1U << X86_VEC_AC | 1U << X86_VEC_MC);
	vmwrite(PAGE_FAULT_MASK, 0);
	vmwrite(PAGE_FAULT_MATCH, 0);
	vmwrite(CR3_TARGET_COUNT, 0);
	vmwrite(EXIT_MSR_STORE_COUNT, 0);
	vmwrite(EXIT_MSR_LOAD_COUNT, 0);
	vmwrite(ENTRY_MSR_LOAD_COUNT, 0);
	vmwrite(VMCS_LINK_POINTER, ~0UL);
	vmwrite(TSC_OFFSET, 0);
	if (p->vmx.proc2 & PROC2_XSAVES)
		vmwrite(XSS_EXITING_BITMAP, 0);
}

static void write_address_space(const struct percpu *p, const struct pt *stage2, u16 vpid)
{
	vmwrite(EPT_POINTER, arch_virt_to_phys(stage2->root) | EPTP_WRITE_BACK | EPTP_FOUR_LEVELS);
	if (p->vmx.proc2 & PROC2_VPID)
		vmwrite(VPID, vpid);
	flush_ept(p);
}

static void write_permissions(const u8 *msrs, const u8 *ports)
{
	vmwrite(MSR_BITMAP, arch_virt_to_phys(msrs));
	vmwrite(IO_BITMAP_A, arch_virt_to_phys(ports));
	vmwrite(IO_BITMAP_B, arch_virt_to_phys(ports) + PAGE_SIZE);
}

static void take_cell(struct vcpu *v)
{
	const struct percpu *p = vcpu_percpu(v);
	const struct cell *c = v->pcpu->cell;
	bool root = cell_is_root(c);

	vmwrite(PROC_CONTROLS, p->vmx.proc | (root ? 0 : p->vmx.cell_proc));
	vmwrite(PROC2_CONTROLS, p->vmx.proc2 | (root ? 0 : p->vmx.cell_proc2));
	write_permissions(c->arch.msrpm, c->arch.iopm);
	write_address_space(p, &c->stage2, VPID_GUEST);
}

/* --- operations ------------------------------------------------------------------------------------------------------------ */

/* KVM may have entered VMX operation, with memory of Linux's; no guest of its own exists (the driver has looked). */
static void enter_vmx_operation(struct percpu *p)
{
	u64 region = p->self_pa + offsetof(struct percpu, host_save);

	*(u32 *)p->host_save = p->vmx.revision;
	write_cr4(p->host_cr4 | X86_CR4_VMXE);
	p->vcpu.arch.in_vmx = !vmxon(region);
	if (p->vcpu.arch.in_vmx) {
		vmxoff();
		vmxon(region);
	}
}

static void vmx_cpu_enable(struct percpu *p, const struct x86_linux_state *l)
{
	*(u32 *)p->vmcb = p->vmx.revision;
	enter_vmx_operation(p);
	vmclear(p->vmcb_pa);
	vmptrld(p->vmcb_pa);

	write_controls(p);
	write_host_state(p);
	write_control_registers(p, l->cr0, l->cr4);
	write_linux_state(l);
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	vmwrite(GUEST_ACTIVITY, ACTIVITY_ACTIVE);
	vmwrite(GUEST_PENDING_DEBUG, 0);
	vmwrite(ENTRY_EVENT, 0);
	take_cell(&p->vcpu);
	/* Counters and traces run on in the hypervisor: nothing must be written there, at addresses that root has chosen. Root cannot set these. */
	wrmsr_safe(MSR_PEBS_ENABLE, 0);
	wrmsr_safe(MSR_RTIT_CTL, 0);
	p->vmx_on = true;
}

static void clear_system_call_msrs(void)
{
	for (u32 msr = MSR_STAR; msr <= MSR_SFMASK; msr++)
		wrmsr(msr, 0);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
}

static void write_reset_segments(u16 cs_selector, u64 cs_base)
{
	static const struct segment data = { 0, 0xffff, RIGHTS_DATA16, 0 };
	const struct segment cs = { cs_selector, 0xffff, RIGHTS_CODE16, cs_base };

	for (enum vmcs_segment n = VMCS_ES; n <= VMCS_GS; n++)
		write_segment(n, &data);
	write_segment(VMCS_CS, &cs);
	write_segment(VMCS_LDTR, &(struct segment){ 0, 0xffff, RIGHTS_LDT, 0 });
	write_segment(VMCS_TR, &(struct segment){ 0, 0xffff, RIGHTS_TSS_BUSY, 0 });
	vmwrite(GUEST_GDTR_BASE, 0);
	vmwrite(GUEST_GDTR_LIMIT, 0xffff);
	vmwrite(GUEST_IDTR_BASE, 0);
	vmwrite(GUEST_IDTR_LIMIT, 0xffff);
}

/* SDM vol. 3A, table 10-1 */
static void vmx_reset(struct vcpu *v, u16 cs_selector, u64 cs_base, u64 rip)
{
	const struct percpu *p = vcpu_percpu(v);
	u64 *r = v->arch.regs.r;
	u32 id[4];

	for (int i = 0; i < 16; i++)
		r[i] = 0;
	cpuid(1, 0, id);
	r[X86_RDX] = id[0];

	write_reset_segments(cs_selector, cs_base);
	write_control_registers(p, X86_CR0_ET, 0);
	vmwrite(ENTRY_CONTROLS, p->vmx.entry);
	vmwrite(GUEST_EFER, 0);
	vmwrite(GUEST_PAT, X86_PAT_RESET);
	vmwrite(GUEST_CR3, 0);
	vmwrite(GUEST_DR7, 0x400);
	vmwrite(GUEST_DEBUGCTL, 0);
	vmwrite(GUEST_SYSENTER_CS, 0);
	vmwrite(GUEST_SYSENTER_ESP, 0);
	vmwrite(GUEST_SYSENTER_EIP, 0);
	vmwrite(GUEST_RSP, 0);
	vmwrite(GUEST_RIP, rip);
	vmwrite(GUEST_RFLAGS, X86_RFLAGS_RSVD1);
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	vmwrite(GUEST_ACTIVITY, ACTIVITY_ACTIVE);
	vmwrite(GUEST_PENDING_DEBUG, 0);
	vmwrite(ENTRY_EVENT, 0);
	write_cr2(0);
	write_dr6(0xffff0ff0);
	clear_system_call_msrs();
	v->arch.nmi_waits = false;
	v->arch.in_vmx = false;
	take_cell(v);
}

static void vmx_park(struct vcpu *v)
{
	vmx_reset(v, 0, 0, 0);
	write_permissions(x86_deny_all_map, x86_deny_all_map);
	write_address_space(vcpu_percpu(v), &virt_park_stage2, VPID_PARK);
}

static void vmx_flush_stage2(struct vcpu *v)
{
	flush_ept(vcpu_percpu(v));
}

/* --- giving the CPU back --------------------------------------------------------------------------------------------------- */

static u16 selector(enum vmcs_segment n)
{
	return vmread(GUEST_SEGMENT(GUEST_SELECTOR, n));
}

/*
 * What LTR, LLDT and loads of FS and GS read: a descriptor made of what the CPU has, in a table of our own. In Linux's, which is mapped
 * read-only, the TSS is busy already, and root may have written anything since: a fault would be ours. A selector that the table does not
 * reach, or that names our own segments there, is root's lie; it gets another one. Null for one of an LDT: any process can have such,
 * and its LDT is mapped by its own CR3 only.
 */
static u16 put_descriptor(volatile u64 *gdt, enum vmcs_segment n, u64 type)
{
	u64 rights = vmread(GUEST_SEGMENT(GUEST_RIGHTS, n)), base = vmread(GUEST_SEGMENT(GUEST_BASE, n));
	u64 limit = vmread(GUEST_SEGMENT(GUEST_LIMIT, n)) >> (rights & RIGHTS_PAGES ? 12 : 0);
	u16 s = selector(n);

	if (rights & RIGHTS_UNUSABLE || s & SELECTOR_LDT)
		return 0;
	if (s <= LEAVE_GDT_OWN || s >= LEAVE_GDT_END)
		s = LEAVE_GDT_END - 8;
	gdt[s >> 3] = (limit & 0xffff) | (base & 0xffffff) << 16 | ((rights & RIGHTS_KEPT) | type) << 40 | (limit & 0xf0000) << 32 |
		      (base >> 24 & 0xff) << 56;
	if (!(type & TYPE_NOT_SYSTEM))
		gdt[(s >> 3) + 1] = base >> 32;
	return s;
}

/* Within the shadow of an STI, in which a HLT must not miss an interrupt, Linux goes on with that STI: it is one byte long. */
static void fill_leave_frame(struct percpu *p, u64 rax)
{
	const u64 *r = p->vcpu.arch.regs.r;
	u64 sti = vmread(GUEST_INTERRUPTIBILITY) & BLOCKED_BY_STI;

	p->handover->leave = (struct hv_leave_frame){
		.cr3 = vmread(GUEST_CR3), .cr4 = vmx_cr4(&p->vcpu),
		.r15 = r[15], .r14 = r[14], .r13 = r[13], .r12 = r[12], .r11 = r[11], .r10 = r[10], .r9 = r[9], .r8 = r[8],
		.rdi = r[X86_RDI], .rsi = r[X86_RSI], .rbp = r[X86_RBP], .rbx = r[X86_RBX], .rdx = r[X86_RDX],
		.rcx = r[X86_RCX], .rax = rax,
		.rip = vmread(GUEST_RIP) - sti, .cs = selector(VMCS_CS), .rflags = vmread(GUEST_RFLAGS) & ~(sti ? X86_RFLAGS_IF : 0),
		.rsp = vmread(GUEST_RSP),
		.ss = selector(VMCS_SS), .ds = selector(VMCS_DS), .es = selector(VMCS_ES),
	};
}

static void restore_msrs(void)
{
	wrmsr(MSR_SYSENTER_CS, vmread(GUEST_SYSENTER_CS));
	wrmsr(MSR_SYSENTER_ESP, vmread(GUEST_SYSENTER_ESP));
	wrmsr(MSR_SYSENTER_EIP, vmread(GUEST_SYSENTER_EIP));
	wrmsr(MSR_DEBUGCTL, vmread(GUEST_DEBUGCTL));
	wrmsr(MSR_PAT, vmread(GUEST_PAT));
	wrmsr(MSR_EFER, vmread(GUEST_EFER));
}

/* SS may be that of user mode, which only IRETQ can load; DS and ES are loaded with Linux's CR3. */
static void restore_segments(void)
{
	const struct x86_desc_ptr gdtr = { vmread(GUEST_GDTR_LIMIT), vmread(GUEST_GDTR_BASE) };
	u64 gdt[LEAVE_GDT_END / 8 + 1] = { [HOST_CS / 8] = 0x00af9b000000ffffUL, [HOST_DS / 8] = 0x00cf93000000ffffUL };
	const struct x86_desc_ptr own = { sizeof(gdt) - 1, (u64)gdt };
	u16 fs;

	lgdt(&own);
	ltr(put_descriptor(gdt, VMCS_TR, TYPE_TSS));
	lldt(put_descriptor(gdt, VMCS_LDTR, TYPE_LDT));
	fs = put_descriptor(gdt, VMCS_FS, TYPE_USER_DATA);
	load_fs_gs(fs, put_descriptor(gdt, VMCS_GS, TYPE_USER_DATA));
	lgdt(&gdtr);
	load_data_segments(0, 0);
	wrmsr(MSR_FS_BASE, vmread(GUEST_SEGMENT(GUEST_BASE, VMCS_FS)));
	wrmsr(MSR_GS_BASE, vmread(GUEST_SEGMENT(GUEST_BASE, VMCS_GS)));
}

/* KVM finds VMX operation again, with a page of the driver's: which one it is does not matter to it. */
static void leave_vmx_operation(struct percpu *p, u64 cr0)
{
	struct hv_cpu_handover *h = p->handover;
	const struct vmx_controls *c = &p->vmx;

	vmxoff();
	h->keeps_page = p->vcpu.arch.in_vmx && !(c->cr0_fixed & ~cr0) && !(c->cr4_fixed & ~h->leave.cr4);
	if (!h->keeps_page)
		return;
	*(u32 *)h->page = c->revision;
	h->keeps_page = vmxon(h->page_phys);
}

/*
 * NMIs come in at any time, and are ignored since x86_leave(); from the load of Linux's IDT on they are Linux's again. One that we owe it
 * is made up for by INT.
 */
static void vmx_cpu_restore(struct percpu *p, u64 rax)
{
	const struct x86_desc_ptr idt = { vmread(GUEST_IDTR_LIMIT), vmread(GUEST_IDTR_BASE) };
	u64 cr0 = vmx_cr0(&p->vcpu), dr7 = vmread(GUEST_DR7);

	fill_leave_frame(p, rax);
	restore_msrs();
	restore_segments();
	p->vmx_on = false;
	vmclear(p->vmcb_pa);
	leave_vmx_operation(p, cr0);
	write_cr4(p->handover->leave.cr4 & ~(X86_CR4_PGE | X86_CR4_PCIDE));
	write_cr0(cr0);
	lidt(&idt);
	write_dr7(dr7);
	if (p->vcpu.arch.nmi_waits)
		raise_nmi();
}

/* --- for the exit handlers ------------------------------------------------------------------------------------------------- */

u64 vmx_linear_rip(struct vcpu *v)
{
	u64 rip = vmread(GUEST_RIP);

	return vmx_in_64bit_mode(v) ? rip : (u32)(vmread(GUEST_SEGMENT(GUEST_BASE, VMCS_CS)) + rip);
}

static void end_interrupt_shadow(void)
{
	u64 blocked = vmread(GUEST_INTERRUPTIBILITY);

	if (blocked & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS))
		vmwrite(GUEST_INTERRUPTIBILITY, blocked & ~(u64)(BLOCKED_BY_STI | BLOCKED_BY_MOV_SS));
}

/*
 * Delivery ends a shadow. To leave it to the CPU would be an entry that fails, where the guest steps (RFLAGS.TF) and raised #DB behind MOV SS
 * by INT1: then a single step would have to be pending (27.3.1.5), and is not. Any process of root can do that.
 */
void vmx_inject(struct vcpu *v, unsigned int vector, int error_code)
{
	u32 event = vector | EVENT_EXCEPTION << 8 | EVENT_VALID;

	/* real mode pushes none, 27.2.1.3 */
	if (error_code >= 0 && (vmread(GUEST_CR0) & X86_CR0_PE)) {
		event |= EVENT_HAS_ERROR;
		vmwrite(ENTRY_EVENT_ERROR, (u32)error_code);
	}
	vmwrite(ENTRY_EVENT, event);
	end_interrupt_shadow();
}

/*
 * STI does not hold an NMI off for long: a CPU need not wait for the end of its shadow to report an NMI window (26.2), and would exit for
 * ever where we wait for it. Some refuse the entry with both (27.3.1.5), so the shadow ends.
 */
void vmx_deliver_nmi(struct vcpu *v)
{
	u64 blocked = vmread(GUEST_INTERRUPTIBILITY) & (BLOCKED_BY_MOV_SS | BLOCKED_BY_NMI);

	if (blocked || vmread(ENTRY_EVENT) & EVENT_VALID) {
		vmwrite(PROC_CONTROLS, vmread(PROC_CONTROLS) | PROC_NMI_WINDOW);
		return;
	}
	v->arch.nmi_waits = false;
	vmwrite(ENTRY_EVENT, X86_VEC_NMI | EVENT_NMI << 8 | EVENT_VALID);
	end_interrupt_shadow();
}

void vmx_advance(struct vcpu *v, unsigned int length)
{
	u64 rip = vmread(GUEST_RIP) + length;

	vmwrite(GUEST_RIP, vmx_in_64bit_mode(v) ? rip : (u32)rip);
	end_interrupt_shadow();
}

void vmx_guest_paging(struct vcpu *v, struct x86_paging *p)
{
	*p = (struct x86_paging){ vmread(GUEST_CR0), vmread(GUEST_CR3), vmread(GUEST_CR4), vmread(GUEST_EFER), vmx_cpl(v) == 3 };
}

void vmx_force_exit(struct percpu *p)
{
	if (!p->vmx_on)
		return;
	vmwrite(PREEMPTION_TIMER, 0);
	vmwrite(PIN_CONTROLS, p->vmx.pin | PIN_PREEMPTION_TIMER);
}

void vmx_end_forced_exit(struct percpu *p)
{
	vmwrite(PIN_CONTROLS, p->vmx.pin);
}

static bool vmx_nmi_is_queued(struct vcpu *v)
{
	u32 event = vmread(ENTRY_EVENT);

	return event & EVENT_VALID && EVENT_TYPE(event) == EVENT_NMI;
}

const struct virt_ops virt_vmx = {
	.name = "Intel VMX",
	.has_gif = false,
	.cpu_check = vmx_cpu_check,
	.cpu_enable = vmx_cpu_enable,
	.cpu_restore = vmx_cpu_restore,
	.stage2_format = vmx_stage2_format,
	.park = vmx_park,
	.reset = vmx_reset,
	.flush_stage2 = vmx_flush_stage2,
	.nmi_is_queued = vmx_nmi_is_queued,
	.pack_msr_map = vmx_msr_map_pack,
};
