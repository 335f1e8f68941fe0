// SPDX-License-Identifier: GPL-2.0
/*
 * setup - enabling: all CPUs come in, the first one builds the system, and either all become
 * root-cell CPUs or all return the same error.
 *
 *	arrive → (first: pools, tables) → own tables, checks → barrier → (first: system_init) →
 *	verdict → enable | return
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <common/config/config.h>
#include <common/lib/string.h>
#include <hv/arm/vgic.h>
#include <hv/arm/vpsci.h>
#include <hv/cell_ops.h>
#include <hv/cpu_ctrl.h>
#include <hv/log.h>

#define ENTRY_TIMEOUT_US	2000000
#define PUBLISHED_PAGES		(JAILHOUSE_STATUS_MAX_CELLS + 2)

struct system hv_system;

/* Constant after the first CPU came in */
static const struct arm_composition *composition;

/* Barriers of the entry; each written once by the CPU named, read by all with acquire. */
static struct {
	u32 first_taken;
	u32 memory_ready;	/* by the first CPU: pools and common tables exist, or error is set */
	u32 checked;		/* counts CPUs whose checks are done */
	u32 verdict;		/* by the first CPU: error is final */
	int error;
} boot;

static void boot_fail(int err)
{
	int none = 0;

	__atomic_compare_exchange_n(&boot.error, &none, err, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
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

/* EL2 is still as it was found but for its tables and vectors. */
static void __noreturn return_to_linux(struct percpu *p, int err)
{
	p->regs.x[0] = (unsigned long)(long)err;
	write_sysreg(p->linux_el2.vbar, vbar_el2);
	isb();
	arm_leave_el2(&p->regs, arm_idmap(arm_idmap_leave), p->linux_el2.sctlr);
}

/* --- first CPU, on the tables of the entry ------------------------------------------------- */

static int refuse_memory(struct system *s, u64 needed)
{
	struct jailhouse_refusal r;

	refusal_init(&r, RULE_HV_MEMORY_FULL);
	r.value[0] = hv_header.hv_size;
	r.value[1] = needed;
	return refuse(s, &r);
}

static int setup_memory(struct system *s)
{
	const u64 pools = (PUBLISHED_PAGES + 64) * PAGE_SIZE;
	u64 config_offset = hv_header.core_size + (u64)hv_header.max_cpus * PERCPU_SIZE;
	u8 *base = __image_start;
	u64 have, size, pool_offset, pages;

	if (config_offset + sizeof(struct jailhouse_system) > hv_header.hv_size)
		return refuse_memory(s, config_offset + sizeof(struct jailhouse_system) + pools);
	have = hv_header.hv_size - config_offset;
	size = config_system_size(base + config_offset, have);
	pool_offset = PAGE_ALIGN(config_offset + size);
	if (size > CONFIG_MAX_SYSTEM_SIZE || size > have || pool_offset + pools > hv_header.hv_size)
		return refuse_memory(s, pool_offset + pools);

	s->config = (void *)(base + config_offset);
	s->config_size = size;
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

static void choose_gic(const struct system *s)
{
	gic = arm_gic_of_version(s->config->platform_info.arm.gic_version);
	vgic_maintenance_irq = s->config->platform_info.arm.maintenance_irq & 31;
	arm_vcpu_quiesce = vgic_quiesce;
}

static int setup_first(struct system *s)
{
	u32 refusals;
	int err;

	s->hv_phys = hpa(hv_header.hv_phys);
	s->hv_size = hv_header.hv_size;
	composition->compose(s);

	refusals = s->status->refusal_seq;
	err = setup_memory(s);
	if (!err)
		err = setup_cpus(s);
	if (!err)
		err = arm_paging_init(s);
	if (!err)
		choose_gic(s);
	return mgmt_explain(s, refusals, err);
}

/* --- every CPU ----------------------------------------------------------------------------- */

static void setup_percpu(u32 cpu, struct percpu *p)
{
	p->self_pa = arch_virt_to_phys(p);
	p->vcpu.pcpu = &hv_system.pcpus[cpu];
	p->vcpu.pcpu->hw_id = arm_cpu_affinity();
	arm_note_cpu();
	arm_percpu_paging_init(p);
}

static void verdict_timeout(void)
{
	struct jailhouse_refusal r;

	boot_fail(refusal_init(&r, RULE_ENTRY_TIMEOUT));
	r.value[0] = __atomic_load_n(&boot.checked, __ATOMIC_ACQUIRE);
	r.value[1] = hv_header.online_cpus;
	refuse(&hv_system, &r);
}

static bool is_first(const struct percpu *p)
{
	return p->vcpu.pcpu->id + 1 == boot.first_taken;
}

static void decide(void)
{
	int err;

	if (gic->version == 3) {
		arm_count_redistributors();
		config_redistributor_size = arm_gicr_stride;
	}

	if (!wait_for(&boot.checked, hv_header.online_cpus) && !boot.error)
		verdict_timeout();
	arm_stage2_init();	/* all CPUs have been noted */
	err = boot.error ? 0 : system_init(&hv_system);
	if (err)
		boot_fail(err);
	__atomic_store_n(&boot.verdict, 1, __ATOMIC_RELEASE);
}

static void __noreturn enable(struct percpu *p)
{
	struct vcpu *v = &p->vcpu;
	u64 own = 1U << GIC_KICK_SGI | 1U << vgic_maintenance_irq;

	vpsci_set_state(v->pcpu, PSCI_ON);
	arm_enable_traps(v);
	gic->cpu_enable(v, p->linux_gic);
	gic->write_irq(v, GICD_ISENABLER, 0, own);
	if (v->arch.vgic.waiting)
		vgic_refill(v);
	p->regs.x[0] = 0;
	/* a CPU that was faster may have posted something already */
	if (cpu_ctrl_process(v) == CPU_LEAVE)
		arm_leave(v);
	arm_enter_guest(&p->regs);
}

/* On the CPU's own tables. */
static void __noreturn join(struct percpu *p)
{
	write_sysreg((unsigned long)arm_vectors, vbar_el2);
	isb();
	if (is_first(p))
		composition->console_mapped();
	if (!gic->find(&p->vcpu)) {
		log_printf("CPU %u: the interrupt controller that the configuration names has no interface for it\n",
			   p->vcpu.pcpu->id);
		boot_fail(-HV_ENODEV);
	}
	p->vcpu.pcpu->online = true;
	__atomic_add_fetch(&boot.checked, 1, __ATOMIC_ACQ_REL);

	if (is_first(p))
		decide();
	/* bounded: the first CPU waits for at most its own limit */
	while (!__atomic_load_n(&boot.verdict, __ATOMIC_ACQUIRE))
		arch_cpu_relax();
	if (boot.error)
		return_to_linux(p, boot.error);
	enable(p);
}

void __noreturn arm_boot_cpu(u32 cpu, struct percpu *p, unsigned long linux_sctlr, const struct arm_composition *main)
{
	u32 nobody = 0;
	int err;

	arm_save_linux_el2(&p->linux_el2);
	p->linux_el2.sctlr = linux_sctlr;
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
		return_to_linux(p, boot.error);
	}

	setup_percpu(cpu, p);
	arm_run_private(p->ttbr, SCTLR_EL2_ON | SCTLR_EL2_WXN, arm_idmap(arm_idmap_switch), join);
}
