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

bool iommu_range(const struct cell *c, const struct jailhouse_memory *m, struct pt_range *out)
{
	if (!has_tables(c) || !needs_mapping(m))
		return false;
	*out = (struct pt_range){ m->virt_start, m->phys_start, m->size, PT_READ };
	if (m->flags & JAILHOUSE_MEM_WRITE)
		out->flags |= PT_WRITE;
	if (m->flags & JAILHOUSE_MEM_NO_HUGEPAGES)
		out->flags |= PT_NO_HUGE;
	return true;
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

void iommu_flush_root(struct system *s)
{
	ops_of(s)->flush(s->root);
}

void iommu_start(struct system *s)
{
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

/* The tables are filled by the core, with those of stage 2. */
int iommu_prepare(struct system *s, struct cell *c)
{
	const struct pt_format *format = ops_of(s)->format();
	int err = ops_of(s)->domain_prepare(c);

	c->has_domain = !err;
	return err || !format ? err : pt_init(&c->dma, format, &s->pool);
}

void iommu_abort(struct system *s, struct cell *c)
{
	if (c->has_domain)
		ops_of(s)->domain_abort(c);
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
	.cell_commit = iommu_cell_commit,
	.cell_release = iommu_cell_release,
	.shutdown = iommu_shutdown,
};
