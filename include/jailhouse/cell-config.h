/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Layout of the binary configurations: a cell (.cell), and the system with its root cell.
 *
 * A cell is its descriptor followed by these arrays, without gaps:
 *
 *	CPU bitmap (cpu_set_size bytes) · memory · cache · irqchips · port ranges · PCI devices · PCI capabilities · stream ids
 *	· extension block, if JAILHOUSE_CELL_X_EXTENSION is set
 *
 * A system is struct jailhouse_system followed by the arrays of its root cell. Everything is little endian and packed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_CELL_CONFIG_H
#define JAILHOUSE_CELL_CONFIG_H

#include <jailhouse/types.h>
#include <jailhouse/console.h>
#include <jailhouse/pci_defs.h>

#if !defined(__KERNEL__) && !defined(ARRAY_SIZE)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

/* architecture */
#define JAILHOUSE_X86		0
#define JAILHOUSE_ARM		1
#define JAILHOUSE_ARM64		2

/* The one revision that is read; older ones are refused by name. */
#define JAILHOUSE_CONFIG_REVISION	14

#define JAILHOUSE_CELL_NAME_MAXLEN	31

#define JAILHOUSE_CELL_DESC_SIGNATURE	"JHCLL"
#define JAILHOUSE_SYSTEM_SIGNATURE	"JHSYS"

/* Cell flags. Bits 8-23 are this project's extensions. */
#define JAILHOUSE_CELL_PASSIVE_COMMREG			0x00000001
#define JAILHOUSE_CELL_TEST_DEVICE			0x00000002
#define JAILHOUSE_CELL_AARCH32				0x00000004
#define JAILHOUSE_CELL_X_EXTENSION			0x00000100 /* an extension block follows the arrays */
#define JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED	0x40000000
#define JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE		0x80000000

/* System flags */
#define JAILHOUSE_SYS_VIRTUAL_DEBUG_CONSOLE		0x0001

/* Memory flags */
#define JAILHOUSE_MEM_READ		0x0001
#define JAILHOUSE_MEM_WRITE		0x0002
#define JAILHOUSE_MEM_EXECUTE		0x0004
#define JAILHOUSE_MEM_DMA		0x0008
#define JAILHOUSE_MEM_IO		0x0010
#define JAILHOUSE_MEM_COMM_REGION	0x0020
#define JAILHOUSE_MEM_LOADABLE		0x0040
#define JAILHOUSE_MEM_ROOTSHARED	0x0080
#define JAILHOUSE_MEM_NO_HUGEPAGES	0x0100
#define JAILHOUSE_MEM_IO_UNALIGNED	0x8000
#define JAILHOUSE_MEM_IO_WIDTH_SHIFT	16 /* the access width in bytes, shifted, is its permission bit */
#define JAILHOUSE_MEM_IO_8		(1 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define JAILHOUSE_MEM_IO_16		(2 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define JAILHOUSE_MEM_IO_32		(4 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define JAILHOUSE_MEM_IO_64		(8 << JAILHOUSE_MEM_IO_WIDTH_SHIFT)

/* A region that does not fill whole pages of the cell is emulated access by access. */
#define JAILHOUSE_MEMORY_IS_SUBPAGE(mem) \
	((((mem)->virt_start | (mem)->size) & 0xfffULL) != 0)

/* The four regions of a two-peer network link at @start, as seen by peer @dev_id (0 or 1) */
#define JAILHOUSE_SHMEM_NET_REGIONS(start, dev_id)					\
	{										\
		.phys_start = (start),							\
		.virt_start = (start),							\
		.size = 0x1000,								\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED,			\
	},										\
	{ 0 },										\
	{										\
		.phys_start = (start) + 0x1000,						\
		.virt_start = (start) + 0x1000,						\
		.size = 0x7f000,							\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED |		\
			((dev_id) == 0 ? JAILHOUSE_MEM_WRITE : 0),			\
	},										\
	{										\
		.phys_start = (start) + 0x80000,					\
		.virt_start = (start) + 0x80000,					\
		.size = 0x7f000,							\
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED |		\
			((dev_id) == 1 ? JAILHOUSE_MEM_WRITE : 0),			\
	}

/* Cache types and flags */
#define JAILHOUSE_CACHE_L3_CODE		0x01
#define JAILHOUSE_CACHE_L3_DATA		0x02
#define JAILHOUSE_CACHE_L3		(JAILHOUSE_CACHE_L3_CODE | JAILHOUSE_CACHE_L3_DATA)

#define JAILHOUSE_CACHE_ROOTSHARED	0x0001

/* PCI device types */
#define JAILHOUSE_PCI_TYPE_DEVICE	0x01
#define JAILHOUSE_PCI_TYPE_BRIDGE	0x02
#define JAILHOUSE_PCI_TYPE_IVSHMEM	0x03

/* ivshmem protocols */
#define JAILHOUSE_SHMEM_PROTO_UNDEFINED		0x0000
#define JAILHOUSE_SHMEM_PROTO_VETH		0x0001
#define JAILHOUSE_SHMEM_PROTO_CUSTOM		0x4000 /* 0x4000 .. 0x7fff */
#define JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT	0x8000 /* plus the virtio device type */
#define JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK	0xc000 /* plus the virtio device type */

#define VIRTIO_DEV_NET		1
#define VIRTIO_DEV_BLOCK	2
#define VIRTIO_DEV_CONSOLE	3

/* BAR size masks of ivshmem devices: registers, and with MSI-X the vector table */
#define JAILHOUSE_IVSHMEM_BAR_MASK_INTX \
	{ 0xfffff000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000 }
#define JAILHOUSE_IVSHMEM_BAR_MASK_MSIX \
	{ 0xfffff000, 0xfffff000, 0x00000000, 0x00000000, 0x00000000, 0x00000000 }
#define JAILHOUSE_IVSHMEM_BAR_MASK_INTX_64K \
	{ 0xffff0000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000 }
#define JAILHOUSE_IVSHMEM_BAR_MASK_MSIX_64K \
	{ 0xffff0000, 0xffff0000, 0x00000000, 0x00000000, 0x00000000, 0x00000000 }

/* PCI capability: extended ones carry this bit in @id */
#define JAILHOUSE_PCI_EXT_CAP		0x8000
#define JAILHOUSE_PCICAPS_WRITE		0x0001

/* Platform */
#define JAILHOUSE_APIC_MODE_AUTO	0
#define JAILHOUSE_APIC_MODE_XAPIC	1
#define JAILHOUSE_APIC_MODE_X2APIC	2

#define JAILHOUSE_MAX_IOMMU_UNITS	8

#define JAILHOUSE_IOMMU_AMD		1
#define JAILHOUSE_IOMMU_INTEL		2
#define JAILHOUSE_IOMMU_SMMUV3		3
#define JAILHOUSE_IOMMU_PVU		4
#define JAILHOUSE_IOMMU_ARM_MMU500	5

#define PIO_RANGE(range_base, range_length) \
	{ .base = (range_base), .length = (range_length) }

#ifndef __ASSEMBLER__

/**
 * struct jailhouse_cell_desc - fixed part of a cell's configuration
 * @signature:		JAILHOUSE_CELL_DESC_SIGNATURE, no terminator
 * @id:			chosen by the driver; 0 is the root cell
 * @cpu_set_size:	bytes of the CPU bitmap; bit n = logical CPU n
 * @vpci_irq_base:	ARM: first SPI (offset from SPI 0) of virtual PCI devices
 * @cpu_reset_address:	guest-physical address of the first instruction
 * @msg_reply_timeout:	microseconds that the cell may take to answer a message, 0: 10 s
 */
struct jailhouse_cell_desc {
	char signature[5];
	__u8 architecture;
	__u16 revision;

	char name[JAILHOUSE_CELL_NAME_MAXLEN + 1];
	__u32 id;
	__u32 flags;

	__u32 cpu_set_size;
	__u32 num_memory_regions;
	__u32 num_cache_regions;
	__u32 num_irqchips;
	__u32 num_pio_regions;
	__u32 num_pci_devices;
	__u32 num_pci_caps;
	__u32 num_stream_ids;

	__u32 vpci_irq_base;

	__u64 cpu_reset_address;
	__u64 msg_reply_timeout;

	struct jailhouse_console console;
} __attribute__((packed));

/** struct jailhouse_memory - @phys_start: host address (ignored for COMM_REGION), @virt_start: address seen by the cell; bytes */
struct jailhouse_memory {
	__u64 phys_start;
	__u64 virt_start;
	__u64 size;
	__u64 flags;
} __attribute__((packed));

/** struct jailhouse_cache - @start: first way, @size: number of ways */
struct jailhouse_cache {
	__u32 start;
	__u32 size;
	__u8 type;
	__u8 padding;
	__u16 flags;
} __attribute__((packed));

/** struct jailhouse_irqchip - bit n of @pin_bitmap is pin @pin_base + n */
struct jailhouse_irqchip {
	__u64 address;
	__u32 id;
	__u32 pin_base;
	__u32 pin_bitmap[4];
} __attribute__((packed));

struct jailhouse_pio {
	__u16 base;
	__u16 length;
} __attribute__((packed));

/**
 * struct jailhouse_pci_device - a physical or virtual PCI device
 * @bdf:		bus 15:8, device 7:3, function 2:0
 * @bar_mask:		what hardware returns when a BAR is sized
 * @caps_start:		first element in the array of capabilities, @num_caps of them
 * @msix_region_size:	bytes, multiple of a page
 * @msix_address:	physical address of the MSI-X table, page aligned
 * @shmem_regions_start: ivshmem: index of the state table's memory region
 */
struct jailhouse_pci_device {
	__u8 type;
	__u8 iommu;
	__u16 domain;
	__u16 bdf;
	__u32 bar_mask[6];
	__u16 caps_start;
	__u16 num_caps;
	__u8 num_msi_vectors;
	__u8 msi_64bits:1;
	__u8 msi_maskable:1;
	__u16 num_msix_vectors;
	__u16 msix_region_size;
	__u64 msix_address;
	__u32 shmem_regions_start;
	__u8 shmem_dev_id;
	__u8 shmem_peers;
	__u16 shmem_protocol;
} __attribute__((packed));

/** struct jailhouse_pci_capability - @start: offset in configuration space, @len: bytes */
struct jailhouse_pci_capability {
	__u16 id;
	__u16 start;
	__u16 len;
	__u16 flags;
} __attribute__((packed));

/** union jailhouse_stream_id - mask_out: bits that the MMU-500 ignores */
union jailhouse_stream_id {
	__u32 id;
	struct {
		__u16 id;
		__u16 mask_out;
	} __attribute__((packed)) mmu500;
} __attribute__((packed));

/** struct jailhouse_iommu - the list ends at the first unit with base 0 */
struct jailhouse_iommu {
	__u32 type;
	__u64 base;
	__u32 size;

	union {
		struct {
			__u16 bdf;
			__u8 base_cap;
			__u8 msi_cap;
			__u32 features;
		} __attribute__((packed)) amd;

		struct {
			__u64 tlb_base;
			__u32 tlb_size;
		} __attribute__((packed)) tipvu;
	};
} __attribute__((packed));

/**
 * struct jailhouse_system - the machine; root_cell's arrays follow
 * @hypervisor_memory:	phys_start and size are used
 * @platform_info.pci_mmconfig_base: 0: none
 */
struct jailhouse_system {
	char signature[5];
	__u8 architecture;
	__u16 revision;

	__u32 flags;

	struct jailhouse_memory hypervisor_memory;
	struct jailhouse_console debug_console;

	struct {
		__u64 pci_mmconfig_base;
		__u8 pci_mmconfig_end_bus;
		__u8 pci_is_virtual;
		__u16 pci_domain;
		struct jailhouse_iommu iommu_units[JAILHOUSE_MAX_IOMMU_UNITS];
		union {
			struct {
				__u16 pm_timer_address;
				__u8 apic_mode;
				__u8 padding;
				__u32 vtd_interrupt_limit;
				__u32 tsc_khz;
				__u32 apic_khz;
			} __attribute__((packed)) x86;
			struct {
				__u8 maintenance_irq;
				__u8 gic_version;
				__u8 padding[2];
				__u64 gicd_base;
				__u64 gicc_base;
				__u64 gich_base;
				__u64 gicv_base;
				__u64 gicr_base;
			} __attribute__((packed)) arm;
		} __attribute__((packed));
	} __attribute__((packed)) platform_info;

	struct jailhouse_cell_desc root_cell;
} __attribute__((packed));

/*
 * Extension block (this project's own): struct jailhouse_ext_block, then elements until @size is used up. Driver and hypervisor refuse
 * all tags.
 */
#define JAILHOUSE_EXT_MAGIC	0x5458454a	/* "JEXT" */

/** struct jailhouse_ext_block - @size: bytes of the whole block, this header included */
struct jailhouse_ext_block {
	__u32 magic;
	__u32 size;
} __attribute__((packed));

/** struct jailhouse_ext_element - @length: bytes of data that follow this header */
struct jailhouse_ext_element {
	__u32 tag;
	__u32 length;
} __attribute__((packed));

/*
 * JAILHOUSE_EXT_PLACE: memory whose address is found when the configuration is used. The command finds it, writes it and takes the
 * element away before the driver gets the configuration.
 */
#define JAILHOUSE_EXT_PLACE		1
#define JAILHOUSE_EXT_HYPERVISOR	0xffffffff

/**
 * struct jailhouse_ext_place - @region: index of the memory region, or JAILHOUSE_EXT_HYPERVISOR, the hypervisor's memory; phys_start is 0
 * there; @align: of the address, a power of two, or 0: as its use asks for
 */
struct jailhouse_ext_place {
	__u32 region;
	__u32 reserved;
	__u64 align;
} __attribute__((packed));

_Static_assert(sizeof(struct jailhouse_ext_place) == 16, "extension element is ABI");
_Static_assert(sizeof(struct jailhouse_cell_desc) == 132, "cell descriptor is ABI");
_Static_assert(offsetof(struct jailhouse_cell_desc, cpu_reset_address) == 84, "cell descriptor is ABI");
_Static_assert(offsetof(struct jailhouse_cell_desc, console) == 100, "cell descriptor is ABI");
_Static_assert(sizeof(struct jailhouse_memory) == 32, "memory region is ABI");
_Static_assert(sizeof(struct jailhouse_cache) == 12, "cache region is ABI");
_Static_assert(sizeof(struct jailhouse_irqchip) == 32, "irqchip is ABI");
_Static_assert(sizeof(struct jailhouse_pio) == 4, "port range is ABI");
_Static_assert(sizeof(struct jailhouse_pci_device) == 56, "PCI device is ABI");
_Static_assert(offsetof(struct jailhouse_pci_device, msix_address) == 40, "PCI device is ABI");
_Static_assert(sizeof(struct jailhouse_pci_capability) == 8, "PCI capability is ABI");
_Static_assert(sizeof(union jailhouse_stream_id) == 4, "stream id is ABI");
_Static_assert(sizeof(struct jailhouse_iommu) == 28, "IOMMU unit is ABI");
_Static_assert(sizeof(struct jailhouse_system) == 488, "system configuration is ABI");
_Static_assert(offsetof(struct jailhouse_system, platform_info) == 76, "system configuration is ABI");
_Static_assert(offsetof(struct jailhouse_system, platform_info.x86) == 312, "system configuration is ABI");
_Static_assert(offsetof(struct jailhouse_system, root_cell) == 356, "system configuration is ABI");

#endif /* __ASSEMBLER__ */

#endif /* JAILHOUSE_CELL_CONFIG_H */
