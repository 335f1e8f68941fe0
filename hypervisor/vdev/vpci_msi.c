// SPDX-License-Identifier: GPL-2.0
/*
 * vpci_msi - moderated MSI capability (PCI Local Bus 3.0, 6.8.1)
 *
 * Where it stands and what it looks like is read from hardware, so a configuration cannot be wrong
 * about it. Registers are kept as written; hardware gets the message when it is enabled and
 * permitted, and never another one.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "irq_route.h"
#include "vpci.h"

#define CONTROL_ENABLE		0x0001
#define CONTROL_CAPABLE(c)	((c) >> 1 & 7)	/* log2 of the vectors that the device has */
#define CONTROL_ENABLED_SHIFT	4
#define CONTROL_WRITABLE	0x0071
#define CONTROL_64BIT		0x0080
#define CONTROL_MASKABLE	0x0100

/* register offsets in the capability, by shape */
#define REG_CONTROL		2
#define REG_ADDRESS		4
#define REG_ADDRESS_HIGH	8

static unsigned int data_offset(const struct vpci_msi *m)
{
	return m->is_64bit ? 12 : 8;
}

static unsigned int mask_offset(const struct vpci_msi *m)
{
	return m->is_64bit ? 16 : 12;
}

static unsigned int capability_length(const struct vpci_msi *m)
{
	return m->maskable ? mask_offset(m) + 8 : data_offset(m) + 2;
}

/* The last dword is partly the capability's. */
bool vpci_msi_covers(const struct vpci_device *d, u16 offset, unsigned int size)
{
	const struct vpci_msi *m = &d->msi;

	return m->pos && offset + size > m->pos &&
	       offset < m->pos + ((capability_length(m) + 3) & ~3u);
}

static u32 cfg_read(const struct vpci_device *d, unsigned int reg, unsigned int size)
{
	return arch_pci_cfg_read(d->info->bdf, d->msi.pos + reg, size);
}

static void cfg_write(const struct vpci_device *d, unsigned int reg, unsigned int size, u32 value)
{
	arch_pci_cfg_write(d->info->bdf, d->msi.pos + reg, size, value);
}

void vpci_msi_adopt(struct vpci_device *d)
{
	struct vpci_msi *m = &d->msi;
	u64 high;

	m->pos = vpci_find_capability(d->info->bdf, PCI_CAP_ID_MSI);
	if (!m->pos)
		return;
	m->control = cfg_read(d, REG_CONTROL, 2);
	m->is_64bit = m->control & CONTROL_64BIT;
	m->maskable = m->control & CONTROL_MASKABLE;
	high = m->is_64bit ? cfg_read(d, REG_ADDRESS_HIGH, 4) : 0;
	m->route.source = (u32)d->info->domain << 16 | d->info->bdf;
	m->route.valid = true;
	m->route.raw_address = cfg_read(d, REG_ADDRESS, 4) | high << 32;
	m->route.raw_data = cfg_read(d, data_offset(m), 2);
}

static void disable_hardware(struct vpci_device *d)
{
	cfg_write(d, REG_CONTROL, 2, d->msi.control & ~CONTROL_ENABLE);
}

static void program_hardware(struct vpci_device *d)
{
	struct vpci_msi *m = &d->msi;

	cfg_write(d, REG_ADDRESS, 4, (u32)m->route.raw_address);
	if (m->is_64bit)
		cfg_write(d, REG_ADDRESS_HIGH, 4, m->route.raw_address >> 32);
	cfg_write(d, data_offset(m), 2, (u16)m->route.raw_data);
	cfg_write(d, REG_CONTROL, 2, m->control);
}

void vpci_msi_reset(struct vpci_device *d)
{
	struct vpci_msi *m = &d->msi;

	if (!m->pos)
		return;
	m->control &= ~CONTROL_WRITABLE;
	m->route.raw_address = m->route.raw_data = 0;
	disable_hardware(d);
}

void vpci_msi_judge(struct vpci_device *d)
{
	struct vpci_msi *m = &d->msi;

	if (!m->pos || !(m->control & CONTROL_ENABLE))
		return;
	if (irq_route_decode_msi(d->cell, &m->route))
		program_hardware(d);
	else
		disable_hardware(d);
}

void vpci_msi_restore(struct vpci_device *d)
{
	if (d->msi.pos && (d->msi.control & CONTROL_ENABLE))
		program_hardware(d);
}

/* Value of the dword at @reg of the capability, as the owner wrote it. */
static u32 read_dword(struct vpci_device *d, unsigned int reg)
{
	struct vpci_msi *m = &d->msi;

	if (reg == 0)
		return (cfg_read(d, 0, 4) & 0xffff) | (u32)m->control << 16;
	if (reg == REG_ADDRESS)
		return (u32)m->route.raw_address;
	if (reg == REG_ADDRESS_HIGH && m->is_64bit)
		return m->route.raw_address >> 32;
	if (reg == data_offset(m))
		return (cfg_read(d, reg, 4) & 0xffff0000) | (u32)m->route.raw_data;
	return cfg_read(d, reg, 4);
}

u32 vpci_msi_read(struct vpci_device *d, u16 offset, unsigned int size)
{
	unsigned int reg = offset - d->msi.pos;

	return read_dword(d, reg & ~3u) >> (8 * (reg & 3)) & vpci_width_mask(size);
}

/* Both limits count: what the device can do and what the configuration grants. */
static u16 limit_vectors(const struct vpci_device *d, u16 control)
{
	u16 wanted = control >> CONTROL_ENABLED_SHIFT & 7, limit = 0;

	while (limit < CONTROL_CAPABLE(d->msi.control) && (2u << limit) <= d->info->num_msi_vectors)
		limit++;
	if (wanted <= limit)
		return control;
	return (control & ~(7u << CONTROL_ENABLED_SHIFT)) | limit << CONTROL_ENABLED_SHIFT;
}

/*
 * @m: the registers as they would be. Nothing changes if the message is enabled and goes beyond the
 * cell.
 */
static enum vdev_result commit(struct vpci_device *d, struct vpci_msi *wanted)
{
	bool enable = wanted->control & CONTROL_ENABLE;

	if (enable && !d->info->num_msi_vectors)
		return VDEV_DENIED;
	if (enable && !irq_route_decode_msi(d->cell, &wanted->route))
		return VDEV_DENIED;
	d->msi = *wanted;
	if (enable)
		program_hardware(d);
	else
		disable_hardware(d);
	return VDEV_OK;
}

static enum vdev_result write_dword(struct vpci_device *d, unsigned int reg, u32 value)
{
	struct vpci_msi wanted = d->msi;
	u16 control = value >> 16;

	if (reg == 0) {
		wanted.control = (wanted.control & ~CONTROL_WRITABLE) |
				 (limit_vectors(d, control) & CONTROL_WRITABLE);
	} else if (reg == REG_ADDRESS) {
		wanted.route.raw_address = (wanted.route.raw_address & ~0xffffffffULL) |
					   (value & ~3u);
	} else if (reg == REG_ADDRESS_HIGH && wanted.is_64bit) {
		wanted.route.raw_address = (u32)wanted.route.raw_address | (u64)value << 32;
	} else if (reg == data_offset(&wanted)) {
		wanted.route.raw_data = value & 0xffff;
	} else {
		cfg_write(d, reg, 4, value);	/* mask bits; pending bits are read-only */
		return VDEV_OK;
	}
	return commit(d, &wanted);
}

enum vdev_result vpci_msi_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value)
{
	unsigned int reg = offset - d->msi.pos;
	unsigned int shift = 8 * (reg & 3);
	u32 mask = vpci_width_mask(size) << shift;

	return write_dword(d, reg & ~3u,
			   (read_dword(d, reg & ~3u) & ~mask) | (value << shift & mask));
}
