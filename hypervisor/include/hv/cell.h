/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell - a partition: its configuration copy, CPUs, address space, published communication page, trapped regions, subsystem state.
 */
#ifndef HV_CELL_H
#define HV_CELL_H

#include <hv/types.h>
#include <hv/system.h>
#include <hv/pt.h>
#include <hv/mmio.h>
#include <arch/cell.h>			/* struct arch_cell */
#include <hv/cell_memory.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/hypercall.h>

struct vpci_device;
struct vioapic;

/** What a cell waits for between two calls of one management hypercall (-EAGAIN in between); root runs meanwhile. */
enum cell_pending {
	CELL_PENDING_NONE,
	CELL_PENDING_REPLY,		/* shutdown request posted; until reply, end of cell or deadline */
	CELL_PENDING_SCRUB,		/* its CPUs scrub what changes its owner */
	CELL_PENDING_MOVE,		/* stopped; memory for its image moves between root and it */
	CELL_PENDING_BUILD,		/* being created: its tables are filled, its memory taken from root */
	CELL_PENDING_FREE,		/* destroyed or given up: its memory goes back to root, its tables are freed */
};

struct cell {
	struct cell *next;
	struct system *sys;
	u32 id;
	struct jailhouse_cell_desc *config;	/* private copy, whole blob */
	u32 config_size, config_pages;
	struct cell_view view;			/* over *config; filled before any subsystem sees the cell, root included */
	u64 cpu_set[4];				/* CPUs owned now (root: shrinks and grows); bit = logical CPU, max 255 */
	struct pt stage2;
	struct pt dma;				/* iommu/iommu.c: tables of the DMA domain; root NULL: none */
	bool has_domain;
	u32 reserved_tables;			/* core/cell_memory: pages set apart for root's, until the cell is gone */
	u32 subsystems;				/* how many are prepared */
	struct mem_plan move;			/* of what memory moves now, and how far that has come */
	struct {
		u64 source;			/* where root has the configuration */
		u32 parts;			/* that are done or begun, see core/cell_memory */
		struct pt_range rest;		/* of the last of them */
	} build;
	struct jailhouse_comm_region *comm;	/* published page */
	bool loadable;				/* between SET_LOADABLE and START */
	bool started;				/* ran since its memory was last scrubbed */
	u32 hv_state;				/* state that the hypervisor set; a cell's own word counts only where docs/STATES.md says */
	enum cell_pending pending;
	u64 deadline_us;
	u32 pending_op;				/* hypercall that waits */
	bool request_posted;			/* pending reply: the shutdown request has been written */
	u64 info_deadline_us;			/* an informational message may be unanswered until then; 0: none */
	struct {
		spinlock_t lock;		/* guards the rest; @active is also read without it */
		struct mem_plan plan;
		u64 next, end;			/* rest of the current extent */
		u32 busy;			/* CPUs that work on a chunk */
		bool active;
	} scrub;
	struct mmio_table mmio;
	u32 denied_log_budget;			/* rate limit of guest-triggered log lines */
	/* subsystem state, owned by the subsystem named; NULL when unused */
	struct vpci_device *pci_devices;	/* vdev/vpci */
	u32 pci_address_port;			/* vdev/vpci: 0xcf8 */
	struct vioapic *ioapic;			/* vdev/x86/vioapic */
	struct arch_cell arch;
};

static inline bool cell_is_root(const struct cell *c) { return c->id == 0; }
static inline bool cell_owns_cpu(const struct cell *c, u32 cpu)
{
	return cpu < 256 && (c->cpu_set[cpu / 64] >> (cpu % 64) & 1);
}

struct cell *system_find_cell(struct system *s, u32 id);

/** Needs management quiesced: obtained by mgmt_quiesce(), demanded by functions that change cells. */
struct mgmt_token { struct vcpu *caller; };

/** Suspends every other root CPU (kick, wait). */
struct mgmt_token mgmt_quiesce(struct vcpu *caller);
void mgmt_release(struct mgmt_token m);

/** Hypercall table: number, arguments → result (hypercall.h). The caller has checked the guest's privilege level. */
s64 hypercall_handle(struct vcpu *vcpu, u64 nr, u64 arg1, u64 arg2);

/** What the entry code must do after hypercall_handle(HC_DISABLE) or cpu_ctrl_process() asks to leave. */
bool system_should_leave(struct vcpu *vcpu);

#endif /* HV_CELL_H */
