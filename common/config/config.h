/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config - bounds-checked views of a configuration blob, and every rule that a configuration has to keep.
 *
 * Pure: no state, no allocation, no output. Tool, driver and hypervisor call the same functions, each on a copy of its own that nobody
 * else can change meanwhile. All return 0, or the negative error of the broken rule with @r filled (rules.h).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef COMMON_CONFIG_CONFIG_H
#define COMMON_CONFIG_CONFIG_H

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/status.h>
#include <common/config/rules.h>

/* Largest blobs that are accepted, bytes */
#define CONFIG_MAX_CELL_SIZE	0x10000
#define CONFIG_MAX_SYSTEM_SIZE	0x40000
/* CPU numbers are below this (HV_MAX_CPUS) */
#define CONFIG_MAX_CPUS		255
/* Bytes of a CPU bitmap */
#define CONFIG_MAX_CPU_SET_SIZE	4096
/* Interrupt controllers of a cell, pins of an IOAPIC */
#define CONFIG_MAX_IRQCHIPS	16
#define CONFIG_MAX_IOAPIC_PINS	120
/* Longest time that a cell may take to answer: callers wait for it */
#define CONFIG_MAX_REPLY_TIMEOUT_US	3600000000ULL
/* Ends of an ivshmem link, and their interrupt vectors */
#define CONFIG_MAX_IVSHMEM_PEERS	12
#define CONFIG_MAX_IVSHMEM_VECTORS	16

/**
 * struct cell_view - a cell's configuration with every array checked against the size of the blob
 * The pointers go into the blob, which may be unaligned (all structs are packed); an array without elements has a valid pointer too.
 * @size: bytes of the blob, from the descriptor on
 */
struct cell_view {
	const struct jailhouse_cell_desc *desc;
	const __u8 *cpu_set;
	const struct jailhouse_memory *mem;
	const struct jailhouse_cache *cache;
	const struct jailhouse_irqchip *irqchips;
	const struct jailhouse_pio *pio;
	const struct jailhouse_pci_device *pci_devices;
	const struct jailhouse_pci_capability *pci_caps;
	const union jailhouse_stream_id *stream_ids;
	const struct jailhouse_ext_block *extension;	/* NULL: none */
	__u32 cpu_set_size;				/* bytes */
	__u32 num_mem, num_cache, num_irqchips, num_pio, num_pci_devices, num_pci_caps, num_stream_ids;
	__u32 size;
	bool is_root;
};

/** struct system_view - the machine and its root cell */
struct system_view {
	const struct jailhouse_system *system;
	struct cell_view root;
	__u32 size;
};

/** Signature, revision, architecture, and that @size is exactly what the counts ask for. */
int cell_view_init(struct cell_view *v, const void *blob, size_t size, struct jailhouse_refusal *r);
int system_view_init(struct system_view *v, const void *blob, size_t size, struct jailhouse_refusal *r);

/**
 * How many bytes the system configuration has, as far as its first @have bytes at @blob tell. Greater than @have: fetch that many
 * bytes and ask again. For readers that are given no size; check the answer against CONFIG_MAX_SYSTEM_SIZE. Never overflows.
 */
__u64 config_system_size(const void *blob, __u64 have);
/** The same of a cell, whose whole descriptor is there. */
__u64 config_cell_size(const struct jailhouse_cell_desc *d, __u64 have);

/** GICv3: bytes of a redistributor, which has two frames. Who sees the machine and finds four, as in GICv4, says so here. */
extern __u32 config_redistributor_size;
/**
 * Bits of the machine's physical addresses: the architecture's limit. Who sees the machine and finds fewer says so here, for a table entry
 * with an address that the CPU does not have is a fault that nobody can handle (APM vol. 2, 8.4.2: reserved bits; ARM ARM: address size fault).
 */
extern __u32 config_phys_bits;

/** What can be said about a cell alone. The id is not looked at: the driver chooses it. */
int config_check_cell(const struct cell_view *cell, struct jailhouse_refusal *r);

/** The machine, and its root cell (config_check_cell() included). */
int config_check_system(const struct system_view *sys, struct jailhouse_refusal *r);

/**
 * A cell that passed config_check_cell() on a machine that passed config_check_system(): CPUs, memory, ports, pins and devices are
 * the root cell's by configuration, nothing touches the hypervisor, APIC, IOAPICs, MMCONFIG or IOMMUs; names differ from root's;
 * ivshmem links with the root cell agree.
 */
int config_check_cell_in_system(const struct cell_view *cell, const struct system_view *sys, struct jailhouse_refusal *r);

/**
 * Two non-root cells that are to exist at the same time, @cell being the new one: name, id, CPUs, memory, ports, pins, devices, ivshmem
 * links. A page may be named by both only if both regions carry ROOTSHARED or belong to one ivshmem link.
 */
int config_check_cell_pair(const struct cell_view *cell, const struct cell_view *other, struct jailhouse_refusal *r);

/** The id that the driver wrote into the descriptor: not root's, and not the one that means none. */
int config_check_cell_id(const struct cell_view *cell, struct jailhouse_refusal *r);

/* --- helpers for those who act on a configuration --- */

/** Is @cpu in the bitmap? False beyond its end. */
static inline bool cell_view_has_cpu(const struct cell_view *v, __u32 cpu)
{
	return cpu / 8 < v->cpu_set_size && (v->cpu_set[cpu / 8] >> (cpu % 8) & 1);
}

/**
 * What may be overwritten with zeros when @cell's memory changes its owner, as far as @root's region covers it. IO says device,
 * wherever it stands; but a device's registers are also found without that flag, so one side has to say what is never said of
 * registers: that code can run there, that devices may reach it, or that an image is loaded there.
 */
static inline bool config_is_ram(const struct jailhouse_memory *cell, const struct jailhouse_memory *root)
{
	__u64 flags = cell->flags | root->flags;

	return !(flags & JAILHOUSE_MEM_IO) &&
		flags & (JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE);
}

/** The index of the COMM_REGION, or -1. */
int cell_view_comm_region(const struct cell_view *v);

/** Is memory region @index one of ivshmem device @dev's sections? */
bool config_region_in_link(const struct jailhouse_pci_device *dev, __u32 index);

/* --- claims: the numbers that elements of a configuration name --- */

enum claim_kind {
	CLAIM_PHYS,		/* physical memory */
	CLAIM_VIRT,		/* guest addresses */
	CLAIM_IRQCHIP,		/* address of the chip, plus pins */
	CLAIM_PORT,
	CLAIM_PCI,		/* pci_address() */
	CLAIM_MSIX,		/* physical memory of MSI-X tables */
};

/** struct item - an element of a configuration, for people; @cell may be NULL when the blob has not been understood so far */
struct item {
	const struct cell_view *cell;
	__u16 object, index;
};

/** struct claim - a range of numbers; @size 0: of none */
struct claim {
	struct item by;
	__u64 start, size;
};

/* The n-th element that may claim; false behind the last one. */
bool config_claim(const struct cell_view *cell, enum claim_kind kind, __u32 n, struct claim *c);
/* The first claim that has a part of the range. */
bool config_find_claim(const struct cell_view *cell, enum claim_kind kind, __u64 start, __u64 size, struct claim *c);

#endif /* COMMON_CONFIG_CONFIG_H */
