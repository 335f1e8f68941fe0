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
#include "x86/irq_route.h"
#include "vpci.h"

/* first dword: identification, message control in the upper half */
#define CONTROL_ENABLE		(0x0001u << 16)
#define CONTROL_CAPABLE(c)	((c) >> 17 & 7)	/* log2 of the vectors that the device has */
#define CONTROL_ENABLED(c)	((c) >> 20 & 7)
#define CONTROL_ENABLED_1	(0x0010u << 16)
#define CONTROL_WRITABLE	(0x0071u << 16)
#define CONTROL_64BIT		(0x0080u << 16)
#define CONTROL_MASKABLE	(0x0100u << 16)

static u32 writable(const struct vpci_msi *m, unsigned int n)
{
	if (n == 0)
		return CONTROL_WRITABLE;
	if (n == 1)
		return ~3u;
	return n == m->count - 1u ? 0xffff : ~0u;
}

void vpci_msi_adopt(struct vpci_device *d)
{
	struct vpci_msi *m = &d->msi;
	u32 n;

	m->pos = vpci_find_capability(d->info->bdf, PCI_CAP_ID_MSI);
	if (!m->pos)
		return;
	for (n = 0; n < ARRAY_SIZE(m->regs); n++)
		m->regs[n] = arch_pci_cfg_read(d->info->bdf, m->pos + 4 * n, 4);
	m->count = m->regs[0] & CONTROL_64BIT ? 4 : 3;
	m->length = 4 * m->count + (m->regs[0] & CONTROL_MASKABLE ? 8 : 0);
}

static bool is_permitted(const struct cell *c, const struct vpci_msi *m)
{
	u64 high = m->count == 4 ? m->regs[2] : 0;

	return irq_message_is_permitted(c, high << 32 | m->regs[1], m->regs[m->count - 1] & 0xffff);
}

/* The message first, if it is to be enabled. */
static void program_hardware(struct vpci_device *d, bool enable)
{
	const struct vpci_msi *m = &d->msi;
	u32 n;

	for (n = 1; enable && n < m->count; n++)
		arch_pci_cfg_write(d->info->bdf, m->pos + 4 * n, 4, m->regs[n]);
	arch_pci_cfg_write(d->info->bdf, m->pos, 4,
			   enable ? m->regs[0] : m->regs[0] & ~CONTROL_ENABLE);
}

void vpci_msi_reset(struct vpci_device *d)
{
	struct vpci_msi *m = &d->msi;
	u32 n;

	if (!m->pos)
		return;
	for (n = 0; n < m->count; n++)
		m->regs[n] &= ~writable(m, n);
	program_hardware(d, false);
}

void vpci_msi_sync(struct vpci_device *d, bool always)
{
	if (d->msi.pos && (d->msi.regs[0] & CONTROL_ENABLE))
		program_hardware(d, always || is_permitted(d->cell, &d->msi));
}

bool vpci_msi_covers(const struct vpci_device *d, u16 offset)
{
	return d->msi.pos && offset >= d->msi.pos && offset < d->msi.pos + d->msi.length;
}

u32 vpci_msi_read(struct vpci_device *d, u16 offset, unsigned int size)
{
	unsigned int n = (offset - d->msi.pos) / 4;

	return n < d->msi.count ? vpci_extract(d->msi.regs[n], offset, size)
				: arch_pci_cfg_read(d->info->bdf, offset, size);
}

/* Both limits count: what the device can do and what the configuration grants. */
static u32 limit_vectors(const struct vpci_device *d, u32 control)
{
	u32 limit = 0;

	while (limit < CONTROL_CAPABLE(control) && (2u << limit) <= d->info->num_msi_vectors)
		limit++;
	if (CONTROL_ENABLED(control) > limit)
		control -= (CONTROL_ENABLED(control) - limit) * CONTROL_ENABLED_1;
	return control;
}

/* Nothing changes if the message would be enabled and goes beyond the cell. */
enum vdev_result vpci_msi_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value)
{
	unsigned int n = (offset - d->msi.pos) / 4;
	struct vpci_msi wanted = d->msi;
	bool enable;

	if (n >= wanted.count) {
		/* mask bits; pending bits are read-only */
		arch_pci_cfg_write(d->info->bdf, offset, size, value);
		return VDEV_OK;
	}
	wanted.regs[n] = vpci_merge(wanted.regs[n], writable(&wanted, n), offset, size, value);
	if (n == 0)
		wanted.regs[0] = limit_vectors(d, wanted.regs[0]);
	enable = wanted.regs[0] & CONTROL_ENABLE;
	if (enable && !(d->info->num_msi_vectors && is_permitted(d->cell, &wanted)))
		return VDEV_DENIED;
	d->msi = wanted;
	program_hardware(d, enable);
	return VDEV_OK;
}
