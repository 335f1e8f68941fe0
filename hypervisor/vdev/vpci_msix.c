// SPDX-License-Identifier: GPL-2.0
/*
 * vpci_msix - moderated MSI-X capability and table (PCI Local Bus 3.0, 6.8.2)
 *
 * Every vector in hardware is masked or permitted, so enabling MSI-X as a whole is harmless. That
 * needs the whole table to be trapped: if hardware and configuration disagree about where it is or
 * how long, the configuration is refused; if it names no vectors, MSI-X stays disabled.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <common/config/rules.h>
#include <hv/log.h>
#include "irq_route.h"
#include "vpci.h"

#define REG_CONTROL		2
#define REG_TABLE		4
#define CAPABILITY_LENGTH	12

#define CONTROL_ENABLE		0x8000
#define CONTROL_FUNCTION_MASK	0x4000
#define CONTROL_WRITABLE	(CONTROL_ENABLE | CONTROL_FUNCTION_MASK)
#define CONTROL_COUNT(c)	(((c) & 0x7ff) + 1)
#define TABLE_BAR(t)		((t) & 7)
#define TABLE_OFFSET(t)		((t) & ~7u)

#define BAR_64BIT		0x4
#define BAR_ADDRESS		(~0xfu)

#define VECTOR_SIZE		16
#define VECTOR_ADDRESS		0
#define VECTOR_ADDRESS_HIGH	4
#define VECTOR_DATA		8
#define VECTOR_CONTROL		12
#define VECTOR_MASKED		1

static u32 vector_pages(const struct vpci_device *d)
{
	return PAGE_ALIGN(d->msix.count * sizeof(struct irq_route)) / PAGE_SIZE;
}

static hpa_t vector_address(const struct vpci_device *d, u32 index)
{
	return hpa(d->info->msix_address + d->msix.table_offset + index * VECTOR_SIZE);
}

/* --- where the table is ----------------------------------------------------------------------- */

/* Hardware may have lost its BARs in a reset: the machine's count. */
static u64 bar_address(const struct vpci_device *d, u32 bar)
{
	u32 low, high = 0;

	if (bar >= PCI_BAR_COUNT)
		return 0;
	low = d->machine_bar[bar];
	if ((low & BAR_64BIT) && bar + 1 < PCI_BAR_COUNT)
		high = d->machine_bar[bar + 1];
	return (low & BAR_ADDRESS) | (u64)high << 32;
}

static u64 table_address(const struct vpci_device *d)
{
	u32 table = arch_pci_cfg_read(d->info->bdf, d->msix.pos + REG_TABLE, 4);

	return bar_address(d, TABLE_BAR(table)) + TABLE_OFFSET(table);
}

static bool table_is_trapped(const struct vpci_device *d, u64 address, u32 count)
{
	const struct jailhouse_pci_device *info = d->info;

	return info->msix_address && (address & PAGE_MASK) == info->msix_address &&
	       count == info->num_msix_vectors &&
	       (address & ~PAGE_MASK) + count * VECTOR_SIZE <= info->msix_region_size;
}

static int refuse_table(struct system *s, const struct vpci_device *d, u64 address, u32 count)
{
	struct jailhouse_refusal r;

	refusal_init(&r, RULE_PCI_MSIX_MACHINE);
	r.object = JAILHOUSE_OBJ_PCI_DEVICE;
	r.index = (u16)(d - d->cell->pci_devices);
	r.cell = cell_is_root(d->cell) ? 0 : -1;
	r.value[0] = d->info->bdf;
	r.value[1] = address;
	r.value[2] = count;
	return refuse(s, &r);
}

/* --- vectors ---------------------------------------------------------------------------------- */

static bool vector_is_masked(const struct irq_route *r)
{
	return r->raw_data >> 32 & VECTOR_MASKED;
}

static void hw_write(const struct vpci_device *d, u32 index, u32 reg, u32 value)
{
	arch_device_write(hpa(vector_address(d, index).v + reg), 4, value);
}

static u32 hw_read(const struct vpci_device *d, u32 index, u32 reg)
{
	return (u32)arch_device_read(hpa(vector_address(d, index).v + reg), 4);
}

/* The message only changes while masked. */
static void program_vector(const struct vpci_device *d, u32 index)
{
	const struct irq_route *r = &d->msix.vectors[index];

	hw_write(d, index, VECTOR_CONTROL, VECTOR_MASKED);
	hw_write(d, index, VECTOR_ADDRESS, (u32)r->raw_address);
	hw_write(d, index, VECTOR_ADDRESS_HIGH, r->raw_address >> 32);
	hw_write(d, index, VECTOR_DATA, (u32)r->raw_data);
	hw_write(d, index, VECTOR_CONTROL, r->raw_data >> 32);
}

/* Unmasked only when permitted; false if that is why it is masked. */
static bool sync_vector(struct vpci_device *d, u32 index)
{
	struct irq_route *r = &d->msix.vectors[index];
	struct irq_route message = { .raw_address = r->raw_address, .raw_data = (u32)r->raw_data };

	r->masked = vector_is_masked(r);
	if (r->masked || !irq_route_decode_msi(d->cell, &message)) {
		hw_write(d, index, VECTOR_CONTROL, VECTOR_MASKED);
		return r->masked;
	}
	program_vector(d, index);
	return true;
}

static u64 *vector_field(struct irq_route *r, u32 reg)
{
	return reg < VECTOR_DATA ? &r->raw_address : &r->raw_data;
}

static u32 read_vector(struct vpci_device *d, u32 offset)
{
	u64 field = *vector_field(&d->msix.vectors[offset / VECTOR_SIZE], offset % VECTOR_SIZE);

	return offset & 4 ? field >> 32 : (u32)field;
}

static enum vdev_result write_vector(struct vpci_device *d, u32 offset, u32 value)
{
	struct irq_route *r = &d->msix.vectors[offset / VECTOR_SIZE], old = *r;
	u64 *field = vector_field(r, offset % VECTOR_SIZE);

	if (offset % VECTOR_SIZE == VECTOR_CONTROL)
		value &= VECTOR_MASKED;
	*field = offset & 4 ? (u32)*field | (u64)value << 32 : (*field & ~0xffffffffULL) | value;
	if (sync_vector(d, offset / VECTOR_SIZE))
		return VDEV_OK;
	*r = old;
	sync_vector(d, offset / VECTOR_SIZE);
	return VDEV_DENIED;
}

static void mask_all(struct vpci_device *d)
{
	u32 i;

	for (i = 0; i < d->msix.count; i++) {
		d->msix.vectors[i].raw_address = 0;
		d->msix.vectors[i].raw_data = (u64)VECTOR_MASKED << 32;
		hw_write(d, i, VECTOR_CONTROL, VECTOR_MASKED);
	}
}

static bool memory_is_decoded(const struct vpci_device *d)
{
	return arch_pci_cfg_read(d->info->bdf, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY;
}

/* All ones: the device does not decode memory, nothing is known. */
static void adopt_vector(struct vpci_device *d, u32 index)
{
	struct irq_route *r = &d->msix.vectors[index];

	if (!memory_is_decoded(d)) {
		r->raw_data = (u64)VECTOR_MASKED << 32;
		return;
	}
	r->raw_address = hw_read(d, index, VECTOR_ADDRESS) |
			 (u64)hw_read(d, index, VECTOR_ADDRESS_HIGH) << 32;
	r->raw_data = hw_read(d, index, VECTOR_DATA) |
		      (u64)(hw_read(d, index, VECTOR_CONTROL) & VECTOR_MASKED) << 32;
}

static void init_vector(struct vpci_device *d, u32 index, bool adopt)
{
	struct irq_route *r = &d->msix.vectors[index];

	r->source = (u32)d->info->domain << 16 | d->info->bdf;
	r->index = (u16)index;
	r->valid = true;
	r->raw_data = (u64)VECTOR_MASKED << 32;
	if (adopt)
		adopt_vector(d, index);
}

/* --- life of a device ------------------------------------------------------------------------- */

int vpci_msix_init(struct system *s, struct vpci_device *d, bool adopt)
{
	struct vpci_msix *x = &d->msix;
	u64 address;
	u32 i, count;

	x->pos = vpci_find_capability(d->info->bdf, PCI_CAP_ID_MSIX);
	if (!x->pos || !d->info->num_msix_vectors)
		return 0;
	count = CONTROL_COUNT(arch_pci_cfg_read(d->info->bdf, x->pos + REG_CONTROL, 2));
	address = table_address(d);
	if (!table_is_trapped(d, address, count))
		return refuse_table(s, d, address, count);

	x->moderated = true;
	x->table_offset = address & ~PAGE_MASK;
	x->count = count;
	x->vectors = page_alloc(&s->pool, vector_pages(d));
	if (!x->vectors) {
		x->count = 0;
		return -HV_ENOMEM;
	}
	for (i = 0; i < x->count; i++)
		init_vector(d, i, adopt);
	return 0;
}

void vpci_msix_free(struct system *s, struct vpci_device *d)
{
	if (d->msix.vectors)
		page_free(&s->pool, d->msix.vectors, vector_pages(d));
	d->msix.vectors = NULL;
}

/*
 * Masking needs the device to decode memory; without bus mastering that is harmless. The caller
 * sets the command register afterwards.
 */
void vpci_msix_reset(struct vpci_device *d)
{
	if (!d->msix.pos)
		return;
	arch_pci_cfg_write(d->info->bdf, d->msix.pos + REG_CONTROL, 2, 0);
	if (!d->msix.count)
		return;
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF | PCI_COMMAND_MEMORY);
	mask_all(d);
}

static void for_each_unmasked(struct vpci_device *d, void (*f)(struct vpci_device *d, u32 index))
{
	u16 command = arch_pci_cfg_read(d->info->bdf, PCI_COMMAND, 2);
	u32 i;

	if (!d->msix.count)
		return;
	/* A device that does not decode memory at the moment may still hold an unmasked message. */
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, command | PCI_COMMAND_MEMORY);
	for (i = 0; i < d->msix.count; i++)
		if (!vector_is_masked(&d->msix.vectors[i]))
			f(d, i);
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, command);
}

static void judge_vector(struct vpci_device *d, u32 index)
{
	sync_vector(d, index);
}

static void restore_vector(struct vpci_device *d, u32 index)
{
	program_vector(d, index);
}

void vpci_msix_judge(struct vpci_device *d)
{
	for_each_unmasked(d, judge_vector);
}

void vpci_msix_restore(struct vpci_device *d)
{
	for_each_unmasked(d, restore_vector);
}

/* --- accesses --------------------------------------------------------------------------------- */

bool vpci_msix_covers(const struct vpci_device *d, u16 offset, unsigned int size)
{
	u8 pos = d->msix.pos;

	return pos && offset + size > pos && offset < pos + CAPABILITY_LENGTH;
}

/* Identification and table position are read-only: the control word is all there is to write. */
enum vdev_result vpci_msix_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value)
{
	u16 control = size == 4 ? value >> 16 : (u16)value;
	bool hits_control = offset == d->msix.pos + REG_CONTROL
				    ? size == 2
				    : offset == d->msix.pos && size == 4;

	if (!hits_control)
		return VDEV_DENIED;
	if ((control & CONTROL_ENABLE) && !d->msix.moderated)
		return VDEV_DENIED;
	arch_pci_cfg_write(d->info->bdf, d->msix.pos + REG_CONTROL, 2, control & CONTROL_WRITABLE);
	return VDEV_OK;
}

static enum vdev_result access_table(struct vpci_device *d, u32 offset, struct mmio_access *a)
{
	if (!a->is_write) {
		a->value = read_vector(d, offset);
		return VDEV_OK;
	}
	return write_vector(d, offset, (u32)a->value);
}

/* Behind the table, on its pages: pending bits and whatever else; to be read only. */
static enum vdev_result access_rest(struct vpci_device *d, u64 region_offset, struct mmio_access *a)
{
	if (a->is_write)
		return VDEV_DENIED;
	a->value = arch_device_read(hpa(d->info->msix_address + region_offset), a->size);
	return VDEV_OK;
}

enum vdev_result vpci_msix_table_access(struct vcpu *v, void *device, struct mmio_access *a)
{
	struct vpci_device *d = device;
	u64 region_offset = a->addr.v - d->info->msix_address;
	u64 offset = region_offset - d->msix.table_offset;
	enum vdev_result result;

	if (!READ_ONCE(d->owned) || a->size != 4 || (region_offset & 3))
		return VDEV_DENIED;
	if (!memory_is_decoded(d))
		return VDEV_SKIP;	/* nobody answers */
	spin_lock(&d->lock);
	if (region_offset >= d->msix.table_offset && offset < (u64)d->msix.count * VECTOR_SIZE)
		result = access_table(d, (u32)offset, a);
	else
		result = access_rest(d, region_offset, a);
	spin_unlock(&d->lock);
	return result;
}
