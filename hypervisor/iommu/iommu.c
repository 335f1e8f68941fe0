// SPDX-License-Identifier: GPL-2.0
/*
 * iommu - a DMA domain for each cell, through the ops of whatever unit the machine has
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <hv/iommu.h>
#include <hv/subsys.h>
#include <hv/x86/vdev.h>

/* One per image for now; chosen at boot when there are several. */
static const struct iommu_ops *const ops = &iommu_none;

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
	return !ops->isolates && !cell_is_root(c) && device_count(c)
		       ? JAILHOUSE_STATUS_DMA_UNISOLATED
		       : 0;
}

static bool needs_mapping(const struct jailhouse_memory *m)
{
	return m->size && (m->flags & JAILHOUSE_MEM_DMA) && !(m->flags & JAILHOUSE_MEM_COMM_REGION);
}

static u32 dma_rights(const struct jailhouse_memory *m)
{
	return (m->flags & JAILHOUSE_MEM_READ ? PT_READ : 0) |
	       (m->flags & JAILHOUSE_MEM_WRITE ? PT_WRITE : 0);
}

static int prepare_maps(struct cell *c)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && i < c->view.num_mem; i++) {
		const struct jailhouse_memory *m = &c->view.mem[i];

		if (needs_mapping(m))
			err = ops->prepare_map(c, (iova_t){ m->virt_start }, m->size,
					       dma_rights(m));
	}
	return err;
}

static void commit_maps(struct cell *c)
{
	u32 i;

	for (i = 0; i < c->view.num_mem; i++) {
		const struct jailhouse_memory *m = &c->view.mem[i];

		if (needs_mapping(m))
			ops->commit_map(c, (iova_t){ m->virt_start }, hpa(m->phys_start), m->size,
					dma_rights(m));
	}
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

static int iommu_init(struct system *s)
{
	int err = ops->init(s);

	if (!err && ops->isolates)
		s->caps |= SYSTEM_CAP_IOMMU;
	return err;
}

static int iommu_cell_prepare(struct system *s, struct cell *c)
{
	int err = ops->domain_prepare(c);

	if (err)
		return err;
	err = prepare_maps(c);
	if (err)
		ops->domain_abort(c);
	return err;
}

static void iommu_cell_abort(struct system *s, struct cell *c)
{
	ops->domain_abort(c);
}

static void iommu_cell_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	commit_maps(c);
	for_each_device(c, ops->detach, s->root);
	for_each_device(c, ops->attach, c);
	ops->flush(c);
	ops->flush(s->root);
}

static void iommu_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	for_each_device(c, ops->detach, c);
	for_each_device(c, ops->attach, s->root);
	ops->flush(c);
	ops->flush(s->root);
}

static void iommu_shutdown(struct system *s)
{
	ops->shutdown(s);
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
