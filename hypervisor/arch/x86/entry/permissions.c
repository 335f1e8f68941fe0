// SPDX-License-Identifier: GPL-2.0
/*
 * permissions - fills a cell's permission maps from the policies of vdev.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/x86/vdev.h>
#include <x86/entry.h>
#include <x86/hal.h>

static enum vmsr_role cell_role(const struct cell *c)
{
	return cell_is_root(c) ? VMSR_ROLE_ROOT : VMSR_ROLE_CELL;
}

/* Root's mode is the same on all its CPUs: Linux does not mix. */
static bool cell_in_x2apic(const struct cell *c)
{
	return cell_is_root(c) ? this_cpu()->linux_x2apic : x86_cells_x2apic;
}

void x86_fill_ports(struct cell *c)
{
	vpio_fill_bitmap(c, c->arch.iopm);
}

void x86_fill_permissions(struct cell *c)
{
	vmsr_fill_svm_bitmap(cell_role(c), cell_in_x2apic(c), c->arch.msrpm);
	if (virt->pack_msr_map)
		virt->pack_msr_map(c->arch.msrpm);
	x86_fill_ports(c);
}
