// SPDX-License-Identifier: GPL-2.0
/*
 * Rules between two cells that are to exist at the same time.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

/* Are the regions the same section of ivshmem devices with the same address? */
static bool in_one_link(const struct item *a, const struct item *b)
{
	const struct jailhouse_pci_device *d = a->cell->pci_devices, *end = d + a->cell->num_pci_devices;
	struct claim peer;

	for (; d < end; d++)
		if (config_region_in_link(d, a->index) && config_find_claim(b->cell, CLAIM_PCI, pci_address(d), 1, &peer)) {
			const struct jailhouse_pci_device *p = &b->cell->pci_devices[peer.by.index];

			if (config_region_in_link(p, b->index) &&
			    a->index - d->shmem_regions_start == b->index - p->shmem_regions_start)
				return true;
		}
	return false;
}

/* Whole pages are compared by their bytes too: only windows that are emulated access by access can share a page. */
static bool regions_clash(const struct claim *a, const struct claim *b, __u64 *first)
{
	__u64 both = a->by.cell->mem[a->by.index].flags & b->by.cell->mem[b->by.index].flags;

	return !(both & JAILHOUSE_MEM_ROOTSHARED) && !in_one_link(&a->by, &b->by);
}

static bool pins_clash(const struct claim *a, const struct claim *b, __u64 *first)
{
	const struct jailhouse_irqchip *chip = &a->by.cell->irqchips[a->by.index];
	unsigned int pin;

	for (pin = chip->pin_base; pin < chip->pin_base + IRQCHIP_BITS; pin++)
		if (irqchip_has_irq(chip, pin) && irqchip_has_irq(&b->by.cell->irqchips[b->by.index], pin)) {
			*first = pin;
			return true;
		}
	return false;
}

/* An ivshmem device shares its address with its peers; a physical one with nobody. */
static bool devices_clash(const struct claim *a, const struct claim *b, __u64 *first)
{
	return !pci_is_ivshmem(&a->by.cell->pci_devices[a->by.index]);
}

int config_check_identity(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	if (config_names_equal(cell, other))
		return REFUSE_WITH(r, RULE_NAME_IN_USE, AT(cell, HEADER, 0), AT(other, NONE, 0));
	/* 0: the driver has not chosen the new cell's id so far */
	if (cell->desc->id != 0 && cell->desc->id == other->desc->id)
		return REFUSE_WITH(r, RULE_ID_IN_USE, AT(cell, HEADER, 0), AT(other, NONE, 0), cell->desc->id);
	return 0;
}

int config_check_cpus(const struct cell_view *cell, const struct cell_view *other, bool both, enum jailhouse_rule rule,
		      struct jailhouse_refusal *r)
{
	__u32 cpu;

	for (cpu = 0; cpu < cell->cpu_set_size * 8; cpu++)
		if (cell_view_has_cpu(cell, cpu) && cell_view_has_cpu(other, cpu) == both)
			return REFUSE_WITH(r, rule, AT(cell, CPU, cpu), AT(other, NONE, 0), cpu);
	return 0;
}

int config_check_cell_pair(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	static const struct overlap_rule rules[] = {
		{ CLAIM_PHYS, RULE_MEMORY_IN_USE, regions_clash },
		{ CLAIM_IRQCHIP, RULE_IRQCHIP_PIN_IN_USE, pins_clash },
		{ CLAIM_PORT, RULE_PIO_IN_USE, NULL },
		{ CLAIM_PCI, RULE_PCI_IN_USE, devices_clash },
	};

	return config_check_identity(cell, other, r) ?:
		config_check_cpus(cell, other, true, RULE_CPU_IN_USE, r) ?:
		config_check_overlaps(cell, other, rules, sizeof(rules) / sizeof(rules[0]), r) ?:
		config_check_links(cell, other, r);
}
