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

#define MODE(data)		((data) >> 8 & 7)
#define MODE_FIXED		0
#define MODE_LOWEST		1
#define MODE_EXTINT		7
#define VECTOR(data)		((data) & 0xff)
#define FIRST_VECTOR		0x10		/* lower ones are errors: APM vol. 2, 16.6.4 */

static bool owns_apic(const struct cell *c, u32 apic_id)
{
	const struct pcpu *target = system_cpu_by_hw_id(c->sys, apic_id);

	return target && cell_owns_cpu(c, target->id);
}

/*
 * Flat model: bit n is CPU n (vlapic enforces it). Every bit must be the cell's, or a neighbour
 * would be interrupted. But a CPU in x2APIC mode takes bit n for APIC id n (SDM vol. 3A,
 * 11.12.10.2). Root's CPUs may be in that mode, so where the numberings differ a cell needs both.
 */
static bool owns_bit(const struct cell *c, u32 bit)
{
	return cell_owns_cpu(c, bit) && (cell_is_root(c) || owns_apic(c, bit) ||
					 !system_cpu_by_hw_id(c->sys, bit));
}

/* There is no broadcast: physical 0xff would reach every CPU of the machine. */
static bool owns_destination(const struct cell *c, bool logical, u8 dest)
{
	u32 bit;

	if (!logical)
		return owns_apic(c, dest);
	for (bit = 0; bit < 8; bit++)
		if ((dest >> bit & 1) && !owns_bit(c, bit))
			return false;
	return dest;
}

static bool is_ordinary(u32 data)
{
	return VECTOR(data) >= FIRST_VECTOR && (MODE(data) == MODE_FIXED || MODE(data) == MODE_LOWEST);
}

bool irq_message_is_permitted(const struct cell *c, u64 address, u32 data)
{
	return (address & MSI_BASE_MASK) == MSI_BASE && !(data & ~MSI_DATA_VALID) &&
	       is_ordinary(data) && owns_destination(c, address & MSI_LOGICAL, address >> 12);
}

/* ExtINT: the legacy interrupt controller speaks to one of root's CPUs. */
bool irq_entry_is_permitted(const struct cell *c, u64 entry)
{
	return (is_ordinary(entry) || (MODE(entry) == MODE_EXTINT && cell_is_root(c))) &&
	       owns_destination(c, entry & ENTRY_LOGICAL, entry >> 56);
}
