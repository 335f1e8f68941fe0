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

#define REFUSE_DEVICE(r, rule, cell, n, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_PCI_DEVICE, .index = (__u16)(n), .value = { __VA_ARGS__ })

/* --- capabilities (PCI Local Bus 3.0, 6.7; PCI Express Base, 7.9.3) --- */

static bool capability_in_space(const struct jailhouse_pci_capability *cap)
{
	if (cap->len == 0)
		return false;
	if (cap->id & JAILHOUSE_PCI_EXT_CAP)
		return range_contains(0x100, 0x1000 - 0x100, cap->start, cap->len);
	return range_contains(0x40, 0x100 - 0x40, cap->start, cap->len);
}

static int check_capabilities(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n;

	for (n = 0; n < cell->num_pci_caps; n++) {
		const struct jailhouse_pci_capability *cap = &cell->pci_caps[n];

		if (!capability_in_space(cap))
			return REFUSE(r, RULE_PCI_CAP_RANGE, cell, .object = JAILHOUSE_OBJ_PCI_CAP, .index = (__u16)n,
				      .value = { cap->id, cap->start, cap->len });
		if (cap->flags & ~JAILHOUSE_PCICAPS_WRITE)
			return REFUSE(r, RULE_PCI_CAP_FLAGS, cell, .object = JAILHOUSE_OBJ_PCI_CAP, .index = (__u16)n,
				      .value = { cap->id, (__u64)cap->flags & ~(__u64)JAILHOUSE_PCICAPS_WRITE });
	}
	return 0;
}

/* --- interrupts of physical devices --- */

static bool msi_vectors_valid(unsigned int n)
{
	return n <= MSI_MAX_VECTORS && (n & (n - 1)) == 0;
}

static int check_msix(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u64 needed = (__u64)d->num_msix_vectors * MSIX_ENTRY_SIZE;
	__u64 end;

	if (!pci_has_msix_table(d))
		return 0;
	if (d->num_msix_vectors > MSIX_MAX_VECTORS)
		return REFUSE_DEVICE(r, RULE_PCI_MSIX_VECTORS, cell, n, pci_address(d), d->num_msix_vectors, MSIX_MAX_VECTORS);
	if (d->msix_address == 0 || CONFIG_PAGE_OFFSET(d->msix_address) ||
	    !range_end(d->msix_address, d->msix_region_size, &end) || end > 1ULL << CONFIG_PHYS_BITS)
		return REFUSE_DEVICE(r, RULE_PCI_MSIX_ADDRESS, cell, n, pci_address(d), d->msix_address);
	if (d->msix_region_size < needed || CONFIG_PAGE_OFFSET(d->msix_region_size))
		return REFUSE_DEVICE(r, RULE_PCI_MSIX_REGION, cell, n, pci_address(d), d->msix_region_size, d->num_msix_vectors,
				     needed);
	return 0;
}

/* Who writes the table itself could send any interrupt: it must stay out of the memory that is mapped. */
static int check_msix_hidden(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u32 m;

	if (!pci_has_msix_table(d))
		return 0;
	for (m = 0; m < cell->num_mem; m++) {
		const struct jailhouse_memory *mem = &cell->mem[m];

		if (region_has_phys(mem) && range_overlap(mem->phys_start, mem->size, d->msix_address, d->msix_region_size))
			return REFUSE(r, RULE_MEMORY_MSIX, cell, .object = JAILHOUSE_OBJ_MEMORY, .index = (__u16)m,
				      .other_object = JAILHOUSE_OBJ_PCI_DEVICE, .other_index = (__u16)n,
				      .value = { d->msix_address, pci_address(d) });
	}
	return 0;
}

static int check_physical(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	int err;

	if (!msi_vectors_valid(d->num_msi_vectors))
		return REFUSE_DEVICE(r, RULE_PCI_MSI_VECTORS, cell, n, pci_address(d), d->num_msi_vectors);
	err = check_msix(cell, n, r);
	if (err)
		return err;
	return check_msix_hidden(cell, n, r);
}

/* --- ivshmem --- */

enum { SECTION_STATE, SECTION_RW, SECTION_OUTPUT };

#define REFUSE_SECTION(r, rule, cell, n, section, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_PCI_DEVICE, .index = (__u16)(n), .other_object = JAILHOUSE_OBJ_MEMORY, \
	       .other_index = (__u16)((cell)->pci_devices[n].shmem_regions_start + (section)), .value = { __VA_ARGS__ })

static const struct jailhouse_memory *section_region(const struct cell_view *cell, const struct jailhouse_pci_device *d,
						     unsigned int section)
{
	return &cell->mem[d->shmem_regions_start + section];
}

static int check_ivshmem_numbers(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u64 first = d->shmem_regions_start, count = 2ULL + d->shmem_peers;

	if (d->shmem_peers == 0 || d->shmem_peers > CONFIG_MAX_IVSHMEM_PEERS)
		return REFUSE_DEVICE(r, RULE_IVSHMEM_PEERS, cell, n, pci_address(d), d->shmem_peers);
	if (d->shmem_dev_id >= d->shmem_peers)
		return REFUSE_DEVICE(r, RULE_IVSHMEM_DEV_ID, cell, n, pci_address(d), d->shmem_dev_id, d->shmem_peers);
	if (d->num_msix_vectors > CONFIG_MAX_IVSHMEM_VECTORS)
		return REFUSE_DEVICE(r, RULE_IVSHMEM_VECTORS, cell, n, pci_address(d), d->num_msix_vectors,
				     CONFIG_MAX_IVSHMEM_VECTORS);
	if (first + count > cell->num_mem)
		return REFUSE_DEVICE(r, RULE_IVSHMEM_REGIONS, cell, n, pci_address(d), first, first + count - 1, cell->num_mem);
	return 0;
}

static int check_ivshmem_bars(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	unsigned int bar;

	/* BAR 0: registers, BAR 1: vector table; both 32 bits wide and at least a page */
	for (bar = 0; bar < (d->num_msix_vectors ? 2 : 1); bar++)
		if (d->bar_mask[bar] == 0 || CONFIG_PAGE_OFFSET(d->bar_mask[bar]))
			return REFUSE_DEVICE(r, RULE_IVSHMEM_BARS, cell, n, pci_address(d), bar, d->bar_mask[bar]);
	return 0;
}

static int check_ivshmem_state_table(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	const struct jailhouse_memory *m = section_region(cell, d, SECTION_STATE);

	if (region_is_comm(m) || m->size < 4u * d->shmem_peers || m->flags & JAILHOUSE_MEM_WRITE)
		return REFUSE_SECTION(r, RULE_IVSHMEM_STATE_TABLE, cell, n, SECTION_STATE, m->size, m->flags);
	return 0;
}

static int check_ivshmem_output(const struct cell_view *cell, __u32 n, unsigned int peer, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	const struct jailhouse_memory *first = section_region(cell, d, SECTION_OUTPUT);
	const struct jailhouse_memory *m = section_region(cell, d, SECTION_OUTPUT + peer);

	if (m->size != first->size)
		return REFUSE_SECTION(r, RULE_IVSHMEM_OUTPUT, cell, n, SECTION_OUTPUT + peer, peer, m->size, first->size);
	if (m->flags & JAILHOUSE_MEM_WRITE && peer != d->shmem_dev_id)
		return REFUSE_SECTION(r, RULE_IVSHMEM_OUTPUT_WRITABLE, cell, n, SECTION_OUTPUT + peer, peer, d->shmem_dev_id);
	return 0;
}

/* The guest learns one base address and the sizes: in its address space the sections follow each other. */
static int check_ivshmem_layout(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u64 expected = section_region(cell, d, SECTION_STATE)->virt_start;
	unsigned int section;

	for (section = 0; section < SECTION_OUTPUT + (unsigned int)d->shmem_peers; section++) {
		const struct jailhouse_memory *m = section_region(cell, d, section);

		if (m->size == 0)
			continue;
		if (region_is_comm(m) || JAILHOUSE_MEMORY_IS_SUBPAGE(m))
			return REFUSE_SECTION(r, RULE_IVSHMEM_ALIGNMENT, cell, n, section);
		if (m->virt_start != expected)
			return REFUSE_SECTION(r, RULE_IVSHMEM_LAYOUT, cell, n, section, m->virt_start, expected);
		expected += m->size;
	}
	return 0;
}

static int check_ivshmem(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	unsigned int peer;
	int err = check_ivshmem_numbers(cell, n, r);

	if (!err)
		err = check_ivshmem_bars(cell, n, r);
	if (!err)
		err = check_ivshmem_state_table(cell, n, r);
	for (peer = 0; !err && peer < cell->pci_devices[n].shmem_peers; peer++)
		err = check_ivshmem_output(cell, n, peer, r);
	if (!err)
		err = check_ivshmem_layout(cell, n, r);
	return err;
}

/* --- devices --- */

static int check_device(const struct cell_view *cell, __u32 n, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *d = &cell->pci_devices[n];
	__u32 caps_end = (__u32)d->caps_start + d->num_caps;

	if (d->type < JAILHOUSE_PCI_TYPE_DEVICE || d->type > JAILHOUSE_PCI_TYPE_IVSHMEM)
		return REFUSE_DEVICE(r, RULE_PCI_TYPE, cell, n, pci_address(d), d->type);
	if (d->domain != 0)
		return REFUSE_DEVICE(r, RULE_PCI_DOMAIN, cell, n, pci_address(d), d->domain);
	if (d->num_caps && caps_end > cell->num_pci_caps)
		return REFUSE_DEVICE(r, RULE_PCI_CAPS_RANGE, cell, n, pci_address(d), d->caps_start, caps_end - 1,
				     cell->num_pci_caps);
	return pci_is_ivshmem(d) ? check_ivshmem(cell, n, r) : check_physical(cell, n, r);
}

static int check_device_pair(const struct cell_view *cell, __u32 n, __u32 o, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *a = &cell->pci_devices[n], *b = &cell->pci_devices[o];

	if (pci_same_function(a, b))
		return REFUSE(r, RULE_PCI_TWICE, cell, .object = JAILHOUSE_OBJ_PCI_DEVICE, .index = (__u16)n,
			      .other_object = JAILHOUSE_OBJ_PCI_DEVICE, .other_index = (__u16)o,
			      .value = { pci_address(a) });
	if (pci_has_msix_table(a) && pci_has_msix_table(b) &&
	    range_overlap(a->msix_address, a->msix_region_size, b->msix_address, b->msix_region_size))
		return REFUSE(r, RULE_PCI_MSIX_TWICE, cell, .object = JAILHOUSE_OBJ_PCI_DEVICE, .index = (__u16)n,
			      .other_object = JAILHOUSE_OBJ_PCI_DEVICE, .other_index = (__u16)o,
			      .value = { range_first_common(a->msix_address, b->msix_address) });
	return 0;
}

int config_check_pci(const struct cell_view *cell, struct jailhouse_refusal *r)
{
	__u32 n, o;
	int err = check_capabilities(cell, r);

	for (n = 0; !err && n < cell->num_pci_devices; n++) {
		err = check_device(cell, n, r);
		for (o = 0; !err && o < n; o++)
			err = check_device_pair(cell, n, o, r);
	}
	return err;
}

/* --- links between cells: ivshmem devices with the same address --- */

#define REFUSE_LINK(r, rule, cell, n, other_view, m, ...) \
	REFUSE(r, rule, cell, .object = JAILHOUSE_OBJ_PCI_DEVICE, .index = (__u16)(n), .other = (other_view), \
	       .other_object = JAILHOUSE_OBJ_PCI_DEVICE, .other_index = (__u16)(m), .value = { __VA_ARGS__ })

static int check_link_sections(const struct cell_view *cell, __u32 n, const struct cell_view *other, __u32 m,
			       struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *a = &cell->pci_devices[n], *b = &other->pci_devices[m];
	unsigned int section;

	for (section = 0; section < SECTION_OUTPUT + (unsigned int)a->shmem_peers; section++) {
		const struct jailhouse_memory *x = section_region(cell, a, section);
		const struct jailhouse_memory *y = section_region(other, b, section);

		if (x->size != y->size || (x->size && x->phys_start != y->phys_start))
			return REFUSE_LINK(r, RULE_IVSHMEM_LINK_REGION, cell, n, other, m, section, x->phys_start,
					   y->phys_start);
	}
	return 0;
}

static int check_link(const struct cell_view *cell, __u32 n, const struct cell_view *other, __u32 m, struct jailhouse_refusal *r)
{
	const struct jailhouse_pci_device *a = &cell->pci_devices[n], *b = &other->pci_devices[m];

	if (!pci_is_ivshmem(b))
		return REFUSE_LINK(r, RULE_IVSHMEM_LINK_TYPE, cell, n, other, m, pci_address(a));
	if (a->shmem_peers != b->shmem_peers)
		return REFUSE_LINK(r, RULE_IVSHMEM_LINK_PEERS, cell, n, other, m, pci_address(a), a->shmem_peers,
				   b->shmem_peers);
	if (a->shmem_dev_id == b->shmem_dev_id)
		return REFUSE_LINK(r, RULE_IVSHMEM_LINK_DEV_ID, cell, n, other, m, pci_address(a), a->shmem_dev_id);
	return check_link_sections(cell, n, other, m, r);
}

int config_check_links(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r)
{
	__u32 n, m;
	int err;

	for (n = 0; n < cell->num_pci_devices; n++) {
		if (!pci_is_ivshmem(&cell->pci_devices[n]))
			continue;
		for (m = 0; m < other->num_pci_devices; m++) {
			if (!pci_same_function(&cell->pci_devices[n], &other->pci_devices[m]))
				continue;
			err = check_link(cell, n, other, m, r);
			if (err)
				return err;
		}
	}
	return 0;
}
