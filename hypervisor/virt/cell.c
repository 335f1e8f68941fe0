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
