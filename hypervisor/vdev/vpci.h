/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vpci - shared by the files of vdev/vpci*.c only.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef VDEV_VPCI_H
#define VDEV_VPCI_H

#include <hv/iommu.h>
#include <hv/x86/vdev.h>

#define PCI_COMMAND		0x04
#define PCI_COMMAND_MEMORY	0x0002
#define PCI_COMMAND_DECODE	0x0003	/* memory and ports */
#define PCI_COMMAND_INTX_OFF	0x0400
#define PCI_STATUS		0x06
#define PCI_STATUS_CAPS		0x0010
#define PCI_BAR0		0x10
#define PCI_BAR_COUNT		6
#define PCI_HEADER_END		0x40

/**
 * struct vpci_msi - MSI capability; position and shape are the hardware's, registers what the owner
 * wrote
 */
struct vpci_msi {
	u8 pos;				/* 0: none */
	bool is_64bit, maskable;
	u16 control;
	struct irq_route route;		/* raw_address, raw_data */
};

/** struct vpci_msix - MSI-X capability and table */
struct vpci_msix {
	u8 pos;				/* 0: none */
	bool moderated;			/* table and configuration agree: it may be enabled */
	u16 count;
	u32 table_offset;		/* in the page at info->msix_address */
	/* [count]; raw_data: data, vector control in the upper half */
	struct irq_route *vectors;
};

/**
 * struct vpci_device - a device in the view of the cell whose configuration lists it
 * Root's list holds every device that it may ever have; @owned tells which it has now.
 */
struct vpci_device {
	const struct jailhouse_pci_device *info;
	struct cell *cell;
	bool owned;
	spinlock_t lock;		/* guards the rest */
	u32 bar[PCI_BAR_COUNT];
	u32 machine_bar[PCI_BAR_COUNT];	/* as Linux had set them when we came: hardware's */
	struct vpci_msi msi;
	struct vpci_msix msix;
};

static inline u32 vpci_width_mask(unsigned int size)
{
	return size >= 4 ? 0xffffffffu : (1u << (8 * size)) - 1;
}

/* All of these need d->lock, or management quiesced. Accesses are naturally aligned. */

/** Header, 0x00–0x3f. */
u32 vpci_header_read(struct vpci_device *d, u16 offset, unsigned int size);
enum vdev_result vpci_header_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value);
void vpci_header_init(struct vpci_device *d);
/** The machine's BARs: those that root's view @roots remembers; NULL: those in hardware. */
void vpci_header_adopt(struct vpci_device *d, const struct vpci_device *roots);
/** A reset of the device loses its BARs. Needs decoding to be off. */
void vpci_header_restore_bars(struct vpci_device *d);

/** Where hardware has its capability @id, or 0. */
u8 vpci_find_capability(u16 bdf, u8 id);
/**
 * Is [@offset, @offset + @size) in a capability that the configuration lists? With @id, in that
 * one; @flags must be set.
 */
bool vpci_capability_listed(const struct vpci_device *d, u16 offset, unsigned int size, int id,
			    u16 flags);

bool vpci_msi_covers(const struct vpci_device *d, u16 offset, unsigned int size);
u32 vpci_msi_read(struct vpci_device *d, u16 offset, unsigned int size);
enum vdev_result vpci_msi_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value);
/** Registers as hardware has them (boot). */
void vpci_msi_adopt(struct vpci_device *d);
void vpci_msi_reset(struct vpci_device *d);
/** The owner's CPUs changed: hardware may be enabled only if the message is still permitted. */
void vpci_msi_judge(struct vpci_device *d);
/** Hardware as the owner wrote it, permitted or not: Linux takes over. */
void vpci_msi_restore(struct vpci_device *d);

bool vpci_msix_covers(const struct vpci_device *d, u16 offset, unsigned int size);
enum vdev_result vpci_msix_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value);
/** 0, -ENOMEM, or a refusal; @adopt: vectors as hardware has them, else masked. */
int __must_check vpci_msix_init(struct system *s, struct vpci_device *d, bool adopt);
void vpci_msix_free(struct system *s, struct vpci_device *d);
void vpci_msix_reset(struct vpci_device *d);
void vpci_msix_judge(struct vpci_device *d);
void vpci_msix_restore(struct vpci_device *d);
/** Trapped pages of the table. */
enum vdev_result vpci_msix_table_access(struct vcpu *v, void *device, struct mmio_access *a);

#endif /* VDEV_VPCI_H */
