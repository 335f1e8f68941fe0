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
#include <hv/cell_ops.h>
#include <hv/subsys.h>
#include "vpci.h"

#define PCI_CONFIG_SIZE		0x1000
#define PCI_CAP_POINTER		0x34
#define PCI_MAX_CAPS		48	/* as many fit: an endless list ends here */
#define BUS_SHIFT		20	/* MMCONFIG: 1 MiB a bus */

/* --- capabilities: where they are, by hardware and by configuration --------------------------- */

u8 vpci_find_capability(u16 bdf, u8 id)
{
	u8 pos, n;

	if (!(arch_pci_cfg_read(bdf, PCI_STATUS, 2) & PCI_STATUS_CAPS))
		return 0;
	pos = arch_pci_cfg_read(bdf, PCI_CAP_POINTER, 1) & ~3;
	for (n = 0; n < PCI_MAX_CAPS && pos >= PCI_HEADER_END; n++) {
		u32 header = arch_pci_cfg_read(bdf, pos, 2);

		if ((header & 0xff) == id)
			return pos;
		pos = header >> 8 & ~3;
	}
	return 0;
}

/* Is the access in a capability that the configuration lists with all of @flags? @id < 0: any. */
static bool is_listed(const struct vpci_device *d, u16 offset, unsigned int size, int id, u16 flags)
{
	const struct jailhouse_pci_capability *cap = d->cell->view.pci_caps + d->info->caps_start;
	u32 i;

	for (i = 0; i < d->info->num_caps; i++, cap++)
		if ((id < 0 || cap->id == id) && (cap->flags & flags) == flags &&
		    offset >= cap->start && offset + size <= (u32)cap->start + cap->len)
			return true;
	return false;
}

/* --- accesses --------------------------------------------------------------------------------- */

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
	if (vpci_msi_covers(d, offset))
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
	if (vpci_msi_covers(d, offset))
		return is_listed(d, d->msi.pos, 1, PCI_CAP_ID_MSI, 0)
			       ? vpci_msi_write(d, offset, size, value) : VDEV_DENIED;
	if (vpci_msix_covers(d, offset))
		return is_listed(d, d->msix.pos, 1, PCI_CAP_ID_MSIX, 0)
			       ? vpci_msix_write(d, offset, size, value) : VDEV_DENIED;
	if (!is_listed(d, offset, size, -1, JAILHOUSE_PCICAPS_WRITE))
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
		*value = is_write ? *value : vpci_extract(~0u, offset, size);
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

int vpci_refuse(struct system *s, const struct vpci_device *d, u32 rule, u64 value1, u64 value2)
{
	return REFUSE(s, rule, .cell = d->cell, .object = JAILHOUSE_OBJ_PCI_DEVICE,
		      .index = d - d->cell->pci_devices, .value = { d->info->bdf, value1, value2 });
}

static void reset_device(struct vpci_device *d)
{
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF);
	vpci_header_restore_bars(d);
	vpci_header_init(d);
	vpci_msi_reset(d);
	vpci_msix_reset(d);
}

static bool has_msix_pages(const struct jailhouse_pci_device *info)
{
	return info->num_msix_vectors && info->msix_region_size;
}

/* Reads hardware only. */
static int add_device(struct system *s, struct cell *c, u32 index)
{
	struct vpci_device *d = &c->pci_devices[index];
	int err;

	d->info = &c->view.pci_devices[index];
	d->cell = c;
	d->owned = cell_is_root(c);
	if (d->info->type == JAILHOUSE_PCI_TYPE_IVSHMEM)
		return vpci_refuse(s, d, RULE_FEATURE_MISSING, 0, 0);
	vpci_header_adopt(d, cell_is_root(c) ? NULL : find_device(s->root, d->info->bdf));
	vpci_msi_adopt(d);
	err = vpci_msix_init(s, d, cell_is_root(c));
	if (err || !has_msix_pages(d->info))
		return err;
	return mmio_register(c, d->info->msix_address, d->info->msix_region_size,
			     vpci_msix_table_access, d);
}

static void change_owner(struct vpci_device *from, struct vpci_device *to)
{
	if (from)
		from->owned = false;
	if (to) {
		reset_device(to);
		to->owned = true;
	}
}

/*
 * Root's CPUs changed: messages that aim at a lost CPU are stopped, those at a regained one work
 * again. @always: all of them.
 */
static void sync_root(struct cell *root, bool always)
{
	u32 i;

	for (i = 0; root && root->pci_devices && i < root->view.num_pci_devices; i++) {
		if (!root->pci_devices[i].owned)
			continue;
		vpci_msi_sync(&root->pci_devices[i], always);
		vpci_msix_sync(&root->pci_devices[i], always);
	}
}

/* --- life of a cell --------------------------------------------------------------------------- */

static u32 device_pages(const struct cell *c)
{
	return PAGE_ALIGN(c->view.num_pci_devices * sizeof(struct vpci_device)) / PAGE_SIZE;
}

static int register_mmconfig(struct system *s, struct cell *c)
{
	u64 base = s->config->platform_info.pci_mmconfig_base;
	u64 buses = s->config->platform_info.pci_mmconfig_end_bus + 1;

	if (!base || (!cell_is_root(c) && !c->view.num_pci_devices))
		return 0;
	return mmio_register(c, base, buses << BUS_SHIFT, mmconfig_access, NULL);
}

/* Also after a prepare that got half-way. */
static void vpci_cell_abort(struct system *s, struct cell *c)
{
	u32 i;

	if (!c->pci_devices)
		return;
	for (i = 0; i < c->view.num_pci_devices; i++)
		vpci_msix_free(s, &c->pci_devices[i]);
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
		change_owner(find_device(s->root, c->pci_devices[i].info->bdf), &c->pci_devices[i]);
	sync_root(s->root, false);
}

/* The device is quiet also if root does not list it. */
static void vpci_cell_release(struct mgmt_token m, struct system *s, struct cell *c)
{
	u32 i;

	for (i = 0; i < c->view.num_pci_devices; i++) {
		reset_device(&c->pci_devices[i]);
		change_owner(&c->pci_devices[i], find_device(s->root, c->pci_devices[i].info->bdf));
	}
	sync_root(s->root, false);
}

static void vpci_cell_reset(struct system *s, struct cell *c)
{
	u32 i;

	for (i = 0; !cell_is_root(c) && i < c->view.num_pci_devices; i++)
		reset_device(&c->pci_devices[i]);
}

static void vpci_shutdown(struct system *s)
{
	sync_root(s->root, true);
}

const struct subsys_ops subsys_pci = {
	.name = "pci",
	.cell_prepare = vpci_cell_prepare,
	.cell_abort = vpci_cell_abort,
	.cell_commit = vpci_cell_commit,
	.cell_release = vpci_cell_release,
	.cell_reset = vpci_cell_reset,
	.shutdown = vpci_shutdown,
};
