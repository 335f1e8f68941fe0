/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vpci - shared by the files of vdev/vpci*.c only.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef VDEV_VPCI_H
#define VDEV_VPCI_H

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
	u8 count;			/* dwords up to and with the data: 3 or, with 64-bit addresses, 4 */
	u8 length;			/* in bytes, with mask and pending bits */
	u32 regs[4];			/* [count]: control, address, its upper half, data */
};

/** struct vpci_msix - MSI-X capability and table */
struct vpci_msix {
	u8 pos;				/* 0: none */
	u16 count;			/* of vectors; 0: the configuration names none, it stays disabled */
	u32 table_offset;		/* in the page at info->msix_address */
	u32 *table;			/* as the owner wrote it: 4 dwords for each vector */
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

/** Of a dword: the bits that an access of @size bytes at @offset means, at their places. */
static inline u32 vpci_lanes(u16 offset, unsigned int size)
{
	return 0xffffffffu >> (32 - 8 * size) << (8 * (offset & 3));
}

/** What such an access reads of @dword. */
static inline u32 vpci_extract(u32 dword, u16 offset, unsigned int size)
{
	return (dword & vpci_lanes(offset, size)) >> (8 * (offset & 3));
}

/** @dword after @value was written to it by such an access; only bits of @writable change. */
static inline u32 vpci_merge(u32 dword, u32 writable, u16 offset, unsigned int size, u32 value)
{
	u32 mask = vpci_lanes(offset, size) & writable;

	return (dword & ~mask) | (value << (8 * (offset & 3)) & mask);
}

/* All of these need d->lock, or management quiesced. Accesses are naturally aligned. */

/** Header, 0x00–0x3f. */
u32 vpci_header_read(struct vpci_device *d, u16 offset, unsigned int size);
enum vdev_result vpci_header_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value);
/** The owner's BARs are the machine's again. */
void vpci_header_init(struct vpci_device *d);
/** The machine's BARs: those that root's view @roots remembers; NULL: those in hardware. */
void vpci_header_adopt(struct vpci_device *d, const struct vpci_device *roots);
/** A reset of the device loses its BARs. Needs decoding to be off. */
void vpci_header_restore_bars(struct vpci_device *d);

/** Where hardware has its capability @id, or 0. */
u8 vpci_find_capability(u16 bdf, u8 id);

/*
 * Messages. adopt: as hardware has them; sync: hardware's become the owner's, but stay off unless
 * permitted (the owner's CPUs changed) or @always (Linux takes over).
 */
bool vpci_msi_covers(const struct vpci_device *d, u16 offset);
u32 vpci_msi_read(struct vpci_device *d, u16 offset, unsigned int size);
enum vdev_result vpci_msi_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value);
void vpci_msi_adopt(struct vpci_device *d);
void vpci_msi_reset(struct vpci_device *d);
void vpci_msi_sync(struct vpci_device *d, bool always);

bool vpci_msix_covers(const struct vpci_device *d, u16 offset);
enum vdev_result vpci_msix_write(struct vpci_device *d, u16 offset, unsigned int size, u32 value);
/** 0, -ENOMEM, or a refusal; @adopt: vectors as hardware has them, else masked. */
int __must_check vpci_msix_init(struct system *s, struct vpci_device *d, bool adopt);
void vpci_msix_free(struct system *s, struct vpci_device *d);
void vpci_msix_reset(struct vpci_device *d);
void vpci_msix_sync(struct vpci_device *d, bool always);
/** Trapped pages of the table. */
enum vdev_result vpci_msix_table_access(struct vcpu *v, void *device, struct mmio_access *a);

/** A refusal about @d; returns its error. */
int vpci_refuse(struct system *s, const struct vpci_device *d, u32 rule, u64 value1, u64 value2);

#endif /* VDEV_VPCI_H */
