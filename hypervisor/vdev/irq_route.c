// SPDX-License-Identifier: GPL-2.0
/*
 * irq_route - decoding of interrupt messages and redirection entries (SDM vol. 3A, 11.11; 82093AA,
 * 3.2.4)
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "irq_route.h"

#define MSI_BASE		0xfee00000ULL
#define MSI_BASE_MASK		0xfffffffffff00000ULL
#define MSI_LOGICAL		(1u << 2)
#define MSI_DATA_VALID		0xc7ffu		/* vector, delivery mode, level, trigger */

#define ENTRY_LOGICAL		(1u << 11)
#define ENTRY_MASKED		(1u << 16)

#define MODE_FIXED		0
#define MODE_LOWEST		1
#define MODE_EXTINT		7
#define FIRST_VECTOR		0x10		/* lower ones are errors: APM vol. 2, 16.6.4 */

static struct pcpu *physical_target(const struct cell *c, u32 apic_id)
{
	struct pcpu *target = system_cpu_by_hw_id(c->sys, apic_id);

	return target && cell_owns_cpu(c, target->id) ? target : NULL;
}

/*
 * A CPU in x2APIC mode takes bit n for APIC id n (SDM vol. 3A, 11.12.10.2). Root's CPUs may be in
 * that mode, so where the numberings differ a cell needs both.
 */
static bool reaches_others(const struct cell *c, u32 bit)
{
	const struct pcpu *namesake = system_cpu_by_hw_id(c->sys, bit);

	return !cell_is_root(c) && namesake && !cell_owns_cpu(c, namesake->id);
}

/*
 * Flat model: bit n is CPU n (vlapic enforces it). Every bit must be the cell's, or a neighbour
 * would be interrupted.
 */
static struct pcpu *logical_target(const struct cell *c, u32 mask)
{
	struct pcpu *first = NULL;
	u32 cpu;

	for (cpu = 0; cpu < 8; cpu++) {
		if (!(mask >> cpu & 1))
			continue;
		if (!cell_owns_cpu(c, cpu) || reaches_others(c, cpu))
			return NULL;
		if (!first)
			first = system_cpu(c->sys, cpu);
	}
	return first;
}

/* There is no broadcast: physical 0xff would reach every CPU of the machine. */
static bool decode(const struct cell *c, struct irq_route *r, u32 mode, bool logical, u8 dest)
{
	r->vector = r->raw_data & 0xff;
	r->target = NULL;
	if (r->vector < FIRST_VECTOR || (mode != MODE_FIXED && mode != MODE_LOWEST))
		return false;
	r->target = logical ? logical_target(c, dest) : physical_target(c, dest);
	return r->target;
}

bool irq_route_decode_msi(const struct cell *c, struct irq_route *r)
{
	u32 address = (u32)r->raw_address;

	if ((r->raw_address & MSI_BASE_MASK) != MSI_BASE || (r->raw_data & ~(u64)MSI_DATA_VALID)) {
		r->target = NULL;
		return false;
	}
	return decode(c, r, r->raw_data >> 8 & 7, address & MSI_LOGICAL, address >> 12 & 0xff);
}

/* ExtINT: the legacy interrupt controller speaks to one of root's CPUs. */
bool irq_route_decode_pin(const struct cell *c, struct irq_route *r)
{
	u32 mode = r->raw_data >> 8 & 7;
	bool logical = r->raw_data & ENTRY_LOGICAL;
	u8 dest = r->raw_data >> 56;

	r->masked = r->raw_data & ENTRY_MASKED;
	if (mode == MODE_EXTINT && cell_is_root(c)) {
		r->target = logical ? logical_target(c, dest) : physical_target(c, dest);
		return r->target;
	}
	return decode(c, r, mode, logical, dest);
}
