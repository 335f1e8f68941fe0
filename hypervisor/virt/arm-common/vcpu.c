// SPDX-License-Identifier: GPL-2.0
/*
 * vcpu - life of a virtual CPU on its own CPU: park, reset, change of owner, start by a sibling.
 *
 * A parked CPU stays at EL2 and waits there (entry/exit.c): it needs no address space.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <common/lib/bitmap.h>
#include <hv/cell.h>

void (*arm_vcpu_quiesce)(struct vcpu *v, enum arm_quiesce why);

void arch_vcpu_park(struct vcpu *v)
{
}

static void clear_general(struct vcpu *v)
{
	for (unsigned int n = 0; n < ARM_GENERAL_REGS; n++)
		vcpu_percpu(v)->regs.x[n] = 0;
}

static void start_at(struct vcpu *v, u64 entry, u64 context, enum arm_quiesce why)
{
	arm_scrub_registers();
	arm_vcpu_quiesce(v, why);
	clear_general(v);
	vcpu_percpu(v)->regs.x[0] = context;
	arm_set_entry(v, entry);
	arm_load_cell(v);
	__atomic_store_n(&v->pcpu->arch.psci.state, PSCI_ON, __ATOMIC_RELEASE);
}

void arch_vcpu_reset(struct vcpu *v, u64 entry)
{
	struct cell *c = v->pcpu->cell;

	/* the first CPU of a cell starts, which switches the others on */
	if (bitmap_next((const __u64 *)c->cpu_set, 256, 0) != v->pcpu->id) {
		arm_vcpu_quiesce(v, QUIESCE_RESET);
		v->pcpu->parked = true;
		return;
	}
	if (arm_flush_slice(c)) {
		v->pcpu->parked = true;
		__atomic_fetch_or(&v->pcpu->ctrl.requests, CPU_REQ_RESET, __ATOMIC_RELAXED);
		return;
	}
	dcache_flush(c->comm, PAGE_SIZE);
	__atomic_store_n(&c->arch.ended, false, __ATOMIC_RELAXED);
	start_at(v, entry, 0, QUIESCE_RESET);
}

void arch_vcpu_switch_cell(struct vcpu *v)
{
	vcpu_forget_stage2(v);
	arm_scrub_registers();
	arm_vcpu_quiesce(v, QUIESCE_RESET);
	clear_general(v);
	arm_load_cell(v);
}

void arch_vcpu_flush_stage2(struct vcpu *v)
{
	vcpu_forget_stage2(v);
	arm_stage2_root(v->pcpu->cell);
	arm_flush_tlb();
	arm_vcpu_quiesce(v, QUIESCE_FOREIGN);
}

void arch_vcpu_event(struct vcpu *v, u32 requests, u8 sipi_vector)
{
	const struct psci_cpu *psci = &v->pcpu->arch.psci;

	if (!(requests & CPU_REQ_ARCH_START) || __atomic_load_n(&psci->state, __ATOMIC_ACQUIRE) != PSCI_ON_PENDING ||
	    __atomic_load_n(&v->pcpu->cell->arch.ended, __ATOMIC_RELAXED))
		return;
	v->pcpu->parked = false;
	start_at(v, psci->entry, psci->context, QUIESCE_SWITCHED_ON);
}
