// SPDX-License-Identifier: GPL-2.0
/*
 * sources: hypervisor/virt/svm.c hypervisor/virt/vmx.c hypervisor/virt/vmx_caps.c hypervisor/virt/vmx_check.c
 * hypervisor/virt/vmx_msr_map.c hypervisor/virt/park.c hypervisor/mm/pt.c hypervisor/mm/page_pool.c hypervisor/mm/formats/
 */
/* cflags: -Ihypervisor -include tests/contract/x86_machine.h -idirafter hypervisor/arch/x86/include */
/*
 * struct virt_ops: what every backend has to keep, run for each of them against a modelled CPU: VMCB and VMCS as memory, capability
 * registers as data.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <arch/contract.h>
#include <common/config/rules.h>
#include <hv/x86/virt.h>
#include <virt/svm.h>
#include <virt/vmx.h>
#include <virt/vmx_check.h>
#include <virt/vmx_msr_map.h>
#include <x86/hal.h>

/* --- the model --------------------------------------------------------------------------------------------------------------- */

struct machine machine;
struct hv_image_header hv_header;
u8 x86_deny_all_map[X86_IOPM_PAGES * PAGE_SIZE] __aligned(PAGE_SIZE);
bool x86_has_gif;

void machine_die(const char *why, u64 what)
{
	fail_msg("the CPU refuses: %s %llx", why, (unsigned long long)what);
	abort();
}

/* SDM vol. 3A, 3.4.5 and 5.5: in the table, present, of this type, and not above the requested privilege */
u16 machine_segment(u16 selector, u64 type_mask, u64 type)
{
	unsigned int last = (selector | 7) + (type & 0x10 ? 0 : 8), dpl;
	u64 d;

	if (selector < 8 || selector & 4 || last > machine.now.gdt.limit)
		machine_die("a selector beyond the table", selector);
	d = ((u64 *)machine.now.gdt.base)[selector >> 3];
	dpl = d >> 45 & 3;
	if ((d >> 40 & type_mask) != type || !(d >> 47 & 1) || (type & 0x10 && dpl < (selector & 3)))
		machine_die("a segment's descriptor", d);
	return selector;
}

u64 *machine_msr(u32 msr)
{
	for (u32 i = 0; i < machine.now.msr_count; i++)
		if (machine.now.msrs[i].msr == msr)
			return &machine.now.msrs[i].value;
	return NULL;
}

static void set_msr(u32 msr, u64 value)
{
	if (!machine_msr(msr))
		machine.now.msrs[machine.now.msr_count++].msr = msr;
	*machine_msr(msr) = value;
}

static void remove_msr(u32 msr)
{
	for (u32 i = 0; i < machine.now.msr_count; i++)
		if (machine.now.msrs[i].msr == msr)
			machine.now.msrs[i] = machine.now.msrs[--machine.now.msr_count];
}

u64 rdmsr(u32 msr)
{
	if (!machine_msr(msr))
		machine_die("RDMSR", msr);
	return *machine_msr(msr);
}

void wrmsr(u32 msr, u64 value)
{
	if (!machine_msr(msr))
		machine_die("WRMSR", msr);
	*machine_msr(msr) = value;
}

bool rdmsr_safe(u32 msr, u64 *value)
{
	if (machine_msr(msr))
		*value = *machine_msr(msr);
	return machine_msr(msr);
}

bool wrmsr_safe(u32 msr, u64 value)
{
	if (machine_msr(msr))
		*machine_msr(msr) = value;
	return machine_msr(msr);
}

void cpuid(u32 leaf, u32 subleaf, u32 r[4])
{
	memset(r, 0, 4 * sizeof(*r));
	if (leaf == 1) {
		r[0] = 0x306c3;
		r[2] = machine.cpuid_1_ecx;
	} else if (leaf == 7) {
		r[1] = machine.cpuid_7_ebx;
		r[2] = machine.cpuid_7_ecx;
	} else if (leaf == 0x80000001) {
		r[2] = machine.cpuid_svm;
		r[3] = machine.cpuid_ext_edx;
	} else if (leaf == 0x8000000a) {
		r[3] = machine.cpuid_svm_edx;
	}
}

void write_cr4(u64 value)
{
	if (machine.vmxon_region && !(value & X86_CR4_VMXE))
		machine_die("CR4 without VMXE in VMX operation", value);
	machine.now.cr4 = value;
}

bool vmxon(u64 pa)
{
	if (machine.vmxon_region)
		return false;
	if (!(machine.now.cr4 & X86_CR4_VMXE) || pa & ~PAGE_MASK || !pa)
		machine_die("VMXON", pa);
	if (*(u32 *)pa != (u32)rdmsr(0x480))
		machine_die("VMXON region without the revision", pa);
	machine.vmxon_region = pa;
	return true;
}

void vmxoff(void)
{
	if (!machine.vmxon_region || machine.current)
		machine_die("VMXOFF (a VMCS is still active)", machine.current);
	machine.vmxon_region = 0;
}

void vmclear(u64 pa)
{
	if (!machine.vmxon_region || *(u32 *)pa != (u32)rdmsr(0x480))
		machine_die("VMCLEAR", pa);
	machine.current = 0;
}

void vmptrld(u64 pa)
{
	if (!machine.vmxon_region)
		machine_die("VMPTRLD", pa);
	machine.current = pa;
}

u64 vmx_read(u64 field)
{
	if (!machine.current || field >= MODEL_FIELDS || !machine.written[field])
		machine_die("VMREAD of a field that nobody wrote", field);
	return machine.field[field];
}

void vmx_write(u64 field, u64 value)
{
	if (!machine.current || field >= MODEL_FIELDS)
		machine_die("VMWRITE", field);
	machine.field[field] = value;
	machine.written[field] = true;
}

void vmsave(u64 vmcb) { machine.vmsaves++; }
void vmload(u64 vmcb) { machine.vmloads++; }

/* Physical addresses are those of this process. */
u64 arch_virt_to_phys(const void *p) { return (u64)p; }
void *arch_phys_to_virt(u64 pa) { return (void *)pa; }

/* --- a CPU with everything, Linux on it ---------------------------------------------------------------------------------------- */

#define LINUX_CR0	0x80050033UL
#define LINUX_CR4	0x1526f0UL & ~(1UL << 13)
#define GDT_ENTRIES	16

static u64 linux_gdt[GDT_ENTRIES] = { [2] = 0x00af9b000000ffff, [3] = 0x00cf93000000ffff };
static struct percpu p __aligned(PAGE_SIZE);
static struct pcpu pcpu;
static struct cell root, cell;
static struct hv_cpu_handover handover;
static struct page_pool pool;
static u8 pool_pages[64 * PAGE_SIZE] __aligned(PAGE_SIZE), maps[2][8 * PAGE_SIZE] __aligned(PAGE_SIZE);

static void intel_cpu(void)
{
	machine.cpuid_1_ecx = 1 << 5;
	machine.cpuid_7_ebx = 1 << 10;
	set_msr(0x3a, 5);
	set_msr(0x480, 0x00d810000000002b);	/* as Bochs' Haswell */
	set_msr(0x482, 0xf7f9fffe0401e172);
	set_msr(0x485, 0x200401e0);
	set_msr(0x486, 0x80000021);
	set_msr(0x487, 0xffffffff);
	set_msr(0x488, 0x2000);
	set_msr(0x489, 0x1727ff);
	set_msr(0x48b, 0x00047fff00000000);
	set_msr(0x48c, 0x00000f0106334141);
	set_msr(0x48d, 0x0000007f00000016);
	set_msr(0x48e, 0xf7f9fffe04006172);
	set_msr(0x48f, 0x007fffff00036dfb);
	set_msr(0x490, 0x0000ffff000011fb);
}

static void amd_cpu(void)
{
	machine.cpuid_svm = 1 << 2;
	machine.cpuid_svm_edx = 1 << 0;
	set_msr(0xc0010114, 0);
	set_msr(0xc0010117, 0);
	machine.gif = true;
}

static void linux_state(struct x86_linux_state *l)
{
	machine.now.gdt = (struct x86_desc_ptr){ sizeof(linux_gdt) - 1, (u64)linux_gdt };
	machine.now.idt = (struct x86_desc_ptr){ 0xfff, 0xfffffe0000000000 };
	*l = (struct x86_linux_state){
		.rip = 0xffffffffc0001000, .rsp = 0xffffc90000001000, .rflags = 2, .cr0 = LINUX_CR0, .cr3 = 0x1000, .cr4 = LINUX_CR4,
		.efer = 0xd01, .dr6 = 0xffff0ff0, .dr7 = 0x400, .pat = 0x0407050600070106,
		.cs = { linux_gdt[2], 0, 0x10 }, .ss = { linux_gdt[3], 0, 0x18 },
		.tr = { 0x00008b1000004087, 0xfffffe00, 0x40 },
		.gdt_base = (u64)linux_gdt, .gdt_limit = sizeof(linux_gdt) - 1, .idt_base = 0xfffffe0000000000, .idt_limit = 0xfff,
	};
}

static void give_maps(struct cell *c, u8 *pages)
{
	c->arch.msrpm = pages;
	c->arch.iopm = pages + X86_MSRPM_PAGES * PAGE_SIZE;
	c->arch.stage2_top = (u64 *)(pages + 7 * PAGE_SIZE);
}

static int setup(void **state)
{
	static const u32 linux_msrs[] = { 0x174, 0x175, 0x176, 0x1d9, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000100,
					  0xc0000101, 0xc0000102 };

	virt = *state;
	memset(&machine, 0, sizeof(machine));
	memset(&p, 0, sizeof(p));
	memset(&pcpu, 0, sizeof(pcpu));
	machine.cpuid_ext_edx = 1 << 26;
	machine.now.cr0 = LINUX_CR0;
	machine.now.cr4 = LINUX_CR4;
	machine.now.tr = 0x40;
	for (u32 i = 0; i < ARRAY_SIZE(linux_msrs); i++)
		set_msr(linux_msrs[i], 0x1000 + i);
	linux_state(&p.linux_state);
	set_msr(MSR_EFER, p.linux_state.efer);
	set_msr(MSR_PAT, p.linux_state.pat);
	if (virt == &virt_vmx)
		intel_cpu();
	else
		amd_cpu();

	x86_has_gif = virt->has_gif;
	root.id = 0;
	cell.id = 1;
	give_maps(&root, maps[0]);
	give_maps(&cell, maps[1]);
	page_pool_init(&pool, pool_pages, 64);
	assert_int_equal(pt_init(&root.stage2, arch_stage2_format(), &pool), 0);
	assert_int_equal(pt_init(&cell.stage2, arch_stage2_format(), &pool), 0);
	assert_int_equal(pt_init(&virt_park_stage2, arch_stage2_format(), &pool), 0);
	pcpu.cell = &root;
	p.vcpu.pcpu = &pcpu;
	p.linear = &p;
	p.self_pa = (u64)&p;
	p.vmcb_pa = (u64)p.vmcb;
	p.host_cr3 = 0x2000;
	p.host_cr4 = 0x40620;
	handover = (struct hv_cpu_handover){ 0 };
	p.handover = &handover;
	return 0;
}

/* As at boot: the hypervisor's own descriptor tables are loaded. */
static void enable(void)
{
	u64 value;
	u32 rule;

	assert_int_equal(virt->cpu_check(&p, &rule, &value), 0);
	machine.now.gdt = machine.now.idt = (struct x86_desc_ptr){ 0xff, 0xffff800000000000 };
	machine.now.cr4 = p.host_cr4;
	virt->cpu_enable(&p, &p.linux_state);
}

/* --- what a guest would begin with, whatever holds it ---------------------------------------------------------------------------- */

struct guest {
	u64 rip, rsp, rflags, cr0, cr3, cr4, efer, pat, cs_base, stage2, msr_map, io_map;
	u16 cs;
};

static struct guest svm_guest(void)
{
	const struct vmcb *v = (struct vmcb *)p.vmcb;

	return (struct guest){
		.rip = v->rip, .rsp = v->rsp, .rflags = v->rflags, .cr0 = v->cr0, .cr3 = v->cr3, .cr4 = v->cr4,
		.efer = v->efer & ~X86_EFER_SVME, .pat = v->g_pat, .cs_base = v->cs.base, .cs = v->cs.selector,
		.stage2 = v->n_cr3, .msr_map = v->msrpm_pa, .io_map = v->iopm_pa,
	};
}

static u64 seen(enum vmcs_field real, enum vmcs_field mask, enum vmcs_field shadow)
{
	return (vmread(real) & ~vmread(mask)) | (vmread(shadow) & vmread(mask));
}

static struct guest vmx_guest(void)
{
	assert_int_equal(vmread(IO_BITMAP_B), vmread(IO_BITMAP_A) + PAGE_SIZE);
	return (struct guest){
		.rip = vmread(GUEST_RIP), .rsp = vmread(GUEST_RSP), .rflags = vmread(GUEST_RFLAGS),
		.cr0 = seen(GUEST_CR0, CR0_MASK, CR0_SHADOW), .cr3 = vmread(GUEST_CR3), .cr4 = seen(GUEST_CR4, CR4_MASK, CR4_SHADOW),
		.efer = vmread(GUEST_EFER), .pat = vmread(GUEST_PAT), .cs_base = vmread(GUEST_SEGMENT(GUEST_BASE, VMCS_CS)),
		.cs = vmread(GUEST_SEGMENT(GUEST_SELECTOR, VMCS_CS)), .stage2 = vmread(EPT_POINTER) & PAGE_MASK,
		.msr_map = vmread(MSR_BITMAP), .io_map = vmread(IO_BITMAP_A),
	};
}

static struct guest guest(void)
{
	return virt == &virt_vmx ? vmx_guest() : svm_guest();
}

/* What a VM entry checks first: controls against the capabilities (SDM 27.2.1), consistency of the VMCB (APM2 15.5.1). */
static void assert_control(enum vmcs_field field, u32 capability)
{
	u64 may = rdmsr(capability), value = vmread(field);

	assert_int_equal((u32)may & ~value, 0);
	assert_int_equal(value & ~(may >> 32), 0);
}

static void assert_vmx_entry(void)
{
	const char *wrong = vmx_wrong_guest_field(vmread);

	assert_control(PIN_CONTROLS, 0x48d);
	assert_control(PROC_CONTROLS, 0x48e);
	assert_control(PROC2_CONTROLS, 0x48b);
	assert_control(EXIT_CONTROLS, 0x48f);
	assert_control(ENTRY_CONTROLS, 0x490);
	assert_null(wrong);
	assert_int_equal(vmread(GUEST_CR4) & rdmsr(0x488), rdmsr(0x488));
	assert_int_equal(vmread(HOST_CR4) & rdmsr(0x488), rdmsr(0x488));
	assert_int_equal(vmread(GUEST_CR0) & 0x20, 0x20);
	assert_true(vmread(VPID) != 0 && vmread(HOST_TR_SELECTOR) != 0);
}

static void assert_svm_entry(void)
{
	const struct vmcb *v = (struct vmcb *)p.vmcb;

	assert_true(v->efer & X86_EFER_SVME);
	assert_true(v->asid != 0 && v->intercept2 & VMCB_INT2_VMRUN && v->np_enable);
	assert_false(v->cr0 >> 32 || v->dr6 >> 32 || v->dr7 >> 32 || (v->cr0 & X86_CR0_NW && !(v->cr0 & X86_CR0_CD)));
}

static void assert_can_enter(void)
{
	if (virt == &virt_vmx)
		assert_vmx_entry();
	else
		assert_svm_entry();
}

static bool flushed(void)
{
	return virt == &virt_vmx ? machine.stage2_flushes > 0 : ((struct vmcb *)p.vmcb)->tlb_control == VMCB_TLB_FLUSH_ALL;
}

static void forget_flush(void)
{
	machine.stage2_flushes = 0;
	((struct vmcb *)p.vmcb)->tlb_control = 0;
}

/* --- the contract ---------------------------------------------------------------------------------------------------------------- */

static void all_operations_are_there(void **state)
{
	assert_non_null(virt->name);
	assert_true(virt->cpu_check && virt->cpu_enable && virt->cpu_restore && virt->stage2_format && virt->park && virt->reset);
	assert_true(virt->flush_stage2 && virt->nmi_is_queued);
}

static void a_cpu_without_virtualization_is_refused(void **state)
{
	u64 value;
	u32 rule;

	machine.cpuid_1_ecx = machine.cpuid_svm = 0;
	assert_int_equal(virt->cpu_check(&p, &rule, &value), -HV_ENODEV);
	assert_int_equal(rule, RULE_VIRT_MISSING);
}

static void firmware_may_have_switched_it_off(void **state)
{
	u64 value;
	u32 rule;

	set_msr(0x3a, 1);
	set_msr(0xc0010114, 1 << 4);
	assert_int_equal(virt->cpu_check(&p, &rule, &value), -HV_EPERM);
	assert_int_equal(rule, RULE_VIRT_DISABLED);
	assert_int_equal(value, virt == &virt_vmx ? 1 : 1 << 4);
}

static void linux_goes_on_as_a_guest(void **state)
{
	const struct x86_linux_state *l = &p.linux_state;
	struct guest g;

	enable();
	g = guest();
	assert_can_enter();
	assert_int_equal(g.rip, l->rip);
	assert_int_equal(g.rsp, l->rsp);
	assert_int_equal(g.rflags, l->rflags);
	assert_int_equal(g.cr0, l->cr0);
	assert_int_equal(g.cr3, l->cr3);
	assert_int_equal(g.cr4, l->cr4);
	assert_int_equal(g.efer, l->efer);
	assert_int_equal(g.pat, l->pat);
	assert_int_equal(g.cs, l->cs.selector);
	assert_int_equal(g.stage2, (u64)root.stage2.root);
	assert_int_equal(g.msr_map, (u64)root.arch.msrpm);
	assert_int_equal(g.io_map, (u64)root.arch.iopm);
	assert_true(flushed());
}

static void linux_gets_back_what_it_had(void **state)
{
	struct machine_state before = machine.now;
	const struct hv_leave_frame *f = &handover.leave;

	enable();
	virt->cpu_restore(&p, 42);
	assert_int_equal(f->rax, 42);
	assert_int_equal(f->rip, p.linux_state.rip);
	assert_int_equal(f->rsp, p.linux_state.rsp);
	assert_int_equal(f->cr3, p.linux_state.cr3);
	assert_int_equal(f->cr4, p.linux_state.cr4);
	assert_int_equal(f->cs, 0x10);
	assert_int_equal(f->ss, 0x18);
	/* PGE and PCIDE are the thunk's */
	before.cr4 &= ~(X86_CR4_PGE | X86_CR4_PCIDE);
	before.dr6 = p.linux_state.dr6;
	before.dr7 = p.linux_state.dr7;
	if (virt == &virt_vmx)
		machine.now.dr6 = before.dr6;	/* it was never touched */
	assert_memory_equal(&machine.now, &before, sizeof(before));
	assert_false(machine.vmxon_region);
	assert_true(!virt->has_gif || machine.gif);
	assert_int_equal(machine.nmis_raised, 0);
}

static void what_linux_changed_as_a_guest_is_what_it_gets(void **state)
{
	enable();
	if (virt == &virt_vmx) {
		vmwrite(GUEST_RIP, 0x1234);
		vmwrite(GUEST_PAT, X86_PAT_RESET);
		vmwrite(GUEST_SEGMENT(GUEST_BASE, VMCS_GS), 0x5678);
		vmwrite(GUEST_SYSENTER_EIP, 0x9abc);
	} else {
		((struct vmcb *)p.vmcb)->rip = 0x1234;
		((struct vmcb *)p.vmcb)->g_pat = X86_PAT_RESET;
		/* these two stay in the CPU */
		wrmsr(0xc0000101, 0x5678);
		wrmsr(0x176, 0x9abc);
	}
	virt->cpu_restore(&p, 0);
	assert_int_equal(handover.leave.rip, 0x1234);
	assert_int_equal(rdmsr(MSR_PAT), X86_PAT_RESET);
	assert_int_equal(rdmsr(0xc0000101), 0x5678);
	assert_int_equal(rdmsr(0x176), 0x9abc);
}

static void reset_is_real_mode_at_the_address(void **state)
{
	struct guest g;

	enable();
	for (int i = 0; i < 16; i++)
		p.vcpu.arch.regs.r[i] = 0x55;
	pcpu.cell = &cell;
	virt->reset(&p.vcpu, 0xf000, 0x3f0000, 0xfff0);
	g = guest();
	assert_can_enter();
	assert_int_equal(g.cs, 0xf000);
	assert_int_equal(g.cs_base, 0x3f0000);
	assert_int_equal(g.rip, 0xfff0);
	assert_int_equal(g.cr0, X86_CR0_ET);
	assert_int_equal(g.cr3 | g.cr4 | g.efer | g.rsp, 0);
	assert_int_equal(g.rflags, 2);
	assert_int_equal(g.pat, X86_PAT_RESET);
	for (int i = 0; i < 16; i++)
		assert_int_equal(p.vcpu.arch.regs.r[i], i == X86_RDX ? 0x306c3 : 0);
	assert_true(virt == &virt_vmx ? !rdmsr(0xc0000082) && !rdmsr(0xc0000102) : machine.vmloads == 1);
}

static void a_cpu_that_changes_its_cell_sees_only_the_new_one(void **state)
{
	struct guest g;

	enable();
	forget_flush();
	pcpu.cell = &cell;
	virt->reset(&p.vcpu, 0, 0, 0);
	g = guest();
	assert_int_equal(g.stage2, (u64)cell.stage2.root);
	assert_int_equal(g.msr_map, (u64)cell.arch.msrpm);
	assert_int_equal(g.io_map, (u64)cell.arch.iopm);
	assert_true(flushed());
}

static void a_parked_cpu_has_neither_memory_nor_ports(void **state)
{
	struct guest g;

	enable();
	forget_flush();
	virt->park(&p.vcpu);
	g = guest();
	assert_can_enter();
	assert_int_equal(g.stage2, (u64)virt_park_stage2.root);
	assert_int_equal(g.msr_map, (u64)x86_deny_all_map);
	assert_int_equal(g.io_map, (u64)x86_deny_all_map);
	assert_int_equal(g.cs_base + g.rip, 0);
	assert_true(flushed());
}

static void stage_2_is_flushed_on_demand(void **state)
{
	enable();
	forget_flush();
	virt->flush_stage2(&p.vcpu);
	assert_true(flushed());
}

static void a_queued_nmi_is_known(void **state)
{
	enable();
	assert_false(virt->nmi_is_queued(&p.vcpu));
	if (virt == &virt_vmx)
		vmx_deliver_nmi(&p.vcpu);
	else
		svm_inject(&p.vcpu, X86_VEC_NMI, -1);
	assert_true(virt->nmi_is_queued(&p.vcpu));
}

/* The last write counts: the flush has to be for the ASID that is entered. */
static void svm_flushes_one_asid_where_the_cpu_can(void **state)
{
	const struct vmcb *v = (struct vmcb *)p.vmcb;

	machine.cpuid_svm_edx |= 1 << 6;
	enable();
	assert_int_equal(v->tlb_control, VMCB_TLB_FLUSH_ASID);
	forget_flush();
	virt->park(&p.vcpu);
	assert_true(v->tlb_control == VMCB_TLB_FLUSH_ASID && v->asid == 2);
	forget_flush();
	virt->reset(&p.vcpu, 0, 0, 0);
	assert_true(v->tlb_control == VMCB_TLB_FLUSH_ASID && v->asid == 1);
	forget_flush();
	virt->flush_stage2(&p.vcpu);
	assert_int_equal(v->tlb_control, VMCB_TLB_FLUSH_ASID);
}

static void pages_of_1g_are_used_where_the_cpu_has_them(void **state)
{
	assert_int_equal(virt->stage2_format()->max_leaf_level, 2);
	machine.cpuid_ext_edx = 0;
	if (virt == &virt_vmx)
		set_msr(0x48c, rdmsr(0x48c) & ~(1UL << 17));
	assert_int_equal(virt->stage2_format()->max_leaf_level, 1);
}

/* --- each backend's own ------------------------------------------------------------------------------------------------------------ */

/* The high half of a control's capability: bits that may be 1. */
static void each_missing_capability_of_vmx_has_its_sentence(void **state)
{
	static const struct { u32 msr; u64 clear, set; u32 rule; } missing[] = {
		{ 0x480, 1UL << 55, 0, RULE_VMX_TRUE_CONTROLS },
		{ 0x480, 0xfUL << 50, 0, RULE_VMX_VMCS },
		{ 0x480, 0, 0xfffUL << 32, RULE_VMX_VMCS },
		{ 0x485, 1 << 6, 0, RULE_VMX_ACTIVITY_HLT },
		{ 0x485, 1 << 5, 0, RULE_VMX_UNRESTRICTED },
		{ 0x48d, 0, 1, RULE_VMX_INTERRUPTS },
		{ 0x48d, 1UL << 35, 0, RULE_VMX_NMI },
		{ 0x48d, 1UL << 37, 0, RULE_VMX_VIRTUAL_NMI },
		{ 0x48d, 1UL << 38, 0, RULE_VMX_PREEMPTION_TIMER },
		{ 0x48e, 0, 1 << 15, RULE_VMX_CR3 },
		{ 0x48e, 0, 1 << 16, RULE_VMX_CR3 },
		{ 0x48e, 1UL << 54, 0, RULE_VMX_VIRTUAL_NMI },
		{ 0x48e, 1UL << 57, 0, RULE_VMX_IO_BITMAPS },
		{ 0x48e, 1UL << 60, 0, RULE_VMX_MSR_BITMAPS },
		{ 0x48e, 1UL << 43, 0, RULE_VMX_RDPMC },
		{ 0x48e, 1UL << 63, 0, RULE_VMX_SECONDARY },
		{ 0x48b, 1UL << 33, 0, RULE_VMX_EPT },
		{ 0x48b, 1UL << 35, 0, RULE_VMX_RDTSCP },
		{ 0x48b, 1UL << 38, 0, RULE_VMX_WBINVD },
		{ 0x48b, 1UL << 39, 0, RULE_VMX_UNRESTRICTED },
		{ 0x48b, 1UL << 44, 0, RULE_VMX_INVPCID },
		{ 0x48f, 1UL << 50, 0, RULE_VMX_PAT },
		{ 0x48f, 1UL << 53, 0, RULE_VMX_EFER },
		{ 0x490, 1UL << 46, 0, RULE_VMX_PAT },
		{ 0x490, 1UL << 47, 0, RULE_VMX_EFER },
		{ 0x48c, 1 << 6, 0, RULE_VMX_EPT_FORMAT },
		{ 0x48c, 1 << 14, 0, RULE_VMX_EPT_FORMAT },
		{ 0x48c, 1 << 20, 0, RULE_VMX_INVEPT },
		{ 0x48c, 3 << 25, 0, RULE_VMX_INVEPT },
		{ 0x486, 0, 1 << 30, RULE_VMX_CR0 },
		{ 0x489, 1 << 5, 0, RULE_VMX_CR4 },
	};
	u64 value;
	u32 rule;

	p.has_tsc_aux = true;
	for (u32 i = 0; i < ARRAY_SIZE(missing); i++) {
		u64 whole = rdmsr(missing[i].msr);

		set_msr(missing[i].msr, (whole & ~missing[i].clear) | missing[i].set);
		assert_int_equal(virt->cpu_check(&p, &rule, &value), -HV_ENODEV);
		assert_int_equal(rule, missing[i].rule);
		set_msr(missing[i].msr, whole);
		assert_int_equal(virt->cpu_check(&p, &rule, &value), 0);
	}
}

static void instructions_that_need_a_control_need_it_only_where_they_exist(void **state)
{
	u64 value;
	u32 rule;

	set_msr(0x48b, rdmsr(0x48b) & ~(1UL << 35 | 1UL << 44));
	machine.cpuid_7_ebx = 0;
	assert_int_equal(virt->cpu_check(&p, &rule, &value), 0);
	p.has_xss = true;
	assert_int_equal(virt->cpu_check(&p, &rule, &value), -HV_ENODEV);
	assert_int_equal(rule, RULE_VMX_XSAVES);
	p.has_xss = false;
	machine.cpuid_7_ecx = 1 << 5;
	assert_int_equal(virt->cpu_check(&p, &rule, &value), -HV_ENODEV);
	assert_int_equal(rule, RULE_VMX_WAITPKG);
}

/* @region: KVM's, in memory of Linux's */
static void kvm_enters_vmx_operation(u8 *region)
{
	*(u32 *)region = (u32)rdmsr(0x480);
	machine.now.cr4 |= X86_CR4_VMXE;
	p.linux_state.cr4 |= X86_CR4_VMXE;
	p.host_cr4 |= X86_CR4_VMXE;
	assert_true(vmxon((u64)region));
}

static u8 kvm_page[PAGE_SIZE] __aligned(PAGE_SIZE), drivers_page[PAGE_SIZE] __aligned(PAGE_SIZE);

static void idle_kvm_finds_vmx_operation_again(void **state)
{
	kvm_enters_vmx_operation(kvm_page);
	handover.page = handover.page_phys = (u64)drivers_page;
	enable();
	assert_int_equal(machine.vmxon_region, (u64)p.host_save);
	assert_true(p.vcpu.arch.in_vmx && guest().cr4 & X86_CR4_VMXE);
	virt->cpu_restore(&p, 0);
	assert_int_equal(machine.vmxon_region, (u64)drivers_page);
	assert_true(handover.keeps_page && machine.now.cr4 & X86_CR4_VMXE && handover.leave.cr4 & X86_CR4_VMXE);
}

static void kvm_that_is_gone_meanwhile_leaves_nothing_behind(void **state)
{
	kvm_enters_vmx_operation(kvm_page);
	handover.page = handover.page_phys = (u64)drivers_page;
	handover.keeps_page = true;
	enable();
	p.vcpu.arch.in_vmx = false;
	vmwrite(CR4_SHADOW, vmread(CR4_SHADOW) & ~X86_CR4_VMXE);
	virt->cpu_restore(&p, 0);
	assert_true(!machine.vmxon_region && !handover.keeps_page && !(machine.now.cr4 & X86_CR4_VMXE));
}

/* Root writes its registers as it likes: a VMXON that would fault is left out. */
static void a_lie_about_vmx_operation_costs_root_alone(void **state)
{
	kvm_enters_vmx_operation(kvm_page);
	handover.page = handover.page_phys = (u64)drivers_page;
	enable();
	vmwrite(CR0_SHADOW, vmread(CR0_SHADOW) & ~0x20UL);
	virt->cpu_restore(&p, 0);
	assert_true(!machine.vmxon_region && !handover.keeps_page);
}

static void a_reset_ends_what_root_believes(void **state)
{
	kvm_enters_vmx_operation(kvm_page);
	enable();
	virt->reset(&p.vcpu, 0, 0, 0);
	assert_false(p.vcpu.arch.in_vmx);
}

static void registers_that_do_not_exist_offer_nothing(void **state)
{
	u64 value;
	u32 rule;

	remove_msr(0x48d);
	assert_int_equal(virt->cpu_check(&p, &rule, &value), -HV_ENODEV);
	assert_int_equal(rule, RULE_VMX_NMI);
}

static void interrupts_and_halts_do_not_exit_nmis_do(void **state)
{
	enable();
	assert_false(vmread(PIN_CONTROLS) & PIN_EXTERNAL_INTERRUPT);
	assert_true(vmread(PIN_CONTROLS) & PIN_NMI);
	assert_false(vmread(PROC_CONTROLS) & (PROC_HLT | PROC_CR3_LOAD | PROC_CR3_STORE));
	/* RDPMC and WBINVD: a cell's only */
	assert_false(vmread(PROC_CONTROLS) & PROC_RDPMC || vmread(PROC2_CONTROLS) & PROC2_WBINVD);
	pcpu.cell = &cell;
	virt->reset(&p.vcpu, 0, 0, 0);
	assert_true(vmread(PROC_CONTROLS) & PROC_RDPMC && vmread(PROC2_CONTROLS) & PROC2_WBINVD);
}

static void an_nmi_that_comes_while_we_run_makes_the_guest_exit_at_once(void **state)
{
	vmx_force_exit(&p);	/* before VMXON: nothing to write to */
	enable();
	vmx_force_exit(&p);
	assert_int_equal(vmread(PREEMPTION_TIMER), 0);
	assert_true(vmread(PIN_CONTROLS) & PIN_PREEMPTION_TIMER);
	assert_can_enter();
	vmx_end_forced_exit(&p);
	assert_false(vmread(PIN_CONTROLS) & PIN_PREEMPTION_TIMER);
}

static void an_nmi_waits_while_the_guest_is_blocked(void **state)
{
	enable();
	p.vcpu.arch.nmi_waits = true;
	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKED_BY_NMI);
	vmx_deliver_nmi(&p.vcpu);
	assert_true(vmread(PROC_CONTROLS) & PROC_NMI_WINDOW && p.vcpu.arch.nmi_waits);
	assert_false(vmread(ENTRY_EVENT) & EVENT_VALID);
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	vmx_deliver_nmi(&p.vcpu);
	assert_false(p.vcpu.arch.nmi_waits);
	assert_int_equal(vmread(ENTRY_EVENT), 0x80000202);
}

/* An NMI window may open there, so that to wait for it would be for ever. */
static void an_nmi_ends_the_shadow_of_sti(void **state)
{
	enable();
	p.vcpu.arch.nmi_waits = true;
	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKED_BY_STI);
	vmx_deliver_nmi(&p.vcpu);
	assert_false(p.vcpu.arch.nmi_waits || vmread(PROC_CONTROLS) & PROC_NMI_WINDOW);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), 0);
	assert_int_equal(vmread(ENTRY_EVENT), 0x80000202);
}

/* A record would be written through the hypervisor's tables. */
static void no_counter_writes_records(void **state)
{
	set_msr(0x3f1, 0xf);
	enable();
	assert_int_equal(rdmsr(0x3f1), 0);
}

/* Our tables do not map it: to load one of its segments would be a fault of ours, and any process can have one. */
static void segments_of_an_ldt_are_not_loaded(void **state)
{
	enable();
	vmwrite(GUEST_SEGMENT(GUEST_SELECTOR, VMCS_FS), 0x0f);
	vmwrite(GUEST_SEGMENT(GUEST_SELECTOR, VMCS_GS), 0x17);
	vmwrite(GUEST_SEGMENT(GUEST_BASE, VMCS_FS), 0x1234);
	virt->cpu_restore(&p, 0);
	assert_int_equal(machine.now.fs, 0);
	assert_int_equal(machine.now.gs, 0);
	assert_int_equal(rdmsr(0xc0000100), 0x1234);
}

static void put_segment(enum vmcs_segment n, u16 selector, u32 rights, u64 base)
{
	vmwrite(GUEST_SEGMENT(GUEST_SELECTOR, n), selector);
	vmwrite(GUEST_SEGMENT(GUEST_RIGHTS, n), rights);
	vmwrite(GUEST_SEGMENT(GUEST_BASE, n), base);
	vmwrite(GUEST_SEGMENT(GUEST_LIMIT, n), 0xfffff);
}

/* Thread-local segments lie side by side. */
static void segments_of_linux_are_what_they_were(void **state)
{
	enable();
	put_segment(VMCS_LDTR, 0x50, 0x82, 0xfffffe0000001000);
	put_segment(VMCS_FS, 0x6b, 0xc0f3, 0x1000);
	put_segment(VMCS_GS, 0x63, 0x40f7, 0x2000);
	virt->cpu_restore(&p, 0);
	assert_int_equal(machine.now.tr, 0x40);
	assert_int_equal(machine.now.ldtr, 0x50);
	assert_int_equal(machine.now.fs, 0x6b);
	assert_int_equal(machine.now.gs, 0x63);
	assert_int_equal(machine.now.gdt.base, (u64)linux_gdt);
	assert_int_equal(rdmsr(0xc0000101), 0x2000);
}

/* The model dies where a load would fault. */
static void what_root_wrote_into_its_tables_is_no_fault_of_ours(void **state)
{
	static const u16 selectors[] = { 0x8, 0x10, 0x13, 0x18, 0x1b, 0x20, 0x40, 0xf8, 0xff, 0x100, 0x103, 0x7ff8, 0xfffb };
	static const u32 rights[] = { 0x93, 0xf3, 0x9b, 0xfb, 0xf0, 0x73, 0x82, 0xc0ff };

	for (u32 i = 0; i < ARRAY_SIZE(selectors); i++)
		for (u32 r = 0; r < ARRAY_SIZE(rights); r++) {
			enable();
			memset(linux_gdt + 4, 0xff, sizeof(linux_gdt) - 32);
			put_segment(VMCS_TR, selectors[i] & ~4, 0x8b, ~0xfffUL);
			put_segment(VMCS_LDTR, selectors[i] & ~4, 0x82, ~0xfffUL);
			put_segment(VMCS_FS, selectors[i], rights[r], ~0xfffUL);
			put_segment(VMCS_GS, selectors[ARRAY_SIZE(selectors) - 1 - i], rights[r], 0x1000);
			virt->cpu_restore(&p, 0);
			memset(linux_gdt + 4, 0, sizeof(linux_gdt) - 32);
			assert_int_equal(machine.now.gdt.base, (u64)linux_gdt);
		}
}

/* STI, then HLT: an interrupt in between would leave the CPU halted with work to do. */
static void an_sti_is_done_again_where_its_shadow_was_left(void **state)
{
	enable();
	vmwrite(GUEST_RIP, 0x1001);
	vmwrite(GUEST_RFLAGS, 0x202);
	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKED_BY_STI);
	virt->cpu_restore(&p, 0);
	assert_int_equal(handover.leave.rip, 0x1000);
	assert_int_equal(handover.leave.rflags, 0x2);
	enable();
	vmwrite(GUEST_RIP, 0x1001);
	vmwrite(GUEST_RFLAGS, 0x202);
	virt->cpu_restore(&p, 0);
	assert_int_equal(handover.leave.rip, 0x1001);
	assert_int_equal(handover.leave.rflags, 0x202);
}

/* MOV SS, then INT1, with TF set: no single step is pending */
static void an_exception_ends_the_interrupt_shadow(void **state)
{
	enable();
	vmwrite(GUEST_RFLAGS, vmread(GUEST_RFLAGS) | 1 << 8);
	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKED_BY_MOV_SS | BLOCKED_BY_NMI);
	vmx_inject(&p.vcpu, X86_VEC_DB, -1);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), BLOCKED_BY_NMI);
	assert_int_equal(vmread(ENTRY_EVENT), 0x80000301);
}

static void an_nmi_that_linux_is_owed_is_made_up_for(void **state)
{
	enable();
	p.vcpu.arch.nmi_waits = true;
	virt->cpu_restore(&p, 0);
	assert_int_equal(machine.nmis_raised, 1);
}

static void a_wrong_field_of_the_guest_is_named(void **state)
{
	static const struct { enum vmcs_field field; u64 value; const char *name; } wrong[] = {
		{ GUEST_CR0, 0x80000020, "CR0 (PG without PE)" },
		{ GUEST_CR4, 0x2000, "CR0, CR4 (64-bit mode without paging or PAE)" },
		{ GUEST_CR4, 0x20, "CR4 (VMXE)" },
		{ GUEST_EFER, 0, "EFER (LMA, LME)" },
		{ GUEST_SYSENTER_EIP, 1UL << 62, "SYSENTER_ESP, SYSENTER_EIP" },
		{ GUEST_DR7, 1UL << 32, "DR7" },
		{ GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS), 0x93, "CS" },
		{ GUEST_SEGMENT(GUEST_RIGHTS, VMCS_CS), 0xe09b, "CS (both 64 and 32 bits)" },
		{ GUEST_SEGMENT(GUEST_BASE, VMCS_SS), 1UL << 32, "SS" },
		{ GUEST_SEGMENT(GUEST_RIGHTS, VMCS_TR), 0x89, "TR (not a busy TSS)" },
		{ GUEST_GDTR_LIMIT, 0x10000, "GDTR" },
		{ GUEST_IDTR_BASE, 1UL << 62, "IDTR" },
		{ GUEST_RIP, 1UL << 62, "RIP" },
		{ GUEST_RFLAGS, 0, "RFLAGS" },
		{ GUEST_ACTIVITY, 4, "activity state" },
		{ GUEST_INTERRUPTIBILITY, 1, "interruptibility state" },
		{ VMCS_LINK_POINTER, 0, "VMCS link pointer" },
	};

	enable();
	assert_null(vmx_wrong_guest_field(vmread));
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		u64 right = vmread(wrong[i].field);

		vmwrite(wrong[i].field, wrong[i].value);
		assert_non_null(vmx_wrong_guest_field(vmread));
		if (strncmp(vmx_wrong_guest_field(vmread), wrong[i].name, strlen(wrong[i].name)))
			fail_msg("%x: %s, not %s", wrong[i].field, vmx_wrong_guest_field(vmread), wrong[i].name);
		vmwrite(wrong[i].field, right);
	}
}

static void both_layouts_of_the_msr_map_say_the_same(void **state)
{
	static u8 map[2 * PAGE_SIZE], svm[2 * PAGE_SIZE];

	for (u32 i = 0; i < sizeof(map); i++)
		map[i] = svm[i] = i * 2654435761u >> 24;
	vmx_msr_map_pack(map);
	for (u32 msr = 0; msr < 0x4000; msr++) {
		u32 vmx_bit = (msr & 0x1fff) + (msr & 0x2000);

		for (u32 write = 0; write < 2; write++) {
			u32 s = svm[(msr * 2 + write) / 8] >> (msr * 2 + write) % 8 & 1;
			u32 v = map[write * 2048 + vmx_bit / 8] >> vmx_bit % 8 & 1;

			assert_int_equal(s, v);
		}
	}
}

#define FOR_BOTH(test)										\
	{ #test ", SVM", test, setup, NULL, (void *)&virt_svm }, { #test ", VMX", test, setup, NULL, (void *)&virt_vmx }
#define FOR_VMX(test)	{ #test, test, setup, NULL, (void *)&virt_vmx }

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOR_BOTH(all_operations_are_there),
		FOR_BOTH(a_cpu_without_virtualization_is_refused),
		FOR_BOTH(firmware_may_have_switched_it_off),
		FOR_BOTH(linux_goes_on_as_a_guest),
		FOR_BOTH(linux_gets_back_what_it_had),
		FOR_BOTH(what_linux_changed_as_a_guest_is_what_it_gets),
		FOR_BOTH(reset_is_real_mode_at_the_address),
		FOR_BOTH(a_cpu_that_changes_its_cell_sees_only_the_new_one),
		FOR_BOTH(a_parked_cpu_has_neither_memory_nor_ports),
		FOR_BOTH(stage_2_is_flushed_on_demand),
		FOR_BOTH(a_queued_nmi_is_known),
		FOR_BOTH(pages_of_1g_are_used_where_the_cpu_has_them),
		FOR_VMX(each_missing_capability_of_vmx_has_its_sentence),
		FOR_VMX(instructions_that_need_a_control_need_it_only_where_they_exist),
		{ "svm_flushes_one_asid_where_the_cpu_can", svm_flushes_one_asid_where_the_cpu_can, setup, NULL, (void *)&virt_svm },
		FOR_VMX(idle_kvm_finds_vmx_operation_again),
		FOR_VMX(kvm_that_is_gone_meanwhile_leaves_nothing_behind),
		FOR_VMX(a_lie_about_vmx_operation_costs_root_alone),
		FOR_VMX(a_reset_ends_what_root_believes),
		FOR_VMX(registers_that_do_not_exist_offer_nothing),
		FOR_VMX(interrupts_and_halts_do_not_exit_nmis_do),
		FOR_VMX(an_nmi_that_comes_while_we_run_makes_the_guest_exit_at_once),
		FOR_VMX(an_nmi_waits_while_the_guest_is_blocked),
		FOR_VMX(an_nmi_ends_the_shadow_of_sti),
		FOR_VMX(segments_of_an_ldt_are_not_loaded),
		FOR_VMX(segments_of_linux_are_what_they_were),
		FOR_VMX(what_root_wrote_into_its_tables_is_no_fault_of_ours),
		FOR_VMX(an_sti_is_done_again_where_its_shadow_was_left),
		FOR_VMX(no_counter_writes_records),
		FOR_VMX(an_exception_ends_the_interrupt_shadow),
		FOR_VMX(an_nmi_that_linux_is_owed_is_made_up_for),
		FOR_VMX(a_wrong_field_of_the_guest_is_named),
		FOR_VMX(both_layouts_of_the_msr_map_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
