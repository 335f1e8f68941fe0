// SPDX-License-Identifier: GPL-2.0
/*
 * vcpu - life of a virtual CPU on its own CPU, for every backend: park, reset, change of owner, INIT and SIPI.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/cell.h>
#include <hv/x86/virt.h>
#include <x86/hal.h>

void arch_vcpu_park(struct vcpu *v)
{
	v->arch.wait_for_sipi = false;
	virt->park(v);
}

void arch_vcpu_reset(struct vcpu *v, u64 entry)
{
	struct percpu *p = vcpu_percpu(v);

	v->arch.wait_for_sipi = false;
	x86_scrub_registers(p);
	x86_apic_quiesce(p);
	vlapic_reset(&p->vlapic);
	/* cpu_reset_address in real mode: 16-bit offset, the rest in the hidden base */
	virt->reset(v, (entry >> 4) & 0xf000, entry & ~0xffffUL, entry & 0xffff);
}

/* What is remembered on behalf of the owner. */
static void forget_stage2(struct percpu *p)
{
	vcpu_forget_stage2(&p->vcpu);
	p->fetch.valid = false;
}

static void forget_owner(struct percpu *p)
{
	forget_stage2(p);
	for (unsigned int i = 0; i < X86_CPUID_ANSWERS; i++)
		p->cpuid[i].known = false;
}

void arch_vcpu_switch_cell(struct vcpu *v)
{
	struct percpu *p = vcpu_percpu(v);

	forget_owner(p);
	x86_scrub_registers(p);
	x86_apic_quiesce(p);
	x86_apic_choose_mode(p);
	vlapic_reset(&p->vlapic);
	virt->reset(v, 0, 0, 0);
}

void arch_vcpu_flush_stage2(struct vcpu *v)
{
	forget_stage2(vcpu_percpu(v));
	virt->flush_stage2(v);
}

void arch_vcpu_event(struct vcpu *v, u32 requests, u8 sipi_vector)
{
	if (requests & CPU_REQ_ARCH_INIT) {
		arch_vcpu_park(v);
		v->arch.wait_for_sipi = true;
		v->pcpu->parked = true;
	}
	if (requests & CPU_REQ_ARCH_START && v->arch.wait_for_sipi) {
		arch_vcpu_reset(v, 0);
		virt->reset(v, (u16)sipi_vector << 8, (u64)sipi_vector << PAGE_SHIFT, 0);
		v->pcpu->parked = false;
	}
}
