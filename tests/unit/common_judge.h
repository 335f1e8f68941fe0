/* SPDX-License-Identifier: GPL-2.0 */
/*
 * common_judge - a second, slow and simple judge of configurations that were accepted. It shares no code with common/config but the
 * bounds-checked views, and compares bytes where the first one compares ranges.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_UNIT_COMMON_JUDGE_H
#define TESTS_UNIT_COMMON_JUDGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <common/config/config.h>

#define JUDGE(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: an accepted configuration breaks: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

static inline bool judge_in(__u64 addr, __u64 start, __u64 size)
{
	return addr >= start && addr - start < size;
}

/* Is any byte of both ranges common? Found by their borders. */
static inline bool judge_meet(__u64 a, __u64 a_size, __u64 b, __u64 b_size)
{
	return a_size && b_size && (judge_in(a, b, b_size) || judge_in(b, a, a_size));
}

static inline bool judge_is_comm(const struct jailhouse_memory *m)
{
	return m->flags & JAILHOUSE_MEM_COMM_REGION;
}

static inline bool judge_root_has(const struct cell_view *root, __u64 addr)
{
	__u32 n;

	for (n = 0; n < root->num_mem; n++)
		if (!judge_is_comm(&root->mem[n]) && judge_in(addr, root->mem[n].phys_start, root->mem[n].size))
			return true;
	return false;
}

/* What root has only changes at the borders of its regions: these are looked at, and the region's own ends. */
static inline void judge_root_has_all(const struct cell_view *root, __u64 start, __u64 size)
{
	__u32 n;

	JUDGE(judge_root_has(root, start) && judge_root_has(root, start + size - 1));
	for (n = 0; n < root->num_mem; n++) {
		__u64 first = root->mem[n].phys_start, behind = first + root->mem[n].size;

		if (judge_in(first, start, size))
			JUDGE(first == start || judge_root_has(root, first - 1));
		if (judge_in(behind, start, size))
			JUDGE(judge_root_has(root, behind));
	}
}

/* @hides: nothing can be mapped at that guest address either */
static inline void judge_forbidden(const struct jailhouse_memory *m, __u64 start, __u64 size, bool hides)
{
	if (!judge_is_comm(m))
		JUDGE(!judge_meet(m->phys_start, m->size, start, size));
	if (hides)
		JUDGE(!judge_meet(m->virt_start, m->size, start, size));
}

/* A region of a cell, or of root, on a machine */
static inline void judge_region(const struct jailhouse_memory *m, const struct system_view *sys, bool is_root)
{
	const struct jailhouse_system *s = sys->system;
	__u32 n;

	if (!m->size)
		return;
	JUDGE(m->virt_start + m->size > m->virt_start && m->virt_start + m->size <= 1ULL << 48);
	if (!judge_is_comm(m)) {
		JUDGE(m->phys_start + m->size > m->phys_start && m->phys_start + m->size <= 1ULL << 52);
		judge_root_has_all(&sys->root, m->phys_start, m->size);
	}
	judge_forbidden(m, s->hypervisor_memory.phys_start, s->hypervisor_memory.size, is_root);
	judge_forbidden(m, 0xfee00000, 0x100000, true);
	for (n = 0; n < sys->root.num_irqchips; n++)
		judge_forbidden(m, sys->root.irqchips[n].address, 0x1000, true);
	if (s->platform_info.pci_mmconfig_base)	/* 0: there is none */
		judge_forbidden(m, s->platform_info.pci_mmconfig_base,
				(s->platform_info.pci_mmconfig_end_bus + 1ULL) << 20, true);
	for (n = 0; n < JAILHOUSE_MAX_IOMMU_UNITS && s->platform_info.iommu_units[n].base; n++)
		judge_forbidden(m, s->platform_info.iommu_units[n].base, s->platform_info.iommu_units[n].size, false);
}

static inline void judge_regions_apart(const struct cell_view *c)
{
	__u32 n, m;

	for (n = 0; n < c->num_mem; n++)
		for (m = 0; m < n; m++) {
			const struct jailhouse_memory *a = &c->mem[n], *b = &c->mem[m];

			JUDGE(!judge_meet(a->virt_start, a->size, b->virt_start, b->size));
			if (judge_is_comm(a) || judge_is_comm(b) || a->flags & b->flags & JAILHOUSE_MEM_ROOTSHARED)
				continue;
			if ((a->flags | b->flags) & JAILHOUSE_MEM_WRITE)
				JUDGE(!judge_meet(a->phys_start, a->size, b->phys_start, b->size));
		}
}

static inline void judge_cpus(const struct cell_view *c, const struct cell_view *root)
{
	__u32 n, cpus = 0;

	for (n = 0; n < c->cpu_set_size * 8; n++)
		if (c->cpu_set[n / 8] >> n % 8 & 1) {
			JUDGE(n < CONFIG_MAX_CPUS && (c->is_root || n > 0));
			JUDGE(n / 8 < root->cpu_set_size && root->cpu_set[n / 8] >> n % 8 & 1);
			cpus++;
		}
	JUDGE(cpus > 0);
}

static inline __u32 judge_count_port(const struct cell_view *c, __u32 port)
{
	__u32 n, count = 0;

	for (n = 0; n < c->num_pio; n++)
		count += judge_in(port, c->pio[n].base, c->pio[n].length);
	return count;
}

static inline void judge_port(const struct cell_view *c, const struct cell_view *other, __u32 port, bool other_has_it_too)
{
	if (!judge_count_port(c, port))
		return;
	JUDGE(port < 0x10000 && (port < 0xcf8 || port > 0xcff));
	JUDGE(judge_count_port(c, port) == 1);
	JUDGE(judge_count_port(other, port) == other_has_it_too);
}

/* Where anything may change: the ends of all ranges and their neighbours */
static inline void judge_ports(const struct cell_view *c, const struct cell_view *other, bool other_has_them_too)
{
	const struct cell_view *views[] = { c, other };
	__u32 i, n, port;

	for (port = 0xcf7; port <= 0xd00; port++)
		judge_port(c, other, port, other_has_them_too);
	for (i = 0; i < 2; i++)
		for (n = 0; n < views[i]->num_pio; n++) {
			__u32 first = views[i]->pio[n].base, behind = first + views[i]->pio[n].length;

			judge_port(c, other, first - 1, other_has_them_too);
			judge_port(c, other, first, other_has_them_too);
			judge_port(c, other, behind - 1, other_has_them_too);
			judge_port(c, other, behind, other_has_them_too);
		}
}

static inline bool judge_pin(const struct cell_view *c, __u64 address, unsigned int pin)
{
	__u32 n;

	for (n = 0; n < c->num_irqchips; n++)
		if (c->irqchips[n].address == address && c->irqchips[n].pin_bitmap[pin / 32] >> pin % 32 & 1)
			return true;
	return false;
}

static inline void judge_pins(const struct cell_view *c, const struct cell_view *other, bool other_has_them_too)
{
	unsigned int pin;
	__u32 n;

	for (n = 0; n < c->num_irqchips; n++)
		for (pin = 0; pin < 128; pin++)
			if (judge_pin(c, c->irqchips[n].address, pin))
				JUDGE(judge_pin(other, c->irqchips[n].address, pin) == other_has_them_too);
}

static inline const struct jailhouse_pci_device *judge_find(const struct cell_view *c, __u16 domain, __u16 bdf)
{
	__u32 n;

	for (n = 0; n < c->num_pci_devices; n++)
		if (c->pci_devices[n].domain == domain && c->pci_devices[n].bdf == bdf)
			return &c->pci_devices[n];
	return NULL;
}

static inline void judge_device(const struct jailhouse_pci_device *d, const struct cell_view *c, const struct cell_view *root)
{
	__u32 n;

	JUDGE(judge_find(c, d->domain, d->bdf) == d);
	JUDGE(!d->num_caps || (__u32)d->caps_start + d->num_caps <= c->num_pci_caps);
	if (d->type == JAILHOUSE_PCI_TYPE_IVSHMEM) {
		JUDGE((__u64)d->shmem_regions_start + 2 + d->shmem_peers <= c->num_mem);
		return;
	}
	JUDGE(judge_find(root, d->domain, d->bdf));
	for (n = 0; d->num_msix_vectors && n < c->num_mem; n++)
		if (!judge_is_comm(&c->mem[n]))
			JUDGE(!judge_meet(d->msix_address, d->msix_region_size, c->mem[n].phys_start, c->mem[n].size));
}

/** @cell passed config_check_cell() and config_check_cell_in_system(), or it is @sys->root, which passed config_check_system(). */
static inline void judge_cell(const struct cell_view *cell, const struct system_view *sys)
{
	__u32 n;

	judge_cpus(cell, &sys->root);
	for (n = 0; n < cell->num_mem; n++)
		judge_region(&cell->mem[n], sys, cell->is_root);
	judge_regions_apart(cell);
	judge_ports(cell, &sys->root, true);
	judge_pins(cell, &sys->root, true);
	for (n = 0; n < cell->num_pci_devices; n++)
		judge_device(&cell->pci_devices[n], cell, &sys->root);
}

static inline bool judge_linked(const struct cell_view *a, __u32 n, const struct cell_view *b, __u32 m)
{
	__u32 i;

	for (i = 0; i < a->num_pci_devices; i++) {
		const struct jailhouse_pci_device *x = &a->pci_devices[i], *y = judge_find(b, x->domain, x->bdf);

		if (y && x->type == JAILHOUSE_PCI_TYPE_IVSHMEM && y->type == JAILHOUSE_PCI_TYPE_IVSHMEM &&
		    judge_in(n, x->shmem_regions_start, 2 + x->shmem_peers) && judge_in(m, y->shmem_regions_start, 2 + y->shmem_peers))
			return true;
	}
	return false;
}

/** Two cells that passed config_check_cell_pair() share nothing but what both declare as shared. */
static inline void judge_pair(const struct cell_view *a, const struct cell_view *b)
{
	__u32 n, m;

	for (n = 0; n < CONFIG_MAX_CPUS; n++)
		JUDGE(!(cell_view_has_cpu(a, n) && cell_view_has_cpu(b, n)));
	for (n = 0; n < a->num_mem; n++)
		for (m = 0; m < b->num_mem; m++) {
			const struct jailhouse_memory *x = &a->mem[n], *y = &b->mem[m];

			if (judge_is_comm(x) || judge_is_comm(y) || x->flags & y->flags & JAILHOUSE_MEM_ROOTSHARED)
				continue;
			JUDGE(!judge_meet(x->phys_start, x->size, y->phys_start, y->size) || judge_linked(a, n, b, m));
		}
	judge_ports(a, b, false);
	judge_pins(a, b, false);
	for (n = 0; n < a->num_pci_devices; n++)
		if (a->pci_devices[n].type != JAILHOUSE_PCI_TYPE_IVSHMEM)
			JUDGE(!judge_find(b, a->pci_devices[n].domain, a->pci_devices[n].bdf));
}

/** A refusal has an error, and a sentence that any buffer cuts, not spills. */
static inline void judge_refusal(int err, const struct jailhouse_refusal *r)
{
	char text[2048], piece[24];
	size_t length = refusal_format(text, sizeof(text), r), n;

	JUDGE(err < 0 && err == r->error);
	JUDGE(length > 20 && length < sizeof(text) && strlen(text) == length);
	for (n = 0; n < length; n++)
		JUDGE(text[n] >= 0x20 && text[n] < 0x7f);
	JUDGE(refusal_format(piece, sizeof(piece), r) == length);
	JUDGE(!strncmp(piece, text, sizeof(piece) - 1) && strlen(piece) == sizeof(piece) - 1);
}

#endif /* TESTS_UNIT_COMMON_JUDGE_H */
