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
#include "x86/irq_route.h"
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
#define BAR_FLAGS		0xfULL

/* a vector: address, its upper half, data, control */
#define VECTOR_WORDS		4
#define VECTOR_CONTROL		3
#define VECTOR_MASKED		1

static u32 table_size(const struct vpci_device *d)
{
	return d->msix.count * VECTOR_WORDS * sizeof(u32);
}

static u32 table_pages(const struct vpci_device *d)
{
	return PAGE_ALIGN(table_size(d)) / PAGE_SIZE;
}

/* --- where the table is ----------------------------------------------------------------------- */

/* Hardware may have lost its BARs in a reset: the machine's count. */
static u64 bar_address(const struct vpci_device *d, u32 bar)
{
	u64 address = bar < PCI_BAR_COUNT ? d->machine_bar[bar] : 0;

	if ((address & BAR_64BIT) && bar + 1 < PCI_BAR_COUNT)
		address |= (u64)d->machine_bar[bar + 1] << 32;
	return address & ~BAR_FLAGS;
}

static u64 table_address(const struct vpci_device *d)
{
	u32 table = arch_pci_cfg_read(d->info->bdf, d->msix.pos + REG_TABLE, 4);

	return bar_address(d, TABLE_BAR(table)) + TABLE_OFFSET(table);
}

static bool table_is_trapped(const struct vpci_device *d, u64 address)
{
	const struct jailhouse_pci_device *info = d->info;

	return info->msix_address && (address & PAGE_MASK) == info->msix_address &&
	       d->msix.count == info->num_msix_vectors &&
	       (address & ~PAGE_MASK) + table_size(d) <= info->msix_region_size;
}

/* --- vectors: @n is a word of the table, @vector a whole one ---------------------------------- */

static hpa_t word_address(const struct vpci_device *d, u32 n)
{
	return hpa(d->info->msix_address + d->msix.table_offset + n * sizeof(u32));
}

static void hw_write(const struct vpci_device *d, u32 n, u32 value)
{
	arch_device_write(word_address(d, n), 4, value);
}

static bool vector_is_masked(const struct vpci_device *d, u32 vector)
{
	return d->msix.table[vector * VECTOR_WORDS + VECTOR_CONTROL] & VECTOR_MASKED;
}

static bool is_permitted(const struct vpci_device *d, u32 vector)
{
	const u32 *words = &d->msix.table[vector * VECTOR_WORDS];

	return irq_message_is_permitted(d->cell, words[0] | (u64)words[1] << 32, words[2]);
}

/* The message only changes while masked. */
static void program_vector(const struct vpci_device *d, u32 vector, bool enable)
{
	u32 i, first = vector * VECTOR_WORDS;

	hw_write(d, first + VECTOR_CONTROL, VECTOR_MASKED);
	for (i = first; enable && i < first + VECTOR_WORDS; i++)
		hw_write(d, i, d->msix.table[i]);
}

static enum vdev_result write_word(struct vpci_device *d, u32 n, u32 value)
{
	u32 *word = &d->msix.table[n], old = *word, vector = n / VECTOR_WORDS;

	*word = n % VECTOR_WORDS == VECTOR_CONTROL ? value & VECTOR_MASKED : value;
	if (!vector_is_masked(d, vector) && !is_permitted(d, vector)) {
		*word = old;
		return VDEV_DENIED;
	}
	program_vector(d, vector, !vector_is_masked(d, vector));
	return VDEV_OK;
}

static bool memory_is_decoded(const struct vpci_device *d)
{
	return arch_pci_cfg_read(d->info->bdf, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY;
}

/* If the device does not decode memory, nothing is known: masked. */
static void init_table(struct vpci_device *d, bool adopt)
{
	u32 n;

	adopt = adopt && memory_is_decoded(d);
	for (n = 0; n < d->msix.count * VECTOR_WORDS; n++) {
		u32 mask = n % VECTOR_WORDS == VECTOR_CONTROL ? VECTOR_MASKED : ~0u;

		if (adopt)
			d->msix.table[n] = arch_device_read(word_address(d, n), 4) & mask;
		else
			d->msix.table[n] = mask == VECTOR_MASKED ? VECTOR_MASKED : 0;
	}
}

/* --- life of a device ------------------------------------------------------------------------- */

int vpci_msix_init(struct system *s, struct vpci_device *d, bool adopt)
{
	struct vpci_msix *x = &d->msix;
	u64 address;

	x->pos = vpci_find_capability(d->info->bdf, PCI_CAP_ID_MSIX);
	if (!x->pos || !d->info->num_msix_vectors)
		return 0;
	x->count = CONTROL_COUNT(arch_pci_cfg_read(d->info->bdf, x->pos + REG_CONTROL, 2));
	address = table_address(d);
	if (!table_is_trapped(d, address))
		return vpci_refuse(s, d, RULE_PCI_MSIX_MACHINE, address, x->count);

	x->table_offset = address & ~PAGE_MASK;
	x->table = page_alloc(&s->pool, table_pages(d));
	if (!x->table)
		return -HV_ENOMEM;
	init_table(d, adopt);
	return 0;
}

void vpci_msix_free(struct system *s, struct vpci_device *d)
{
	if (d->msix.table)
		page_free(&s->pool, d->msix.table, table_pages(d));
	d->msix.table = NULL;
}

/* A device that does not decode memory at the moment may still hold an unmasked message. */
static u16 begin_decoding(struct vpci_device *d)
{
	u16 command = arch_pci_cfg_read(d->info->bdf, PCI_COMMAND, 2);

	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, command | PCI_COMMAND_MEMORY);
	return command;
}

/* Without bus mastering decoding is harmless. */
void vpci_msix_reset(struct vpci_device *d)
{
	u16 command;
	u32 i;

	if (!d->msix.pos)
		return;
	arch_pci_cfg_write(d->info->bdf, d->msix.pos + REG_CONTROL, 2, 0);
	init_table(d, false);
	command = begin_decoding(d);
	for (i = 0; i < d->msix.count; i++)
		program_vector(d, i, false);
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, command);
}

void vpci_msix_sync(struct vpci_device *d, bool always)
{
	u16 command;
	u32 i;

	if (!d->msix.count)
		return;
	command = begin_decoding(d);
	for (i = 0; i < d->msix.count; i++)
		if (!vector_is_masked(d, i))
			program_vector(d, i, always || is_permitted(d, i));
	arch_pci_cfg_write(d->info->bdf, PCI_COMMAND, 2, command);
}

/* --- accesses --------------------------------------------------------------------------------- */

bool vpci_msix_covers(const struct vpci_device *d, u16 offset)
{
	return d->msix.pos && offset >= d->msix.pos && offset < d->msix.pos + CAPABILITY_LENGTH;
}

/* Identification and table position are read-only: the control word is all there is to write. */
enum vdev_result vpci_msix_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value)
{
	u16 at = d->msix.pos + REG_CONTROL;
	u16 control = size == 4 ? value >> 16 : value;

	if (size == 1 || (size == 4 ? offset + REG_CONTROL : offset) != at)
		return VDEV_DENIED;
	if ((control & CONTROL_ENABLE) && !d->msix.count)
		return VDEV_DENIED;
	arch_pci_cfg_write(d->info->bdf, at, 2, control & CONTROL_WRITABLE);
	return VDEV_OK;
}

/* Around the table, on its pages: pending bits and whatever else; to be read only. */
static enum vdev_result access_page(struct vpci_device *d, u64 offset, struct mmio_access *a)
{
	u64 at = offset - d->msix.table_offset;
	u32 n = at / sizeof(u32);
	bool in_table = offset >= d->msix.table_offset && at < table_size(d);

	if (a->is_write)
		return in_table ? write_word(d, n, a->value) : VDEV_DENIED;
	a->value = in_table ? d->msix.table[n]
			    : arch_device_read(hpa(d->info->msix_address + offset), a->size);
	return VDEV_OK;
}

enum vdev_result vpci_msix_table_access(struct vcpu *v, void *device, struct mmio_access *a)
{
	struct vpci_device *d = device;
	u64 offset = a->addr.v - d->info->msix_address;
	enum vdev_result result;

	if (!READ_ONCE(d->owned) || a->size != 4 || (offset & 3))
		return VDEV_DENIED;
	if (!memory_is_decoded(d))
		return VDEV_SKIP;	/* nobody answers */
	spin_lock(&d->lock);
	result = access_page(d, offset, a);
	spin_unlock(&d->lock);
	return result;
}
