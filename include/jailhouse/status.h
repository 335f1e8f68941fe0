/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Status page: what the hypervisor tells root as data (refusals, events, per-cell state). Published, read-only for root.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef JAILHOUSE_STATUS_H
#define JAILHOUSE_STATUS_H

#include <jailhouse/types.h>

/** What a refusal or finding is about; object/index name an array element of the configuration blob. */
enum jailhouse_object {
	JAILHOUSE_OBJ_NONE = 0,
	JAILHOUSE_OBJ_HEADER,
	JAILHOUSE_OBJ_CPU,		/* index: logical CPU */
	JAILHOUSE_OBJ_MEMORY,		/* index: memory region */
	JAILHOUSE_OBJ_CACHE,
	JAILHOUSE_OBJ_IRQCHIP,
	JAILHOUSE_OBJ_PIO,
	JAILHOUSE_OBJ_PCI_DEVICE,
	JAILHOUSE_OBJ_PCI_CAP,
	JAILHOUSE_OBJ_STREAM_ID,
	JAILHOUSE_OBJ_CONSOLE,
	JAILHOUSE_OBJ_HYPERVISOR,
	JAILHOUSE_OBJ_CELL,
	JAILHOUSE_OBJ_HARDWARE,
};

/**
 * struct jailhouse_refusal - why a request was refused, as data
 * @rule:	number of a rule (common/config/rules), 0: none
 * @error:	negative errno that went to the caller
 * @value:	rule specific: addresses, sizes, limits; the sentence table in common/config says which
 * Turned into a sentence by refusal_format() in common/config, the only table of sentences.
 */
struct jailhouse_refusal {
	__u32 rule;
	__s32 error;
	__u16 object;
	__u16 index;
	__u16 other_object;
	__u16 other_index;
	__s32 cell;		/* id, -1: the new one */
	__s32 other_cell;	/* id of the other party, -1: none */
	__u64 value[4];
	__u8 cell_name[32];	/* NUL-terminated */
	__u8 other_name[32];	/* name of the other cell, or empty */
} __attribute__((packed));

#define JAILHOUSE_STATUS_MAGIC		0x5453484a	/* "JHST" */
#define JAILHOUSE_STATUS_MAX_CELLS	32

/** struct jailhouse_status_cell - state of one cell as the hypervisor sees it (id -1: free slot) */
struct jailhouse_status_cell {
	__s32 id;
	__u32 state;		/* JAILHOUSE_CELL_* */
	__u32 failed_cpus;
	__u32 flags;		/* JAILHOUSE_STATUS_* */
} __attribute__((packed));

#define JAILHOUSE_STATUS_LOADABLE	0x1
#define JAILHOUSE_STATUS_DMA_UNISOLATED	0x2	/* owns a bus-mastering device, no IOMMU active */

/** What JAILHOUSE_HC_X_VERIFY proves. */
enum jailhouse_verify_clause {
	JAILHOUSE_VERIFY_GRANTED,	/* no cell reaches memory, or with rights, that it does not own */
	JAILHOUSE_VERIFY_COMPLETE,	/* each cell reaches all memory that it owns */
	JAILHOUSE_VERIFY_SHARING,	/* no memory has several owners unless declared */
	JAILHOUSE_VERIFY_HYPERVISOR,	/* hypervisor memory: published pages only, each to its own cell */
	JAILHOUSE_VERIFY_PERMISSIONS,	/* maps of ports and model-specific registers are what policy and owners say */
	JAILHOUSE_VERIFY_CPUS,		/* each CPU has one owner and works for it */
	JAILHOUSE_VERIFY_HOST_TABLES,	/* the hypervisor's own tables: W^X, nothing of cells, of Linux or of other CPUs */
	JAILHOUSE_VERIFY_CLAUSES
};

/**
 * struct jailhouse_verify - result of a verification
 * @digest:	FNV-1a over the 64-bit words of the canonical map: for each cell in the order of ids its id, CPUs, every mapping (address,
 *		physical address, size, rights) and its permission maps. Finds accidents, not forgeries. Equal before a cell
 *		is created and after it was destroyed.
 * @mappings:	how many were compared
 * @violations:	how often each clause was violated, by enum jailhouse_verify_clause
 * @clause, @cell, @address: the first violation; @cell -1: none in particular; the guest-physical address, or a CPU's number
 */
struct jailhouse_verify {
	__u64 digest;
	__u64 mappings;
	__u32 violations[JAILHOUSE_VERIFY_CLAUSES];
	__u32 clause;
	__s32 cell;
	__u32 reserved;
	__u64 address;
} __attribute__((packed));

_Static_assert(sizeof(struct jailhouse_verify) == 64, "result of VERIFY is ABI");

/**
 * struct hv_status_page - written by the hypervisor only
 * @generation: +1 after each change that root should look at; the driver polls it, then notifies sysfs and sends uevents.
 * @refusal_seq: odd while @refusal is being written
 * @root_stop_max: longest time, in ticks of the TSC, that a management call has kept root's CPUs from
 *	running Linux, since enable: from the caller's exit to its entry. Those that are suspended for
 *	it are stopped within that time.
 * @mitigations: JAILHOUSE_MITIGATE_* that at least one CPU has chosen (mitigations.h)
 * @verify: of the last JAILHOUSE_HC_X_VERIFY that came to its end
 */
struct hv_status_page {
	__u32 magic;
	__u32 size;
	__u32 generation;
	__u32 refusal_seq;
	struct jailhouse_refusal refusal;
	struct jailhouse_status_cell cells[JAILHOUSE_STATUS_MAX_CELLS];
	__u64 root_stop_max;
	__u32 mitigations;
	__u32 reserved;
	struct jailhouse_verify verify;
} __attribute__((packed));

#endif /* JAILHOUSE_STATUS_H */
