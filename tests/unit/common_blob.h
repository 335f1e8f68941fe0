/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration blobs for tests: arrays of a fixed size that a test changes freely, packed into bytes as a file has them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TESTS_UNIT_COMMON_BLOB_H
#define TESTS_UNIT_COMMON_BLOB_H

#include <stdlib.h>
#include <string.h>
#include <jailhouse/cell-config.h>

#define BLOB_ROOM	24

/** struct blob - a configuration in pieces. The counts in @cell say how much of each array is packed. */
struct blob {
	bool is_system;
	struct jailhouse_system system;		/* without root_cell */
	struct jailhouse_cell_desc cell;
	__u8 cpus[64];
	struct jailhouse_memory mem[BLOB_ROOM];
	struct jailhouse_cache cache[BLOB_ROOM];
	struct jailhouse_irqchip irqchips[BLOB_ROOM];
	struct jailhouse_pio pio[BLOB_ROOM];
	struct jailhouse_pci_device pci[BLOB_ROOM];
	struct jailhouse_pci_capability caps[BLOB_ROOM];
	union jailhouse_stream_id streams[BLOB_ROOM];
	__u8 extension[64];
	size_t extension_size;
	/* filled by blob_pack() */
	void *bytes;
	size_t size;
};

static inline void blob_append(struct blob *b, const void *piece, size_t size)
{
	b->bytes = realloc(b->bytes, b->size + size + 1);
	memcpy((char *)b->bytes + b->size, piece, size);
	b->size += size;
}

/** Exactly the bytes of the configuration, in memory of exactly that size (so that a sanitizer sees every access beyond it). */
static inline void blob_pack(struct blob *b)
{
	void *exact;

	free(b->bytes);
	b->bytes = NULL;
	b->size = 0;
	if (b->is_system)
		blob_append(b, &b->system, offsetof(struct jailhouse_system, root_cell));
	blob_append(b, &b->cell, sizeof(b->cell));
	blob_append(b, b->cpus, b->cell.cpu_set_size);
	blob_append(b, b->mem, b->cell.num_memory_regions * sizeof(b->mem[0]));
	blob_append(b, b->cache, b->cell.num_cache_regions * sizeof(b->cache[0]));
	blob_append(b, b->irqchips, b->cell.num_irqchips * sizeof(b->irqchips[0]));
	blob_append(b, b->pio, b->cell.num_pio_regions * sizeof(b->pio[0]));
	blob_append(b, b->pci, b->cell.num_pci_devices * sizeof(b->pci[0]));
	blob_append(b, b->caps, b->cell.num_pci_caps * sizeof(b->caps[0]));
	blob_append(b, b->streams, b->cell.num_stream_ids * sizeof(b->streams[0]));
	blob_append(b, b->extension, b->extension_size);
	exact = malloc(b->size);
	memcpy(exact, b->bytes, b->size);
	free(b->bytes);
	b->bytes = exact;
}

static inline void blob_free(struct blob *b)
{
	free(b->bytes);
	b->bytes = NULL;
}

#define BLOB_RAM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE)
#define BLOB_COMM	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION)
#define BLOB_MMIO	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO)

static inline __u32 blob_add_mem(struct blob *b, __u64 phys, __u64 virt, __u64 size, __u64 flags)
{
	b->mem[b->cell.num_memory_regions] = (struct jailhouse_memory){ phys, virt, size, flags };
	return b->cell.num_memory_regions++;
}

static inline struct jailhouse_irqchip *blob_add_irqchip(struct blob *b, __u64 address, __u32 pins)
{
	b->irqchips[b->cell.num_irqchips] = (struct jailhouse_irqchip){ .address = address, .pin_bitmap = { pins } };
	return &b->irqchips[b->cell.num_irqchips++];
}

static inline void blob_add_pio(struct blob *b, __u16 base, __u16 length)
{
	b->pio[b->cell.num_pio_regions++] = (struct jailhouse_pio){ base, length };
}

static inline struct jailhouse_pci_device *blob_add_pci(struct blob *b, __u8 type, __u16 bdf)
{
	b->pci[b->cell.num_pci_devices] = (struct jailhouse_pci_device){ .type = type, .bdf = bdf };
	return &b->pci[b->cell.num_pci_devices++];
}

static inline struct jailhouse_pci_capability *blob_add_cap(struct blob *b, __u16 id, __u16 start, __u16 len)
{
	b->caps[b->cell.num_pci_caps] = (struct jailhouse_pci_capability){ .id = id, .start = start, .len = len };
	return &b->caps[b->cell.num_pci_caps++];
}

/** An ivshmem device for @peers peers of which it is number @dev_id, at @base with 64 KiB sections; returns it. */
static inline struct jailhouse_pci_device *blob_add_ivshmem(struct blob *b, __u16 bdf, __u8 peers, __u8 dev_id, __u64 base)
{
	const __u64 shared = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED;
	struct jailhouse_pci_device *d = blob_add_pci(b, JAILHOUSE_PCI_TYPE_IVSHMEM, bdf);
	unsigned int peer;

	*d = (struct jailhouse_pci_device){
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM, .bdf = bdf, .bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_MSIX,
		.num_msix_vectors = 2, .shmem_dev_id = dev_id, .shmem_peers = peers,
	};
	d->shmem_regions_start = blob_add_mem(b, base, base, 0x1000, shared);
	blob_add_mem(b, base + 0x1000, base + 0x1000, 0x1000, shared | JAILHOUSE_MEM_WRITE);
	for (peer = 0; peer < peers; peer++)
		blob_add_mem(b, base + 0x2000 + peer * 0x10000, base + 0x2000 + peer * 0x10000, 0x10000,
			     shared | (peer == dev_id ? JAILHOUSE_MEM_WRITE : 0));
	return d;
}

static inline struct jailhouse_cell_desc blob_descriptor(const char *name)
{
	struct jailhouse_cell_desc d = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.cpu_set_size = 8,
	};

	strcpy(d.name, name);
	return d;
}

/**
 * A good cell "demo": CPU 3, 1 MiB of RAM at 0x3f000000 (region 0), communication region (region 1), COM2, pin 3 of the IOAPIC.
 */
static inline struct blob blob_cell(void)
{
	struct blob b = { .cell = blob_descriptor("demo"), .cpus = { 0x08 } };

	blob_add_mem(&b, 0x3f000000, 0, 0x100000, BLOB_RAM | JAILHOUSE_MEM_LOADABLE);
	blob_add_mem(&b, 0, 0x100000, 0x1000, BLOB_COMM);
	blob_add_pio(&b, 0x2f8, 8);
	blob_add_irqchip(&b, 0xfec00000, 1 << 3);
	return b;
}

/** Another good cell "other" with id 7: CPU 2, RAM at 0x3e000000, COM4, pin 4. */
static inline struct blob blob_other_cell(void)
{
	struct blob b = { .cell = blob_descriptor("other"), .cpus = { 0x04 } };

	b.cell.id = 7;
	blob_add_mem(&b, 0x3e000000, 0, 0x100000, BLOB_RAM | JAILHOUSE_MEM_LOADABLE);
	blob_add_mem(&b, 0, 0x100000, 0x1000, BLOB_COMM);
	blob_add_pio(&b, 0x2e8, 8);
	blob_add_irqchip(&b, 0xfec00000, 1 << 4);
	return b;
}

/**
 * A good machine: CPUs 0-3, hypervisor at 0x3a000000 (6 MiB), RAM below (region 0) and above (region 1) it, PCI window at 0xc0000000
 * (region 2), MMCONFIG at 0xb0000000 for 64 buses, one IOAPIC, all ports but PCI's, device 00:02.0.
 */
static inline struct blob blob_system(void)
{
	struct blob b = { .is_system = true, .cell = blob_descriptor("machine"), .cpus = { 0x0f } };

	b.system = (struct jailhouse_system){
		.signature = JAILHOUSE_SYSTEM_SIGNATURE,
		.architecture = JAILHOUSE_X86,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.hypervisor_memory = { .phys_start = 0x3a000000, .size = 0x600000 },
		.debug_console = { .address = 0x3e8, .type = JAILHOUSE_CON_TYPE_8250 },
		.platform_info = { .pci_mmconfig_base = 0xb0000000, .pci_mmconfig_end_bus = 0x3f },
	};
	blob_add_mem(&b, 0, 0, 0x3a000000, BLOB_RAM | JAILHOUSE_MEM_DMA);
	blob_add_mem(&b, 0x3a600000, 0x3a600000, 0x5a00000, BLOB_RAM | JAILHOUSE_MEM_DMA);
	blob_add_mem(&b, 0xc0000000, 0xc0000000, 0x1000000, BLOB_MMIO);
	blob_add_irqchip(&b, 0xfec00000, 0xffffff);
	blob_add_pio(&b, 0, 0xcf8);
	blob_add_pio(&b, 0xd00, 0xf300);
	blob_add_pci(&b, JAILHOUSE_PCI_TYPE_DEVICE, 0x02 << 3);
	return b;
}

#endif /* TESTS_UNIT_COMMON_BLOB_H */
