/* SPDX-License-Identifier: GPL-2.0 */
/*
 * system - the one owner of cells, CPUs, pools and the configuration; passed to core functions, one instance in main/.
 */
#ifndef HV_SYSTEM_H
#define HV_SYSTEM_H

#include <hv/types.h>
#include <hv/vcpu.h>
#include <hv/page_pool.h>
#include <common/config/config.h>
#include <jailhouse/cell-config.h>
#include <jailhouse/status.h>
#include <jailhouse/image.h>

struct cell;
struct subsys_ops;
struct iommu_ops;

struct system {
	/* constant after boot */
	const struct jailhouse_system *config;	/* private copy */
	u64 config_size;
	struct system_view view;		/* of @config; set by system_init() */
	hpa_t hv_phys;				/* hypervisor memory */
	u64 hv_size;
	struct pcpu *pcpus;			/* [max_cpus], index = logical CPU */
	u32 max_cpus;
	const struct subsys_ops *const *subsystems;	/* NULL-terminated, in init order */
	const struct iommu_ops *const *iommus;	/* drivers to try, NULL-terminated; NULL: none */
	const struct iommu_ops *iommu;		/* the one in use, set by its init; NULL: none */
	struct hv_status_page *status;
	struct hv_console_ring *console;
	u32 caps;				/* SYSTEM_CAP_* */

	/* changed with management quiesced */
	struct page_pool pool;			/* private pages */
	struct page_pool published;		/* comm pages and the like */
	struct cell *root;
	struct cell *cells;			/* list in id order, root first */
	u32 cell_count;

	u32 subsystems_up;			/* how many of the list are initialized */
	struct cell *pending_cell;		/* the one cell whose pending != CELL_PENDING_NONE; not listed while BUILD or FREE */
	s32 slice;				/* table entries that one call fills or frees at most */
	u32 changes;				/* counts what may have changed cells or owners */
	u64 quiesced[4];			/* CPUs that mgmt_quiesce() suspended */

	spinlock_t mgmt_lock;			/* one management operation at a time; only ever tried, never waited for */
	spinlock_t status_lock;			/* guards *status and changes of the cell list */
	bool status_stale;			/* a cell was seen to have ended; status_refresh() tells root */
	struct {
		spinlock_t lock;		/* guards the rest */
		u32 arrived, round;
		int result;			/* of the round before @round */
	} leave;				/* barrier of HC_DISABLE */
	bool shutting_down;			/* root CPUs leave */
};

#define SYSTEM_CAP_IOMMU	0x1		/* an IOMMU isolates DMA */

static inline struct pcpu *system_cpu(struct system *s, u32 id)
{
	return id < s->max_cpus && s->pcpus[id].online ? &s->pcpus[id] : NULL;
}

struct pcpu *system_cpu_by_hw_id(struct system *s, u64 hw_id);

/**
 * Boot, once, on the first CPU, after the arch filled config … pool: validates the system configuration (common/config), creates the
 * root cell with its stage 2, inits subsystems. 0 or -Exxx with the refusal in the status page; nothing of Linux touched.
 */
int __must_check system_init(struct system *s);
/**
 * Subsystems release hardware. Called by HC_DISABLE on the CPU that arrives last, before the first one leaves; harmless when called again.
 * Cannot fail.
 */
void system_shutdown(struct system *s);

#endif /* HV_SYSTEM_H */
