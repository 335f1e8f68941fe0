/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iommu - DMA domains, apart from stage 2. iommu/none.c is the answer of a machine without one.
 *
 * iommu/iommu.c keeps each domain's tables (cell.dma) and says when to do what; a unit's driver
 * gives the format of its tables and drives the hardware.
 */
#ifndef HV_IOMMU_H
#define HV_IOMMU_H

#include <hv/cell.h>

struct iommu_ops {
	const char *name;
	bool isolates;			/* sets SYSTEM_CAP_IOMMU */
	/** Of the tables; NULL: domains have none. Asked after init. */
	const struct pt_format *(*format)(void);
	/** Look, change nothing. -ENODEV: the machine has no such unit, the next driver is asked. */
	int (*init)(struct system *s);
	/** What a domain needs besides its tables; @c->dma is empty so far. abort undoes it. */
	int (*domain_prepare)(struct cell *c);
	void (*domain_abort)(struct cell *c);
	/** End of boot: all of root's devices are attached, translation begins. Cannot fail. */
	void (*start)(struct system *s);
	/**
	 * @device: segment << 16 | BDF. A detached device reaches nothing, once its old domain has
	 * been flushed.
	 */
	void (*attach)(struct cell *c, u32 device);
	void (*detach)(struct cell *c, u32 device);
	/** Returns when no device uses anything of @c's domain that its tables no longer say. */
	void (*flush)(struct cell *c);
	void (*poll_faults)(struct system *s);
	/** Disable: no translation, as Linux had it. */
	void (*shutdown)(struct system *s);
};

extern const struct iommu_ops iommu_none;

/** JAILHOUSE_STATUS_* bits of @c that the IOMMU state decides: DMA_UNISOLATED. */
u32 iommu_cell_flags(const struct cell *c);

/** End of system_init(): root's devices get its domain. Cannot fail. */
void iommu_start(struct system *s);

/** A domain for @c, with empty tables where the unit has some (@c->dma). 0 or -Exxx. abort undoes it, but for the tables. */
int __must_check iommu_prepare(struct system *s, struct cell *c);
void iommu_abort(struct system *s, struct cell *c);
/** What @m adds to @c's domain; false: nothing. */
struct pt_range;
bool iommu_range(const struct cell *c, const struct jailhouse_memory *m, struct pt_range *out);
/** Returns when no device of root reaches what its tables no longer say. */
void iommu_flush_root(struct system *s);

#endif /* HV_IOMMU_H */
