// SPDX-License-Identifier: GPL-2.0
/*
 * iommu - a DMA domain for each cell, through the ops of whatever unit the machine has
 *
 * A device changes its owner in this order: detached, the old domain flushed, attached to the new
 * one. Memory leaves root's domain, and that is flushed, before a device of the new owner is
 * attached; a cell's devices are gone before its memory goes back.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/iommu.h>
#include <hv/subsys.h>
#include <hv/x86/vdev.h>

/* A system that was not told of any unit, or not asked to look yet, has none. */
static const struct iommu_ops *ops_of(const struct system *s)
{
	return s->iommu ? s->iommu : &iommu_none;
}

static bool has_tables(const struct cell *c)
{
	return c->dma.root;
}

static bool is_physical(const struct jailhouse_pci_device *d)
{
	return d->type != JAILHOUSE_PCI_TYPE_IVSHMEM;
}

static u32 device_count(const struct cell *c)
{
	u32 i, count = 0;

	for (i = 0; i < c->view.num_pci_devices; i++)
		count += is_physical(&c->view.pci_devices[i]);
	return count;
}

/* Root is in the same position, but nobody else relies on its devices: only cells are marked. */
u32 iommu_cell_flags(const struct cell *c)
{
	return !ops_of(c->sys)->isolates && !cell_is_root(c) && device_count(c)
		       ? JAILHOUSE_STATUS_DMA_UNISOLATED
		       : 0;
}

/* --- domains ------------------------------------------------------------------------------ */

static bool needs_mapping(const struct jailhouse_memory *m)
{
	return m->size && m->flags & JAILHOUSE_MEM_DMA && m->flags & JAILHOUSE_MEM_READ &&
	       !(m->flags & JAILHOUSE_MEM_COMM_REGION) && !JAILHOUSE_MEMORY_IS_SUBPAGE(m);
}

static u32 dma_rights(const struct jailhouse_memory *m)
{
	return PT_READ | (m->flags & JAILHOUSE_MEM_WRITE ? PT_WRITE : 0) |
	       (m->flags & JAILHOUSE_MEM_NO_HUGEPAGES ? PT_NO_HUGE : 0);
}

/* No device uses the tables so far: whatever fails is undone by destroying them. */
static int map_all(struct cell *c)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && i < c->view.num_mem; i++) {
		const struct jailhouse_memory *m = &c->view.mem[i];

		if (needs_mapping(m))
			err = pt_map(&c->dma, m->virt_start, m->phys_start, m->size,
				     dma_rights(m));
	}
	return err;
}

static int make_tables(struct system *s, struct cell *c)
{
	const struct pt_format *format = ops_of(s)->format();
	int err;

	if (!format)
		return 0;
	err = pt_init(&c->dma, format, &s->pool);
	if (err)
		return err;
	err = map_all(c);
	if (err)
		pt_destroy(&c->dma);
	return err;
}

static void for_each_device(struct cell *c, void (*f)(struct cell *owner, u32 device),
			    struct cell *owner)
{
	u32 i;

	for (i = 0; i < c->view.num_pci_devices; i++) {
		const struct jailhouse_pci_device *d = &c->view.pci_devices[i];

		if (is_physical(d))
			f(owner, (u32)d->domain << 16 | d->bdf);
	}
}

static void move_devices(const struct iommu_ops *ops, struct cell *c, struct cell *from,
			 struct cell *to)
{
	for_each_device(c, ops->detach, from);
	ops->flush(from);
	for_each_device(c, ops->attach, to);
	ops->flush(to);
}

/* --- root's domain ------------------------------------------------------------------------ */

int iommu_prepare_take(struct system *s, iova_t va, u64 size)
{
	return has_tables(s->root) ? pt_prepare_unmap(&s->root->dma, va.v, size) : 0;
}

void iommu_commit_take(struct system *s, iova_t va, u64 size)
{
	if (has_tables(s->root))
		pt_commit_unmap(&s->root->dma, va.v, size);
}

static u32 returned_rights(u32 flags)
{
	return flags & (PT_READ | PT_WRITE | PT_NO_HUGE);
}

int iommu_prepare_return(struct system *s, iova_t va, hpa_t pa, u64 size, u32 flags)
{
	if (!has_tables(s->root))
		return 0;
	return pt_prepare_map(&s->root->dma, va.v, pa.v, size, returned_rights(flags));
}

void iommu_commit_return(struct system *s, iova_t va, hpa_t pa, u64 size, u32 flags)
{
	if (has_tables(s->root))
		pt_commit_map(&s->root->dma, va.v, pa.v, size, returned_rights(flags));
}

void iommu_cancel(struct system *s, iova_t va, u64 size)
{
	if (has_tables(s->root))
		pt_cancel(&s->root->dma, va.v, size);
}

void iommu_flush_root(struct system *s)
{
	ops_of(s)->flush(s->root);
}

int iommu_reserve(struct system *s, u32 tables)
{
	return has_tables(s->root) ? pt_reserve(&s->root->dma, tables) : 0;
}

void iommu_unreserve(struct system *s, u32 tables)
{
	if (has_tables(s->root))
		pt_unreserve(&s->root->dma, tables);
}

void iommu_start(struct system *s)
{
	if (has_tables(s->root))
		pt_keep_tables(&s->root->dma);
	for_each_device(s->root, ops_of(s)->attach, s->root);
	ops_of(s)->flush(s->root);
	ops_of(s)->start(s);
}

/* --- subsystem ---------------------------------------------------------------------------- */

/* The first unit that is there; a machine without any has none. */
static int iommu_init(struct system *s)
{
	const struct iommu_ops *const *candidate = s->iommus;
	int err = -HV_ENODEV;

	for (; candidate && *candidate && err == -HV_ENODEV; candidate++) {
		err = (*candidate)->init(s);
		if (!err)
			s->iommu = *candidate;
	}
	if (!err && s->iommu->isolates)
		s->caps |= SYSTEM_CAP_IOMMU;
	return err == -HV_ENODEV ? 0 : err;
}

static int iommu_cell_prepare(struct system *s, struct cell *c)
{
	int err = ops_of(s)->domain_prepare(c);

	if (err)
		return err;
	err = make_tables(s, c);
	if (err)
		ops_of(s)->domain_abort(c);
	return err;
}

static void iommu_cell_abort(struct system *s, struct cell *c)
{
	ops_of(s)->domain_abort(c);
	if (has_tables(c))
		pt_destroy(&c->dma);
}

static void iommu_cell_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	move_devices(ops_of(s), c, s->root, c);
}

static void iommu_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	move_devices(ops_of(s), c, c, s->root);
}

/*
 * A crash of Linux leaves cells behind whose devices go on: untranslated, they would write at their
 * cells' addresses into the memory that the crash is to be read from.
 */
static void iommu_shutdown(struct system *s)
{
	if (s->cell_count <= 1)
		ops_of(s)->shutdown(s);
}

const struct subsys_ops subsys_iommu = {
	.name = "iommu",
	.init = iommu_init,
	.cell_prepare = iommu_cell_prepare,
	.cell_abort = iommu_cell_abort,
	.cell_commit = iommu_cell_commit,
	.cell_release = iommu_cell_release,
	.shutdown = iommu_shutdown,
};
