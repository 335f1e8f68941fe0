// SPDX-License-Identifier: GPL-2.0
/*
 * setup - enabling: all CPUs come in, the first one builds the system, and either all become root-cell CPUs or all return the same error.
 *
 *	arrive → (first: pools, tables) → own tables, checks → barrier → (first: system_init) → verdict → enable | return
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/config/config.h>
#include <common/lib/string.h>
#include <hv/cell_ops.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/irqchip.h>
#include <hv/x86/virt.h>
#include <virt/mitigations.h>
#include <x86/entry.h>
#include <x86/hal.h>

#define CPUID_1_ECX_VMX		(1U << 5)
#define ENTRY_TIMEOUT_US	2000000
#define FLAT_MODEL_CPUS		8
#define MAX_APIC_ID		254
#define SELECTOR_LDT		4	/* table indicator, APM vol. 2, 4.5.1 */
#define PUBLISHED_PAGES		(JAILHOUSE_STATUS_MAX_CELLS + 2)

struct system hv_system;

/* Constant after the first CPU came in */
static const struct x86_composition *composition;

/* Barriers of the entry; each written once by the CPU named, read by all with acquire. */
static struct {
	u32 first_taken;
	u32 memory_ready;	/* by the first CPU: pools and common tables exist, or error is set */
	u32 checked;		/* counts CPUs whose checks are done */
	u32 without_x2apic;	/* counts CPUs that lack x2APIC mode or must not use it */
	u32 verdict;		/* by the first CPU: error is final */
	int error;
} boot;

static void boot_fail(int err)
{
	int none = 0;

	__atomic_compare_exchange_n(&boot.error, &none, err, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static void refuse_cpu(u32 rule, const struct percpu *p, u64 v1, u64 v2)
{
	boot_fail(REFUSE(&hv_system, rule, .value = { p->vcpu.pcpu->id, v1, v2 }));
}

/* False when @count CPUs did not come within the time limit. */
static bool wait_for(const u32 *what, u32 count)
{
	u64 end = arch_time_us() + ENTRY_TIMEOUT_US;

	while (__atomic_load_n(what, __ATOMIC_ACQUIRE) < count) {
		if (arch_time_us() > end)
			return false;
		arch_cpu_relax();
	}
	return true;
}

/* --- first CPU, on the transition table ------------------------------------------------------------------------------------ */

static int setup_memory(struct system *s)
{
	const u64 pools = (PUBLISHED_PAGES + 64) * PAGE_SIZE;
	u64 config_offset = hv_header.core_size + (u64)hv_header.max_cpus * PERCPU_SIZE;
	u8 *base = __image_start;
	u64 have, size, pool_offset, pages;

	if (config_offset + sizeof(struct jailhouse_system) > hv_header.hv_size)
		return REFUSE(s, RULE_HV_MEMORY_FULL,
			      .value = { hv_header.hv_size, config_offset + sizeof(struct jailhouse_system) + pools });
	have = hv_header.hv_size - config_offset;
	size = config_system_size(base + config_offset, have);
	pool_offset = PAGE_ALIGN(config_offset + size);
	if (size > CONFIG_MAX_SYSTEM_SIZE || size > have || pool_offset + pools > hv_header.hv_size)
		return REFUSE(s, RULE_HV_MEMORY_FULL, .value = { hv_header.hv_size, pool_offset + pools });

	s->config = (void *)(base + config_offset);
	s->config_size = size;
	x86_pci_init(s->config->platform_info.pci_mmconfig_base, s->config->platform_info.pci_mmconfig_end_bus);
	composition->console_ports();
	page_pool_init(&s->published, base + pool_offset, PUBLISHED_PAGES);
	pages = (hv_header.hv_size - pool_offset) / PAGE_SIZE - PUBLISHED_PAGES;
	page_pool_init(&s->pool, base + pool_offset + PUBLISHED_PAGES * PAGE_SIZE, pages);
	return 0;
}

static int setup_cpus(struct system *s)
{
	u32 pages = PAGE_ALIGN(hv_header.max_cpus * sizeof(struct pcpu)) / PAGE_SIZE;

	s->max_cpus = hv_header.max_cpus;
	s->pcpus = page_alloc(&s->pool, pages);
	if (!s->pcpus)
		return -HV_ENOMEM;
	for (u32 i = 0; i < s->max_cpus; i++)
		s->pcpus[i].id = i;
	return 0;
}

/* Each backend has its own loops: an exit does not go through the table. */
static void (*run_loop)(struct percpu *p), (*run_loop_guarded)(struct percpu *p);

static void choose_backend(void)
{
	u32 r[4];

	cpuid(1, 0, r);
	virt = r[2] & CPUID_1_ECX_VMX ? &virt_vmx : &virt_svm;
	run_loop = r[2] & CPUID_1_ECX_VMX ? vmx_run_loop : svm_run_loop;
	run_loop_guarded = r[2] & CPUID_1_ECX_VMX ? vmx_run_loop_guarded : svm_run_loop_guarded;
	x86_has_gif = virt->has_gif;
}

/* AMD APM vol. 3, E.4.7; SDM vol. 2, CPUID: the leaf exists wherever there are 64 bits. */
static u32 phys_bits(void)
{
	u32 r[4];

	cpuid(0x80000008, 0, r);
	return r[0] & 0xff;
}

static int setup_first(struct system *s)
{
	u32 refusals;
	int err;

	memset(x86_deny_all_map, 0xff, X86_IOPM_PAGES * PAGE_SIZE);
	x86_idt_init(x86_vector_stubs, x86_vector_ignore);
	x86_apic_modes[0] = &apic_xapic;
	x86_apic_modes[1] = &apic_x2apic;
	virt_fill_permissions = x86_fill_permissions;
	virt_fill_ports = x86_fill_ports;
	s->hv_phys = hpa(hv_header.hv_phys);
	s->hv_size = hv_header.hv_size;
	config_phys_bits = phys_bits();
	composition->compose(s);
	choose_backend();

	refusals = s->status->refusal_seq;
	err = setup_memory(s);
	if (!err)
		err = setup_cpus(s);
	if (!err)
		err = x86_paging_init(s);
	if (!err)
		err = virt_park_init(s);
	return mgmt_explain(s, refusals, err);
}

/* --- every CPU ------------------------------------------------------------------------------------------------------------- */

/* While Linux's tables are mapped: kernel segments lie in the GDT, and the trampoline has put those of an LDT away. */
static void save_segment(struct x86_linux_seg *seg, u16 selector, const struct x86_desc_ptr *gdt)
{
	bool null = (selector & ~3) == 0 || (selector & SELECTOR_LDT) || (selector | 7) > gdt->limit;

	seg->selector = selector;
	seg->descriptor = null ? 0 : ((const u64 *)gdt->base)[selector >> 3];
}

/* Two entries: SDM vol. 3A, 7.2.3 */
static void save_system_segment(struct x86_linux_seg *seg, u16 selector, const struct x86_desc_ptr *gdt)
{
	save_segment(seg, selector, gdt);
	if (seg->descriptor)
		seg->upper_base = (u32)((const u64 *)gdt->base)[(selector >> 3) + 1];
}

static void save_linux_state(struct percpu *p, struct hv_cpu_handover *h)
{
	struct x86_linux_state *l = &p->linux_state;
	const u64 *stack = (const u64 *)p->linux_sp;	/* r15 r14 r13 r12 rbp rbx, return address */
	u64 *r = p->vcpu.arch.regs.r;
	struct x86_desc_ptr d;

	r[15] = stack[0];
	r[14] = stack[1];
	r[13] = stack[2];
	r[12] = stack[3];
	r[X86_RBP] = stack[4];
	r[X86_RBX] = stack[5];
	l->rip = stack[6];
	l->rsp = (u64)&stack[7];
	l->rflags = read_rflags();
	l->cr0 = read_cr0();
	l->cr2 = read_cr2();
	l->cr3 = read_cr3();
	l->cr4 = read_cr4();
	l->efer = rdmsr(MSR_EFER);
	l->dr6 = read_dr6();
	l->dr7 = read_dr7();
	l->pat = rdmsr(MSR_PAT);
	sgdt(&d);
	l->gdt_base = d.base;
	l->gdt_limit = d.limit;
	save_segment(&l->cs, read_cs(), &d);
	save_segment(&l->ss, read_ss(), &d);
	save_segment(&l->ds, read_ds(), &d);
	save_segment(&l->es, read_es(), &d);
	save_segment(&l->fs, read_fs(), &d);
	save_segment(&l->gs, read_gs(), &d);
	save_system_segment(&l->ldtr, read_ldtr(), &d);
	save_system_segment(&l->tr, read_tr(), &d);
	sidt(&d);
	l->idt_base = d.base;
	l->idt_limit = d.limit;
	p->handover = h;
	p->transition_cr3 = l->cr3;
}

static void restore_linux_tables(const struct x86_linux_state *l)
{
	struct x86_desc_ptr gdt = { l->gdt_limit, l->gdt_base };
	struct x86_desc_ptr idt = { l->idt_limit, l->idt_base };

	lgdt(&gdt);
	lidt(&idt);
}

static void setup_percpu(u32 cpu, struct hv_cpu_handover *h, struct percpu *p)
{
	u64 linux_sp = p->linux_sp;

	/* not the stack: we stand on it */
	memset(p->vmcb, 0, sizeof(*p) - offsetof(struct percpu, vmcb));
	p->linux_sp = linux_sp;
	p->linear = p;
	p->self_pa = arch_virt_to_phys(p);
	p->vmcb_pa = p->self_pa + offsetof(struct percpu, vmcb);
	p->vcpu.pcpu = &hv_system.pcpus[cpu];
	save_linux_state(p, h);
	x86_cpu_init(p);
	x86_apic_init(p);
	x86_percpu_paging_init(p);
}

/* First CPU, on its own tables, after all CPUs passed their checks. */
static void build_system(void)
{
	int err;

	x86_cells_x2apic = !boot.without_x2apic &&
			   hv_system.config->platform_info.x86.apic_mode != JAILHOUSE_APIC_MODE_XAPIC;
	err = system_init(&hv_system);

	if (err)
		boot_fail(err);
	else
		x86_mitigations_report(&hv_system);
}

/*
 * Bit n of a logical destination is CPU n in Linux's flat model, and the CPU with APIC id n in x2APIC mode (SDM vol. 3, 11.12.10.2). Where
 * these are not the same, a device of root would interrupt a cell's CPU in that mode as well.
 */
static bool is_ambiguous_in_x2apic(const struct pcpu *cpu)
{
	return cpu->hw_id < FLAT_MODEL_CPUS && cpu->hw_id != cpu->id;
}

/* A mode that the configuration names is the one that Linux has to be in. */
static void check_apic_mode(const struct percpu *p)
{
	u8 mode = hv_system.config->platform_info.x86.apic_mode;

	if (mode == (p->linux_x2apic ? JAILHOUSE_APIC_MODE_XAPIC : JAILHOUSE_APIC_MODE_X2APIC))
		refuse_cpu(RULE_APIC_STATE, p, rdmsr(MSR_APIC_BASE), 0);
}

static void check_cpu(struct percpu *p)
{
	u64 value;
	u32 rule;

	if (virt->cpu_check(p, &rule, &value))
		refuse_cpu(rule, p, value, 0);
	x86_mitigations_choose(p);
	check_apic_mode(p);
	p->vcpu.pcpu->hw_id = p->apic->id();
	if (p->vcpu.pcpu->hw_id > MAX_APIC_ID)
		refuse_cpu(RULE_APIC_ID, p, p->vcpu.pcpu->hw_id, MAX_APIC_ID);
	if (!p->has_x2apic || is_ambiguous_in_x2apic(p->vcpu.pcpu))
		__atomic_add_fetch(&boot.without_x2apic, 1, __ATOMIC_RELAXED);
	p->vcpu.pcpu->online = true;
}

/* On the CPU's own tables. Returns the common error; without one this CPU goes beneath Linux and does not return. */
static int join(struct percpu *p)
{
	bool first = p->vcpu.pcpu->id + 1 == boot.first_taken;

	if (first)
		composition->console_mapped();
	check_cpu(p);
	__atomic_add_fetch(&boot.checked, 1, __ATOMIC_ACQ_REL);

	if (first) {
		if (!wait_for(&boot.checked, hv_header.online_cpus) && !boot.error)
			boot_fail(REFUSE(&hv_system, RULE_ENTRY_TIMEOUT,
					 .value = { READ_ONCE(boot.checked), hv_header.online_cpus }));
		if (!boot.error)
			build_system();
		if (!boot.error)
			x86_kicks_begin();
		__atomic_store_n(&boot.verdict, 1, __ATOMIC_RELEASE);
	} else {
		/* bounded: the first CPU waits for at most its own limit */
		while (!__atomic_load_n(&boot.verdict, __ATOMIC_ACQUIRE))
			arch_cpu_relax();
	}
	if (boot.error)
		return boot.error;

	virt->cpu_enable(p, &p->linux_state);
	/* a CPU that was faster may have posted something already, and its NMI found us here */
	if (cpu_ctrl_process(&p->vcpu) == CPU_LEAVE)
		x86_leave(&p->vcpu, 0);
	(p->mitigations & MITIGATIONS_OF_LOOP ? run_loop_guarded : run_loop)(p);
	__builtin_unreachable();
}

int x86_boot_cpu(u32 cpu, struct hv_cpu_handover *h, struct percpu *p, const struct x86_composition *main)
{
	u32 nobody = 0;
	int err;

	if (__atomic_compare_exchange_n(&boot.first_taken, &nobody, cpu + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		composition = main;
		err = setup_first(&hv_system);
		if (err)
			boot_fail(err);
		__atomic_store_n(&boot.memory_ready, 1, __ATOMIC_RELEASE);
	}
	while (!__atomic_load_n(&boot.memory_ready, __ATOMIC_ACQUIRE))
		arch_cpu_relax();
	if (boot.error) {
		/* for the first CPU not to wait: maybe it was another one's check that failed */
		__atomic_add_fetch(&boot.checked, 1, __ATOMIC_ACQ_REL);
		return boot.error;
	}

	setup_percpu(cpu, h, p);
	x86_host_tables_load();
	err = x86_call_private(p, join, p->host_cr3, p->host_cr4);
	restore_linux_tables(&p->linux_state);
	return err;
}
