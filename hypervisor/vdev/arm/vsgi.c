// SPDX-License-Identifier: GPL-2.0
/*
 * vsgi - interrupts between the CPUs of a cell. They are noted in the target's mailbox, which is
 * told by a kick: a guest has all sixteen, and reaches nobody outside of its cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/arm/vgic.h>
#include <hv/cell_ops.h>

/* IHI 0069, 12.2.19: ICC_SGI1R_EL1 */
#define SGI1R_LIST(v)		((v) & 0xffff)
#define SGI1R_AFFINITY(v)	(((v) >> 8 & 0xff00) | ((v) >> 16 & 0xff0000) | ((v) >> 16 & 0xff00000000))
#define SGI1R_INTID(v)		((v) >> 24 & 0xf)
#define SGI1R_RANGE(v)		((v) >> 44 & 0xf)
#define SGI1R_ALL_BUT_SELF	(1ULL << 40)
/* IHI 0048, 4.3.15: GICD_SGIR */
#define SGIR_INTID(v)		((v) & 0xf)
#define SGIR_TARGETS(v)		((v) >> 16 & 0xff)
#define SGIR_FILTER(v)		((v) >> 24 & 3)
enum { FILTER_LIST, FILTER_OTHERS, FILTER_SELF };

static void send(struct vcpu *v, struct pcpu *target, u32 sgi, u32 source)
{
	if (target == v->pcpu) {
		vgic_deliver(v, sgi, source);
		return;
	}
	/* release: pairs with vgic_take_mailbox() */
	__atomic_fetch_or(&target->arch.sgi.from[source], 1U << sgi, __ATOMIC_RELEASE);
	arch_cpu_kick(target);
}

static void send_to_others(struct vcpu *v, u32 sgi, u32 source)
{
	struct cell *c = v->pcpu->cell;
	u32 cpu;

	cell_for_each_cpu(cpu, c)
		if (cpu != v->pcpu->id)
			send(v, &c->sys->pcpus[cpu], sgi, source);
}

/* A bit for which there is no CPU, or one of another cell, is ignored, as by hardware. */
static void send_to_list(struct vcpu *v, u64 base, u32 list, u32 sgi)
{
	struct pcpu *target;

	for (; list; list &= list - 1) {
		target = system_cpu_by_hw_id(v->pcpu->cell->sys, base + __builtin_ctz(list));
		if (target && target->cell == v->pcpu->cell)
			send(v, target, sgi, 0);
	}
}

void vsgi_write_v3(struct vcpu *v, u64 value)
{
	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_VSGI);
	if (value & SGI1R_ALL_BUT_SELF)
		send_to_others(v, SGI1R_INTID(value), 0);
	else
		send_to_list(v, SGI1R_AFFINITY(value) + SGI1R_RANGE(value) * 16, SGI1R_LIST(value), SGI1R_INTID(value));
}

/* --- GICv2: CPUs are named by the bit of their interface ---------------------------------- */

static u32 own_interface(const struct vcpu *v)
{
	return v->pcpu->arch.gic_targets ? (u32)__builtin_ctz(v->pcpu->arch.gic_targets) : 0;
}

static void send_to_targets(struct vcpu *v, u8 targets, u32 sgi, u32 source)
{
	struct cell *c = v->pcpu->cell;
	u32 cpu;

	/* oneself without a search */
	if (targets & v->pcpu->arch.gic_targets)
		send(v, v->pcpu, sgi, source);
	targets &= ~v->pcpu->arch.gic_targets;
	for (cpu = cell_next_cpu(c, 0); targets && cpu < HV_CPU_END; cpu = cell_next_cpu(c, cpu + 1))
		if (c->sys->pcpus[cpu].arch.gic_targets & targets)
			send(v, &c->sys->pcpus[cpu], sgi, source);
}

void vsgi_write_v2(struct vcpu *v, u32 value)
{
	u32 filter = SGIR_FILTER(value), sgi = SGIR_INTID(value), source = own_interface(v);

	vcpu_count(v, JAILHOUSE_CPU_STAT_VMEXITS_VSGI);
	if (filter == FILTER_SELF)
		send(v, v->pcpu, sgi, source);
	else if (filter == FILTER_OTHERS)
		send_to_others(v, sgi, source);
	else if (filter == FILTER_LIST)
		send_to_targets(v, SGIR_TARGETS(value), sgi, source);
}
