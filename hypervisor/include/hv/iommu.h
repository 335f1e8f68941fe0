/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iommu - DMA domains, apart from stage 2. iommu/none.c is the answer of a machine without one.
 */
#ifndef HV_IOMMU_H
#define HV_IOMMU_H

#include <hv/cell.h>

struct iommu_ops {
	const char *name;
	bool isolates;			/* sets SYSTEM_CAP_IOMMU */
	int (*init)(struct system *s);
	int (*domain_prepare)(struct cell *c);
	void (*domain_abort)(struct cell *c);
	/**
	 * Map/unmap extents with PT_* rights for the cell's devices. prepare may fail, commit not.
	 */
	int (*prepare_map)(struct cell *c, iova_t va, u64 size, u32 flags);
	void (*commit_map)(struct cell *c, iova_t va, hpa_t pa, u64 size, u32 flags);
	void (*commit_unmap)(struct cell *c, iova_t va, u64 size);
	/** @device: segment << 16 | BDF. */
	void (*attach)(struct cell *c, u32 device);
	void (*detach)(struct cell *c, u32 device);
	void (*flush)(struct cell *c);
	void (*poll_faults)(struct system *s);
	void (*shutdown)(struct system *s);
};

extern const struct iommu_ops iommu_none;

/** JAILHOUSE_STATUS_* bits of @c that the IOMMU state decides: DMA_UNISOLATED. */
u32 iommu_cell_flags(const struct cell *c);

/**
 * irq_route - one interrupt from (source, index) to (vcpu, vector); used by vioapic, MSI and MSI-X.
 */
struct irq_route {
	u32 source;			/* segment:BDF or IOAPIC id */
	u16 index;			/* pin or MSI-X entry */
	bool valid, masked;
	/* MSI address/data or redirection entry as the guest wrote it */
	u64 raw_address;
	u64 raw_data;
	struct pcpu *target;		/* decoded */
	u8 vector;
};

#endif /* HV_IOMMU_H */
