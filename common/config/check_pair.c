// SPDX-License-Identifier: GPL-2.0
/*
 * Rules between two cells that are to exist at the same time.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

static int check_identity(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	if (config_names_equal(cell, other))
		return REFUSE(r, RULE_NAME_IN_USE, cell, .object = JAILHOUSE_OBJ_HEADER, .other = other);
	/* 0: the driver has not chosen the new cell's id so far */
	if (cell->desc->id != 0 && cell->desc->id == other->desc->id)
		return REFUSE(r, RULE_ID_IN_USE, cell, .object = JAILHOUSE_OBJ_HEADER, .other = other,
			      .value = { cell->desc->id });
	return 0;
}

static int check_cpus(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	__u32 cpu;

	for (cpu = 0; cpu < cell->cpu_set_size * 8; cpu++)
		if (cell_view_has_cpu(cell, cpu) && cell_view_has_cpu(other, cpu))
			return REFUSE(r, RULE_CPU_IN_USE, cell, .object = JAILHOUSE_OBJ_CPU, .index = (__u16)cpu, .other = other,
				      .value = { cpu });
	return 0;
}

/* Are the regions the same section of ivshmem devices with the same address? */
static bool in_one_link(const struct cell_view *cell, __u32 region, const struct cell_view *other, __u32 other_region)
{
	__u32 n, m;

	for (n = 0; n < cell->num_pci_devices; n++) {
		const struct jailhouse_pci_device *a = &cell->pci_devices[n];

		if (!config_region_in_link(a, region))
			continue;
		for (m = 0; m < other->num_pci_devices; m++) {
			const struct jailhouse_pci_device *b = &other->pci_devices[m];

			if (pci_same_function(a, b) && config_region_in_link(b, other_region) &&
			    region - a->shmem_regions_start == other_region - b->shmem_regions_start)
				return true;
		}
	}
	return false;
}

static bool may_share(const struct cell_view *cell, __u32 n, const struct cell_view *other, __u32 m)
{
	return (cell->mem[n].flags & other->mem[m].flags & JAILHOUSE_MEM_ROOTSHARED) || in_one_link(cell, n, other, m);
}

static int check_region(const struct cell_view *cell, __u32 n, const struct cell_view *other, struct jailhouse_refusal *r)
{
	const struct jailhouse_memory *a = &cell->mem[n], *b;
	__u32 m;

	for (m = 0; m < other->num_mem; m++) {
		b = &other->mem[m];
		if (!region_has_phys(b) || !range_overlap(a->phys_start, a->size, b->phys_start, b->size))
			continue;
		if (!may_share(cell, n, other, m))
			return REFUSE(r, RULE_MEMORY_IN_USE, cell, .object = JAILHOUSE_OBJ_MEMORY, .index = (__u16)n,
				      .other_object = JAILHOUSE_OBJ_MEMORY, .other_index = (__u16)m, .other = other,
				      .value = { range_first_common(a->phys_start, b->phys_start) });
	}
	return 0;
}

/* Whole pages are compared by their bytes too: only windows that are emulated access by access can share a page. */
static int check_memory(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	__u32 n;
	int err;

	for (n = 0; n < cell->num_mem; n++) {
		if (!region_has_phys(&cell->mem[n]))
			continue;
		err = check_region(cell, n, other, r);
		if (err)
			return err;
	}
	return 0;
}

static int check_pins(const struct cell_view *cell, __u32 n, const struct cell_view *other, __u32 m, struct jailhouse_refusal *r)
{
	const struct jailhouse_irqchip *chip = &cell->irqchips[n];
	unsigned int pin;

	if (chip->address != other->irqchips[m].address)
		return 0;
	for (pin = chip->pin_base; pin < chip->pin_base + IRQCHIP_BITS; pin++)
		if (irqchip_has_irq(chip, pin) && irqchip_has_irq(&other->irqchips[m], pin))
			return REFUSE(r, RULE_IRQCHIP_PIN_IN_USE, cell, .object = JAILHOUSE_OBJ_IRQCHIP, .index = (__u16)n,
				      .other_object = JAILHOUSE_OBJ_IRQCHIP, .other_index = (__u16)m, .other = other,
				      .value = { pin });
	return 0;
}

static int check_irqchips(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	__u32 n, m;
	int err;

	for (n = 0; n < cell->num_irqchips; n++)
		for (m = 0; m < other->num_irqchips; m++) {
			err = check_pins(cell, n, other, m, r);
			if (err)
				return err;
		}
	return 0;
}

static int check_pio(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	__u32 n, m;

	for (n = 0; n < cell->num_pio; n++)
		for (m = 0; m < other->num_pio; m++) {
			const struct jailhouse_pio *a = &cell->pio[n], *b = &other->pio[m];

			if (range_overlap(a->base, a->length, b->base, b->length))
				return REFUSE(r, RULE_PIO_IN_USE, cell, .object = JAILHOUSE_OBJ_PIO, .index = (__u16)n,
					      .other_object = JAILHOUSE_OBJ_PIO, .other_index = (__u16)m, .other = other,
					      .value = { range_first_common(a->base, b->base) });
		}
	return 0;
}

/* An ivshmem device shares its address with its peers; a physical one with nobody. */
static int check_pci(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	__u32 n, m;

	for (n = 0; n < cell->num_pci_devices; n++)
		for (m = 0; m < other->num_pci_devices; m++) {
			const struct jailhouse_pci_device *a = &cell->pci_devices[n], *b = &other->pci_devices[m];

			if (pci_same_function(a, b) && !pci_is_ivshmem(a))
				return REFUSE(r, RULE_PCI_IN_USE, cell, .object = JAILHOUSE_OBJ_PCI_DEVICE, .index = (__u16)n,
					      .other_object = JAILHOUSE_OBJ_PCI_DEVICE, .other_index = (__u16)m, .other = other,
					      .value = { pci_address(a) });
		}
	return config_check_links(cell, other, r);
}

int config_check_cell_pair(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	int err = check_identity(cell, other, r);

	if (!err)
		err = check_cpus(cell, other, r);
	if (!err)
		err = check_memory(cell, other, r);
	if (!err)
		err = check_irqchips(cell, other, r);
	if (!err)
		err = check_pio(cell, other, r);
	if (!err)
		err = check_pci(cell, other, r);
	return err;
}
