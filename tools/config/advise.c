// SPDX-License-Identifier: GPL-2.0
/*
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/lib/range.h>

#include "advise.h"

static struct side side(const struct source *s, enum jailhouse_object object, unsigned int index)
{
	return (struct side){ s, object, index };
}

/* --- a console that its cell cannot reach --- */

static bool has_port(const struct draft *d, __u64 port)
{
	const struct jailhouse_pio *pio = d->array[DRAFT_PIO].data;
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_PIO].count; n++)
		if (range_contains(pio[n].base, pio[n].length, port, 1))
			return true;
	return false;
}

/* The program uses the address as the cell sees it. */
static bool has_address(const struct draft *d, __u64 address)
{
	const struct jailhouse_memory *m = d->array[DRAFT_MEMORY].data;
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++)
		if (range_contains(m[n].virt_start, m[n].size, address, 1))
			return true;
	return false;
}

static void advise_console(struct verdict *v, const struct source *cell)
{
	const struct jailhouse_console *console = &cell->draft.system.root_cell.console;
	bool is_mmio = console->flags & JAILHOUSE_CON_ACCESS_MMIO;

	if (!console->type || (is_mmio ? has_address(&cell->draft, console->address) : has_port(&cell->draft, console->address)))
		return;
	find_other(v, false, "CONSOLE_UNREACHABLE", side(cell, JAILHOUSE_OBJ_CONSOLE, 0),
		   "The console's %s 0x%llx is not the cell's: its program would be stopped when it prints. Add it to %s, or leave the console out.",
		   is_mmio ? "address" : "port", console->address, is_mmio ? "memory" : "ports");
}

/* --- devices that reach all memory --- */

static void advise_dma(struct verdict *v, const struct source *cell, const struct source *system)
{
	const struct jailhouse_pci_device *dev = cell->draft.array[DRAFT_PCI].data;
	unsigned int n;

	if (system->draft.system.platform_info.iommu_units[0].base)
		return;
	for (n = 0; n < cell->draft.array[DRAFT_PCI].count; n++)
		if (dev[n].type == JAILHOUSE_PCI_TYPE_DEVICE)
			find_other(v, false, "DMA_UNISOLATED", side(cell, JAILHOUSE_OBJ_PCI_DEVICE, n),
				   "The system has no IOMMU, so the cell can reach all memory by this device's DMA. List iommus in the system if the "
				   "machine has one, or trust the cell like Linux.");
}

/* --- memory that nobody says is RAM --- */

#define RAM_ONLY (JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE)
#define NOT_RAM (JAILHOUSE_MEM_IO | JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_ROOTSHARED)

static bool root_says_ram(const struct draft *root, const struct jailhouse_memory *m)
{
	const struct jailhouse_memory *r = root->array[DRAFT_MEMORY].data;
	unsigned int n;

	for (n = 0; n < root->array[DRAFT_MEMORY].count; n++)
		if (range_overlap(r[n].phys_start, r[n].size, m->phys_start, m->size) && r[n].flags & (RAM_ONLY | JAILHOUSE_MEM_IO))
			return true;
	return false;
}

static void advise_clearing(struct verdict *v, const struct source *cell, const struct source *system)
{
	const struct jailhouse_memory *m = cell->draft.array[DRAFT_MEMORY].data;
	unsigned int n;

	for (n = 0; n < cell->draft.array[DRAFT_MEMORY].count; n++)
		if (m[n].size && m[n].flags & JAILHOUSE_MEM_WRITE && !(m[n].flags & (RAM_ONLY | NOT_RAM)) && !JAILHOUSE_MEMORY_IS_SUBPAGE(&m[n]) &&
		    !root_says_ram(&system->draft, &m[n]))
			find_other(v, false, "NOT_CLEARED", side(cell, JAILHOUSE_OBJ_MEMORY, n),
				   "Neither the cell nor the root cell says whether this is RAM, so it is not cleared when its owner changes. "
				   "Give it role ram in the system, or io if it is a device's.");
}

/* --- BARs of devices that stay elsewhere --- */

static bool cell_reaches(const struct draft *d, __u64 start)
{
	const struct jailhouse_memory *m = d->array[DRAFT_MEMORY].data;
	unsigned int n;

	for (n = 0; n < d->array[DRAFT_MEMORY].count; n++)
		if (!(m[n].flags & JAILHOUSE_MEM_COMM_REGION) && range_contains(m[n].phys_start, m[n].size, start, 1))
			return true;
	return false;
}

/* A device whose MSI-X table lies among registers that the cell does not have cannot be driven. */
static void advise_registers(struct verdict *v, const struct source *cell)
{
	const struct jailhouse_pci_device *dev = cell->draft.array[DRAFT_PCI].data;
	const struct draft *d = &cell->draft;
	unsigned int n, m, has_mmio = 0;

	for (m = 0; m < d->array[DRAFT_MEMORY].count; m++)
		has_mmio += !!(((struct jailhouse_memory *)draft_at(d, DRAFT_MEMORY, m))->flags & JAILHOUSE_MEM_IO);
	for (n = 0; n < d->array[DRAFT_PCI].count; n++)
		if (dev[n].type == JAILHOUSE_PCI_TYPE_DEVICE && dev[n].bar_mask[0] && !has_mmio && !d->array[DRAFT_PIO].count &&
		    !cell_reaches(d, dev[n].msix_address))
			find_other(v, false, "DEVICE_WITHOUT_REGISTERS", side(cell, JAILHOUSE_OBJ_PCI_DEVICE, n),
				   "The cell has this device, but neither memory with io nor ports: it cannot reach its BARs. Add them to memory or ports.");
}

void advise(struct verdict *v, const struct files *files)
{
	unsigned int n;

	for (n = 0; n < files->count; n++) {
		advise_console(v, &files->cells[n]);
		advise_dma(v, &files->cells[n], &files->system);
		advise_clearing(v, &files->cells[n], &files->system);
		advise_registers(v, &files->cells[n]);
	}
}
