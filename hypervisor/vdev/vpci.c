// SPDX-License-Identifier: GPL-2.0
/*
 * vpci - each cell's PCI configuration space: its own devices, moderated; all ones elsewhere
 *
 * Root's list holds all devices of the system configuration; those of other cells are marked as not
 * owned while they are away. A device that changes its owner, or whose cell starts anew, is reset:
 * no interrupts, no bus mastering, no decoding. Its BARs in hardware never change.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/config/rules.h>
#include <hv/log.h>
#include <hv/subsys.h>
#include "vpci.h"

#define PCI_CONFIG_SIZE		0x1000
#define BUS_SHIFT		20	/* MMCONFIG: 1 MiB a bus */

/* --- accesses --------------------------------------------------------------------------------- */

static bool capability_in_config(const struct vpci_device *d, u8 pos, u8 id)
{
	return vpci_capability_listed(d, pos, 1, id, 0);
}

static struct vpci_device *find_device(const struct cell *c, u16 bdf)
{
	u32 i;

	for (i = 0; c->pci_devices && i < c->view.num_pci_devices; i++)
		if (c->pci_devices[i].info->bdf == bdf)
			return &c->pci_devices[i];
	return NULL;
}

static u32 read_owned(struct vpci_device *d, u16 offset, unsigned int size)
{
	if (offset < PCI_HEADER_END)
		return vpci_header_read(d, offset, size);
	if (vpci_msi_covers(d, offset, size))
		return vpci_msi_read(d, offset, size);
	return arch_pci_cfg_read(d->info->bdf, offset, size);
}

/*
 * MSI and MSI-X come first: a capability that the configuration lays over them as writable gains
 * nothing.
 */
static enum vdev_result write_owned(struct vpci_device *d, u16 offset, unsigned int size, u32 value)
{
	if (offset < PCI_HEADER_END)
		return vpci_header_write(d, offset, size, value);
	if (vpci_msi_covers(d, offset, size))
		return capability_in_config(d, d->msi.pos, PCI_CAP_ID_MSI)
			       ? vpci_msi_write(d, offset, size, value)
			       : VDEV_DENIED;
	if (vpci_msix_covers(d, offset, size))
		return capability_in_config(d, d->msix.pos, PCI_CAP_ID_MSIX)
			       ? vpci_msix_write(d, offset, size, value)
			       : VDEV_DENIED;
	if (!vpci_capability_listed(d, offset, size, -1, JAILHOUSE_PCICAPS_WRITE))
		return VDEV_DENIED;
	arch_pci_cfg_write(d->info->bdf, offset, size, value);
	return VDEV_OK;
}

enum vdev_result vpci_cfg_access(struct vcpu *v, u16 bdf, u16 offset, unsigned int size,
				 bool is_write, u32 *value)
{
	struct vpci_device *d = find_device(v->pcpu->cell, bdf);
	enum vdev_result result = VDEV_OK;

	if ((size != 1 && size != 2 && size != 4) || (offset & (size - 1)) ||
	    offset + size > PCI_CONFIG_SIZE)
		return VDEV_DENIED;
	if (!d || !READ_ONCE(d->owned)) {
		*value = is_write ? *value : vpci_width_mask(size);
		return is_write ? VDEV_DENIED : VDEV_OK;
	}

	spin_lock(&d->lock);
	if (is_write)
		result = write_owned(d, offset, size, *value);
	else
		*value = read_owned(d, offset, size);
	spin_unlock(&d->lock);
	return result;
}

static enum vdev_result mmconfig_access(struct vcpu *v, void *arg, struct mmio_access *a)
{
	u64 offset = a->addr.v - v->pcpu->cell->sys->config->platform_info.pci_mmconfig_base;
	u32 value = (u32)a->value;
	enum vdev_result result;

	result = vpci_cfg_access(v, offset >> 12 & 0xffff, offset & (PCI_CONFIG_SIZE - 1), a->size,
				 a->is_write, &value);
	a->value = value;
	return result;
}

/* --- life of a device ------------------------------------------------------------------------- */

static void reset_device(struct vpci_device *d)
{
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
	vpci_header_restore_bars(d);
	vpci_header_init(d);
	vpci_msi_reset(d);
	vpci_msix_reset(d);
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
}

/* Reads hardware only. */
static int init_device(struct system *s, struct cell *c, struct vpci_device *d,
		       const struct jailhouse_pci_device *info)
{
	d->info = info;
	d->cell = c;
	d->owned = cell_is_root(c);
	vpci_header_adopt(d, cell_is_root(c) ? NULL : find_device(s->root, info->bdf));
	vpci_msi_adopt(d);
	return vpci_msix_init(s, d, cell_is_root(c));
}

static void give_device(struct vpci_device *from, struct vpci_device *to)
{
	if (from)
		from->owned = false;
	reset_device(to);
	to->owned = true;
}

static void for_each_root_device(struct system *s, void (*f)(struct vpci_device *d))
{
	struct cell *root = s->root;
	u32 i;

	for (i = 0; root->pci_devices && i < root->view.num_pci_devices; i++)
		if (root->pci_devices[i].owned)
			f(&root->pci_devices[i]);
}

/*
 * Root's CPUs changed: messages that aim at a lost CPU are stopped, those at a regained one work
 * again.
 */
static void judge_root(struct system *s)
{
	for_each_root_device(s, vpci_msi_judge);
	for_each_root_device(s, vpci_msix_judge);
}

/* --- life of a cell --------------------------------------------------------------------------- */

static bool has_mmconfig(const struct cell *c)
{
	return c->sys->config->platform_info.pci_mmconfig_base &&
	       (cell_is_root(c) || c->view.num_pci_devices);
}

static bool has_msix_pages(const struct jailhouse_pci_device *info)
{
	return info->type != JAILHOUSE_PCI_TYPE_IVSHMEM && info->num_msix_vectors &&
	       info->msix_region_size;
}

static u32 device_pages(const struct cell *c)
{
	return PAGE_ALIGN(c->view.num_pci_devices * sizeof(struct vpci_device)) / PAGE_SIZE;
}

static u32 vpci_mmio_regions(const struct cell *c)
{
	u32 i, count = has_mmconfig(c);

	for (i = 0; i < c->view.num_pci_devices; i++)
		count += has_msix_pages(&c->view.pci_devices[i]);
	return count;
}

static int register_mmconfig(struct system *s, struct cell *c)
{
	u64 buses = s->config->platform_info.pci_mmconfig_end_bus + 1;

	if (!has_mmconfig(c))
		return 0;
	return mmio_register(c, s->config->platform_info.pci_mmconfig_base, buses << BUS_SHIFT,
			     mmconfig_access, NULL);
}

static int register_msix(struct cell *c, struct vpci_device *d)
{
	if (!has_msix_pages(d->info))
		return 0;
	return mmio_register(c, d->info->msix_address, d->info->msix_region_size,
			     vpci_msix_table_access, d);
}

static int refuse_ivshmem(struct system *s, const struct cell *c, u32 index)
{
	struct jailhouse_refusal r;

	refusal_init(&r, RULE_FEATURE_MISSING);
	r.object = JAILHOUSE_OBJ_PCI_DEVICE;
	r.index = (u16)index;
	r.cell = cell_is_root(c) ? 0 : -1;
	return refuse(s, &r);
}

static int add_device(struct system *s, struct cell *c, u32 index)
{
	const struct jailhouse_pci_device *info = &c->view.pci_devices[index];
	int err;

	if (info->type == JAILHOUSE_PCI_TYPE_IVSHMEM)
		return refuse_ivshmem(s, c, index);
	err = init_device(s, c, &c->pci_devices[index], info);
	return err ? err : register_msix(c, &c->pci_devices[index]);
}

/*
 * Also after a prepare that got half-way: an address that was not registered is ignored, a device
 * without vectors has none to free.
 */
static void vpci_cell_abort(struct system *s, struct cell *c)
{
	u32 i;

	if (has_mmconfig(c))
		mmio_unregister(c, s->config->platform_info.pci_mmconfig_base);
	for (i = 0; c->pci_devices && i < c->view.num_pci_devices; i++) {
		struct vpci_device *d = &c->pci_devices[i];

		if (!d->info)
			break;
		if (has_msix_pages(d->info))
			mmio_unregister(c, d->info->msix_address);
		vpci_msix_free(s, d);
	}
	if (c->pci_devices)
		page_free(&s->pool, c->pci_devices, device_pages(c));
	c->pci_devices = NULL;
}

static int vpci_cell_prepare(struct system *s, struct cell *c)
{
	int err;
	u32 i;

	if (c->view.num_pci_devices) {
		c->pci_devices = page_alloc(&s->pool, device_pages(c));
		if (!c->pci_devices)
			return -HV_ENOMEM;
	}
	err = register_mmconfig(s, c);
	for (i = 0; !err && i < c->view.num_pci_devices; i++)
		err = add_device(s, c, i);
	if (err)
		vpci_cell_abort(s, c);
	return err;
}

static void vpci_cell_commit(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 i;

	for (i = 0; i < c->view.num_pci_devices; i++)
		give_device(find_device(s->root, c->pci_devices[i].info->bdf), &c->pci_devices[i]);
	judge_root(s);
}

static void vpci_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 i;

	for (i = 0; i < c->view.num_pci_devices; i++) {
		struct vpci_device *d = &c->pci_devices[i];
		struct vpci_device *roots = find_device(s->root, d->info->bdf);

		d->owned = false;
		reset_device(d);
		if (roots)
			give_device(NULL, roots);
	}
	judge_root(s);
}

static void vpci_cell_reset(struct system *s, struct cell *c)
{
	u32 i;

	for (i = 0; !cell_is_root(c) && i < c->view.num_pci_devices; i++)
		reset_device(&c->pci_devices[i]);
}

static void vpci_shutdown(struct system *s)
{
	if (!s->root)
		return;
	for_each_root_device(s, vpci_msi_restore);
	for_each_root_device(s, vpci_msix_restore);
}

const struct subsys_ops subsys_pci = {
	.name = "pci",
	.mmio_regions = vpci_mmio_regions,
	.cell_prepare = vpci_cell_prepare,
	.cell_abort = vpci_cell_abort,
	.cell_commit = vpci_cell_commit,
	.cell_release = vpci_cell_release,
	.cell_reset = vpci_cell_reset,
	.shutdown = vpci_shutdown,
};
