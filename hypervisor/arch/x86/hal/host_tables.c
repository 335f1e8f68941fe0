// SPDX-License-Identifier: GPL-2.0
/*
 * host_tables - are the tables that this CPU walks while the hypervisor runs as arch/x86/entry/address_space.c made them? What is common
 * to all CPUs lies in the pool; what is private can only be read by its own CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/x86/cpudefs.h>
#include <x86/hal.h>

#define PTE_P		(1UL << 0)
#define PTE_RW		(1UL << 1)
#define PTE_LARGE	(1UL << 7)
#define PTE_NX		(1UL << 63)
#define PTE_ADDRESS	0x000ffffffffff000UL
#define LARGE_SIZE	(1UL << 21)
#define LINEAR_PARTS	512	/* entries of the page directory below HV_BASE: 2 MiB each */

struct x86_console_area x86_console_area;

static bool is_private_area(u64 pa)
{
	u64 offset = pa - hv_header.hv_phys;

	return offset >= hv_header.core_size &&
	       offset < hv_header.core_size + (u64)hv_header.max_cpus * PERCPU_SIZE;
}

/* A page of the image or of the pools, and not both writable and executable. */
static bool linear_is_right(u64 pte)
{
	u64 pa = pte & PTE_ADDRESS;

	return pa - hv_header.hv_phys < hv_header.hv_size && !is_private_area(pa) &&
	       (!(pte & PTE_RW) || (pte & PTE_NX)) &&
	       ((pte & PTE_NX) || pa - hv_header.hv_phys < (u64)(__text_end - __image_start));
}

static bool device_is_right(u64 pte, u64 va, u64 size)
{
	const struct x86_console_area *area = &x86_console_area;
	u64 pa = pte & PTE_ADDRESS, offset = pa - area->pa;

	if (va == DEVICE_APIC)
		return pa == XAPIC_BASE && size == PAGE_SIZE && (pte & PTE_NX);
	return offset < area->size && size <= area->size - offset && va == DEVICE_CONSOLE(area->pa) + offset && (pte & PTE_NX);
}

/* All pages below one entry of a page directory; none is large but those of the console. */
static bool table_is_right(u64 pde, bool linear, u64 base, u64 *address)
{
	const u64 *table = arch_phys_to_virt(pde & PTE_ADDRESS);
	unsigned int n;

	*address = base;
	if (!(pde & PTE_P))
		return true;
	if (pde & PTE_LARGE)
		return !linear && device_is_right(pde, base, LARGE_SIZE);
	if (is_private_area(pde & PTE_ADDRESS))
		return false;
	for (n = 0; n < 512; n++, *address += PAGE_SIZE)
		if ((table[n] & PTE_P) && !(linear ? linear_is_right(table[n]) : device_is_right(table[n], *address, PAGE_SIZE)))
			return false;
	return true;
}

static unsigned int slot(u64 va, unsigned int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static bool common_is_right(u32 part, bool *more, u64 *address)
{
	const u64 *pdpt = this_cpu()->pdpt;
	bool linear = part < LINEAR_PARTS;
	u64 pdpte = pdpt[slot(linear ? HV_BASE : DEVICE_BASE, 2)];
	const u64 *pd = arch_phys_to_virt(pdpte & PTE_ADDRESS);
	unsigned int n;

	*more = linear;
	if (linear)
		return table_is_right(pd[part], true, HV_BASE + ((u64)part << 21), address);
	for (n = 0; n < 512; n++)
		if (!table_is_right(pd[n], false, DEVICE_BASE + n * LARGE_SIZE, address))
			return false;
	return true;
}

static bool window_is_closed(const struct percpu *p)
{
	unsigned int n;

	for (n = 0; n < 512; n++)
		if (p->window_pt[n] & PTE_P)
			return false;
	return true;
}

/* Nothing but the own area, without the guard page, at its place; the window; and the common part. */
static bool own_is_right(const struct percpu *p, u64 *address)
{
	u64 pages = sizeof(*p) / PAGE_SIZE, n, want;

	for (n = 0; n < 512; n++) {
		*address = LOCAL_BASE + n * PAGE_SIZE;
		want = n > 0 && n < pages ? p->self_pa + n * PAGE_SIZE : 0;
		if (p->local_pt[n] & PTE_P ? (p->local_pt[n] & PTE_ADDRESS) != want || !(p->local_pt[n] & PTE_NX) : want)
			return false;
		*address = HV_BASE + (n << 30);
		if (p->pdpt[n] & PTE_P && n != slot(HV_BASE, 2) && n != slot(LOCAL_BASE, 2) &&
		    n != slot(WINDOW_BASE, 2) && n != slot(DEVICE_BASE, 2))
			return false;
	}
	*address = WINDOW_BASE;
	return window_is_closed(p);
}

bool arch_check_host_tables(u32 part, bool *more, u64 *address)
{
	*more = false;
	return part == ARCH_OWN_TABLES ? own_is_right(this_cpu(), address) : common_is_right(part, more, address);
}
