// SPDX-License-Identifier: GPL-2.0
/*
 * host_tables - are the tables that this CPU walks at EL2 as arm-common/entry/percpu_tables.c made
 * them? What is common to all CPUs lies in the pool; what is private only its own CPU can read.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <hv/arm/lpae.h>

#define LINEAR_PARTS	(HV_MAX_SIZE >> 21)	/* entries of the table below HV_BASE: 2 MiB each */

static bool present(u64 pte)
{
	return lpae_present(pte, 0);
}

static u64 address_of(u64 pte)
{
	return lpae_pa(pte, 0);
}

static bool is_private_area(u64 pa)
{
	u64 offset = pa - hv_header.hv_phys;

	return offset >= hv_header.core_size &&
	       offset < hv_header.core_size + (u64)hv_header.max_cpus * PERCPU_SIZE;
}

/* A page of the image or of the pools, and not both writable and executable. */
static bool linear_is_right(u64 pte)
{
	u64 pa = address_of(pte);
	u32 flags = lpae_s1_flags(pte, 0);

	if (pa - hv_header.hv_phys >= hv_header.hv_size || is_private_area(pa) || flags & PT_DEVICE)
		return false;
	if (!(flags & PT_EXEC))
		return true;
	return !(flags & PT_WRITE) && pa - hv_header.hv_phys < (u64)(__text_end - __image_start);
}

static bool linear_part_is_right(u64 pde, u64 *address)
{
	const u64 *table = arch_phys_to_virt(address_of(pde));
	unsigned int n;

	if (!present(pde))
		return true;
	if (lpae_is_leaf(pde, 1) || is_private_area(address_of(pde)))
		return false;
	for (n = 0; n < 512; n++, *address += PAGE_SIZE)
		if (present(table[n]) && !linear_is_right(table[n]))
			return false;
	return true;
}

static bool window_is_closed(const struct percpu *p)
{
	unsigned int n;

	for (n = 0; n < 512; n++)
		if (present(p->window_l3[n]))
			return false;
	return true;
}

/* The linear map, what is this CPU's with the devices, and the page that is mapped at its physical address. */
static bool may_be_used(u64 address, u64 size)
{
	u64 mask = ~(size - 1);

	return (address >= (HV_BASE & mask) && address < HV_BASE + HV_MAX_SIZE) ||
	       (address >= (LOCAL_BASE & mask) && address < LAYOUT_END) || address == (hv_header.hv_phys & mask);
}

static bool own_table_is_right(const u64 *table, unsigned int level, u64 *address)
{
	u64 size = (u64)PAGE_SIZE << 9 * level;
	unsigned int n;

	*address = LOCAL_BASE & ~(512 * size - 1);
	for (n = 0; n < 512; n++, *address += size)
		if (present(table[n]) && !may_be_used(*address, size))
			return false;
	return true;
}

/* Nothing but the own area, without the guard page, at its place; the window; and the common part. */
static bool own_is_right(const struct percpu *p, u64 *address)
{
	u64 pages = sizeof(*p) / PAGE_SIZE, n, want;

	for (n = 0; n < ARM_OWN_LEVELS; n++)
		if (!own_table_is_right(p->own[n], ARM_OWN_LEVELS - n, address))
			return false;
	for (n = 0; n < 512; n++) {
		*address = LOCAL_BASE + n * PAGE_SIZE;
		want = n > 0 && n < pages ? p->self_pa + n * PAGE_SIZE : 0;
		if (present(p->local_l3[n]) ? address_of(p->local_l3[n]) != want : want)
			return false;
	}
	*address = WINDOW_BASE;
	return window_is_closed(p);
}

/* The lowest table of the linear map but one, which on ARMv7 has LOCAL_BASE too. */
static const u64 *linear_table(const struct percpu *p)
{
	if (arm_slot(HV_BASE, 2) == arm_slot(LOCAL_BASE, 2))
		return p->own[ARM_OWN_LEVELS - 1];
	return arch_phys_to_virt(address_of(p->own[ARM_OWN_LEVELS - 2][arm_slot(HV_BASE, 2)]));
}

bool arch_check_host_tables(u32 part, bool *more, u64 *address)
{
	*more = false;
	if (part == ARCH_OWN_TABLES)
		return own_is_right(this_cpu(), address);
	*more = part + 1 < LINEAR_PARTS;
	*address = HV_BASE + ((u64)part << 21);
	return linear_part_is_right(linear_table(this_cpu())[arm_slot(HV_BASE, 1) + part], address);
}
