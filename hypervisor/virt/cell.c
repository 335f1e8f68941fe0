// SPDX-License-Identifier: GPL-2.0
/*
 * cell - what a CPU reads of a cell besides its stage 2: permission maps.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/cell.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <x86/hal.h>

void (*virt_fill_permissions)(struct cell *c);
void (*virt_fill_ports)(struct cell *c);

void arch_cell_update(struct cell *c)
{
	virt_fill_ports(c);
}

int arch_cell_prepare(struct system *s, struct cell *c)
{
	c->arch.msrpm = page_alloc(&s->pool, X86_MSRPM_PAGES);
	c->arch.iopm = page_alloc(&s->pool, X86_IOPM_PAGES);
	c->arch.stage2_top = page_alloc(&s->pool, 1);
	/* the APIC page: reads by hardware, writes are filtered */
	if (!c->arch.msrpm || !c->arch.iopm || !c->arch.stage2_top ||
	    pt_map(&c->stage2, XAPIC_BASE, XAPIC_BASE, PAGE_SIZE, PT_READ | PT_DEVICE)) {
		arch_cell_release(c);
		return -HV_ENOMEM;
	}
	virt_fill_permissions(c);
	return 0;
}

void arch_cell_release(struct cell *c)
{
	if (c->arch.msrpm)
		page_free(&c->sys->pool, c->arch.msrpm, X86_MSRPM_PAGES);
	if (c->arch.iopm)
		page_free(&c->sys->pool, c->arch.iopm, X86_IOPM_PAGES);
	if (c->arch.stage2_top)
		page_free(&c->sys->pool, c->arch.stage2_top, 1);
	c->arch = (struct arch_cell){ 0 };
}

u64 arch_stage2_own_pages(u64 *pa, u64 *size, u32 *flags)
{
	*flags = PT_READ;
	*size = PAGE_SIZE;
	return *pa = XAPIC_BASE;
}

static u64 hash_words(u64 hash, const void *page, u64 size)
{
	const u64 *word = page, *end = word + size / sizeof(*word);

	for (; word < end; word++)
		hash = (hash ^ *word) * 0x100000001b3UL;
	return hash;
}

static bool same_words(const void *one, const void *two, u64 size)
{
	const u64 *a = one, *b = two, *end = a + size / sizeof(*a);

	while (a < end && *a == *b)
		a++, b++;
	return a == end;
}

/* What the policies say now, in maps of a copy of the cell */
bool arch_cell_check(const struct cell *c, u64 *hash)
{
	static u8 msrs[X86_MSRPM_PAGES * PAGE_SIZE] __aligned(8), ports[X86_IOPM_PAGES * PAGE_SIZE] __aligned(8);
	static struct cell copy;

	copy = *c;
	copy.arch.msrpm = msrs;
	copy.arch.iopm = ports;
	virt_fill_permissions(&copy);
	*hash = hash_words(*hash, c->arch.msrpm, sizeof(msrs));
	*hash = hash_words(*hash, c->arch.iopm, sizeof(ports));
	return same_words(msrs, c->arch.msrpm, sizeof(msrs)) && same_words(ports, c->arch.iopm, sizeof(ports));
}

void arch_comm_fill(const struct cell *c, struct jailhouse_comm_region *comm)
{
	const struct jailhouse_system *config = c->sys->config;
	u32 cpus = 0;

	for (u32 cpu = 0; cpu < 256; cpu++)
		cpus += cell_owns_cpu(c, cpu);

	comm->pci_mmconfig_base = config->platform_info.pci_mmconfig_base;
	comm->pm_timer_address = config->platform_info.x86.pm_timer_address;
	comm->num_cpus = cpus;
	comm->tsc_khz = config->platform_info.x86.tsc_khz ? config->platform_info.x86.tsc_khz : hv_header.tsc_khz;
	comm->apic_khz = config->platform_info.x86.apic_khz ? config->platform_info.x86.apic_khz : hv_header.apic_khz;
}
