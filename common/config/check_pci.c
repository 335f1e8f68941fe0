// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of PCI devices, their capabilities, and ivshmem links.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <common/config/internal.h>

#define MSIX_ENTRY_SIZE		16
#define MSIX_MAX_VECTORS	2048
#define MSI_MAX_VECTORS		32

/* --- capabilities (PCI Local Bus 3.0, 6.7; PCI Express Base, 7.9.3) --- */

static bool capability_in_space(const struct jailhouse_pci_capability *cap)
{
	bool extended = cap->id & JAILHOUSE_PCI_EXT_CAP;

	return cap->len != 0 && range_contains(extended ? 0x100 : 0x40, extended ? 0xf00 : 0xc0, cap->start, cap->len);
}

static int check_capabilities(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n;

	for (n = 0; n < cell->num_pci_caps; n++) {
		const struct jailhouse_pci_capability *cap = &cell->pci_caps[n];

		if (!capability_in_space(cap))
			return REFUSE(r, RULE_PCI_CAP_RANGE, AT(cell, PCI_CAP, n), cap->id, cap->start, cap->len);
		if (cap->flags & ~JAILHOUSE_PCICAPS_WRITE)
			return REFUSE(r, RULE_PCI_CAP_FLAGS, AT(cell, PCI_CAP, n), cap->id,
				      cap->flags & ~JAILHOUSE_PCICAPS_WRITE);
	}
	return 0;
}

/* --- interrupts of physical devices --- */

static int check_physical(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u64 needed = (__u64)d->num_msix_vectors * MSIX_ENTRY_SIZE, address = pci_address(d);
	struct item device = AT(cell, PCI_DEVICE, n);
	struct claim memory;

	if (d->num_msi_vectors > MSI_MAX_VECTORS || d->num_msi_vectors & (d->num_msi_vectors - 1))
		return REFUSE(r, RULE_PCI_MSI_VECTORS, device, address, d->num_msi_vectors);
	if (!pci_has_msix_table(d))
		return 0;
	if (d->num_msix_vectors > MSIX_MAX_VECTORS)
		return REFUSE(r, RULE_PCI_MSIX_VECTORS, device, address, d->num_msix_vectors, MSIX_MAX_VECTORS);
	if (d->msix_address == 0 || CONFIG_WITHIN_PAGE(d->msix_address) ||
	    !range_fits(d->msix_address, d->msix_region_size, config_phys_bits))
		return REFUSE(r, RULE_PCI_MSIX_ADDRESS, device, address, d->msix_address);
	if (d->msix_region_size < needed || CONFIG_WITHIN_PAGE(d->msix_region_size))
		return REFUSE(r, RULE_PCI_MSIX_REGION, device, address, d->msix_region_size, d->num_msix_vectors, needed);
	/* Who writes the table itself could send any interrupt: it must stay out of the memory that is mapped. */
	if (config_find_claim(cell, CLAIM_PHYS, d->msix_address, d->msix_region_size, &memory))
		return REFUSE_WITH(r, RULE_MEMORY_MSIX, memory.by, device, d->msix_address, address);
	return 0;
}

/* --- ivshmem --- */

enum { SECTION_STATE, SECTION_RW, SECTION_OUTPUT };

#define REFUSE_SECTION(r, rule, cell, n, section, ...) \
	REFUSE_WITH(r, rule, AT(cell, PCI_DEVICE, n), \
		    AT(cell, MEMORY, (cell)->pci_devices[n].shmem_regions_start + (section)), __VA_ARGS__)

static const struct jailhouse_memory *section_region(const struct cell_view *cell, const struct jailhouse_pci_device *d,
						     unsigned int section)
{
	return &cell->mem[d->shmem_regions_start + section];
}

static int check_ivshmem_numbers(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u64 first = d->shmem_regions_start, end = first + 2 + d->shmem_peers, address = pci_address(d);
	struct item device = AT(cell, PCI_DEVICE, n);
	unsigned int bar;

	if (d->shmem_peers == 0 || d->shmem_peers > CONFIG_MAX_IVSHMEM_PEERS)
		return REFUSE(r, RULE_IVSHMEM_PEERS, device, address, d->shmem_peers);
	if (d->shmem_dev_id >= d->shmem_peers)
		return REFUSE(r, RULE_IVSHMEM_DEV_ID, device, address, d->shmem_dev_id, d->shmem_peers);
	if (d->num_msix_vectors > CONFIG_MAX_IVSHMEM_VECTORS)
		return REFUSE(r, RULE_IVSHMEM_VECTORS, device, address, d->num_msix_vectors, CONFIG_MAX_IVSHMEM_VECTORS);
	if (end > cell->num_mem)
		return REFUSE(r, RULE_IVSHMEM_REGIONS, device, address, first, end - 1, cell->num_mem);
	/* BAR 0: registers, BAR 1: vector table; both 32 bits wide and at least a page */
	for (bar = 0; bar < (d->num_msix_vectors ? 2 : 1); bar++)
		if (d->bar_mask[bar] == 0 || CONFIG_WITHIN_PAGE(d->bar_mask[bar]))
			return REFUSE(r, RULE_IVSHMEM_BARS, device, address, bar, d->bar_mask[bar]);
	return 0;
}

/* What a section is allowed to be, wherever it is */
static int check_section(const struct cell_view *cell, __u32 n, unsigned int section, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	const struct jailhouse_memory *m = section_region(cell, d, section), *first = section_region(cell, d, SECTION_OUTPUT);
	unsigned int peer = section - SECTION_OUTPUT;
	bool writable = m->flags & JAILHOUSE_MEM_WRITE;

	if (section == SECTION_STATE && (region_is_comm(m) || m->size < 4u * d->shmem_peers || writable))
		return REFUSE_SECTION(r, RULE_IVSHMEM_STATE_TABLE, cell, n, section, m->size, m->flags);
	if (section >= SECTION_OUTPUT && m->size != first->size)
		return REFUSE_SECTION(r, RULE_IVSHMEM_OUTPUT, cell, n, section, peer, m->size, first->size);
	if (section >= SECTION_OUTPUT && writable && peer != d->shmem_dev_id)
		return REFUSE_SECTION(r, RULE_IVSHMEM_OUTPUT_WRITABLE, cell, n, section, peer, d->shmem_dev_id);
	if (m->size != 0 && (region_is_comm(m) || JAILHOUSE_MEMORY_IS_SUBPAGE(m)))
		return REFUSE_SECTION(r, RULE_IVSHMEM_ALIGNMENT, cell, n, section);
	return 0;
}

/* The guest learns one base address and the sizes: in its address space the sections follow each other. */
static int check_ivshmem(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	int err = check_ivshmem_numbers(cell, n, r);
	const struct jailhouse_memory *m;
	unsigned int section;
	__u64 end = 0;

	for (section = 0; !err && section < SECTION_OUTPUT + (unsigned int)d->shmem_peers; section++) {
		err = check_section(cell, n, section, r);
		m = section_region(cell, d, section);
		if (!err && m->size && section != SECTION_STATE && m->virt_start != end)
			err = REFUSE_SECTION(r, RULE_IVSHMEM_LAYOUT, cell, n, section, m->virt_start, end);
		if (m->size)
			end = m->virt_start + m->size;
	}
	return err;
}

/* --- devices --- */

static int check_device(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u32 caps_end = (__u32)d->caps_start + d->num_caps;
	struct item device = AT(cell, PCI_DEVICE, n);

	if (d->type < JAILHOUSE_PCI_TYPE_DEVICE || d->type > JAILHOUSE_PCI_TYPE_IVSHMEM)
		return REFUSE(r, RULE_PCI_TYPE, device, pci_address(d), d->type);
	if (d->domain != 0)
		return REFUSE(r, RULE_PCI_DOMAIN, device, pci_address(d), d->domain);
	if (d->num_caps && caps_end > cell->num_pci_caps)
		return REFUSE(r, RULE_PCI_CAPS_RANGE, device, pci_address(d), d->caps_start, caps_end - 1, cell->num_pci_caps);
	return pci_is_ivshmem(d) ? check_ivshmem(cell, n, r) : check_physical(cell, n, r);
}

int config_check_pci(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	int err = check_capabilities(cell, r);
	__u32 n;

	for (n = 0; !err && n < cell->num_pci_devices; n++)
		err = check_device(cell, n, r);
	return err;
}

/* --- links between cells: ivshmem devices with the same address --- */

static int check_link_sections(const struct item *device, const struct item *peer, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *a = &device->cell->pci_devices[device->index];
	const struct jailhouse_pci_device *b = &peer->cell->pci_devices[peer->index];
	unsigned int section;

	for (section = 0; section < SECTION_OUTPUT + (unsigned int)a->shmem_peers; section++) {
		const struct jailhouse_memory *x = section_region(device->cell, a, section);
		const struct jailhouse_memory *y = section_region(peer->cell, b, section);

		if (x->size != y->size || (x->size && x->phys_start != y->phys_start))
			return REFUSE_WITH(r, RULE_IVSHMEM_LINK_REGION, *device, *peer, section, x->phys_start, y->phys_start);
	}
	return 0;
}

static int check_link(const struct item *device, const struct item *peer, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *a = &device->cell->pci_devices[device->index];
	const struct jailhouse_pci_device *b = &peer->cell->pci_devices[peer->index];

	if (!pci_is_ivshmem(b))
		return REFUSE_WITH(r, RULE_IVSHMEM_LINK_TYPE, *device, *peer, pci_address(a));
	if (a->shmem_peers != b->shmem_peers)
		return REFUSE_WITH(r, RULE_IVSHMEM_LINK_PEERS, *device, *peer, pci_address(a), a->shmem_peers, b->shmem_peers);
	if (a->shmem_dev_id == b->shmem_dev_id)
		return REFUSE_WITH(r, RULE_IVSHMEM_LINK_DEV_ID, *device, *peer, pci_address(a), a->shmem_dev_id);
	return check_link_sections(device, peer, r);
}

int config_check_links(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	struct claim device, peer;
	int err = 0;
	__u32 n;

	for (n = 0; !err && config_claim(cell, CLAIM_PCI, n, &device); n++)
		if (pci_is_ivshmem(&cell->pci_devices[n]) && config_find_claim(other, CLAIM_PCI, device.start, 1, &peer))
			err = check_link(&device.by, &peer.by, r);
	return err;
}
