/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmio - accesses to guest-physical addresses that stage 2 does not map, dispatched to emulated or
 * moderated regions.
 */
#ifndef HV_MMIO_H
#define HV_MMIO_H

#include <hv/types.h>

struct vcpu;
struct cell;

struct mmio_access {
	gpa_t addr;
	u8 size; /* 1, 2, 4, 8 bytes; never crosses a naturally aligned 8-byte word unless the
		    region says IO_UNALIGNED */
	bool is_write;
	u64 value;		/* in for writes, out for reads (zero-extended) */
};

enum vdev_result {
	VDEV_OK,
	VDEV_UNHANDLED,		/* nobody's */
	/* forbidden: violation policy (cell: stop that CPU; root: all ones / dropped) */
	VDEV_DENIED,
	VDEV_GP,		/* architectural #GP(0) for the guest */
	VDEV_SKIP,		/* swallowed silently: read all ones / write dropped, no log */
};

typedef enum vdev_result (*mmio_handler_t)(struct vcpu *vcpu, void *arg, struct mmio_access *a);

struct mmio_region {
	u64 start, size;
	mmio_handler_t handler;
	void *arg;
};

/** Sorted array; constant once the cell is prepared: exits read it without a lock. */
struct mmio_table {
	struct mmio_region *regions;	/* from the pool, fixed capacity */
	u32 count, capacity;
};

/** Room for @capacity regions; 0 or -ENOMEM. */
int __must_check mmio_table_init(struct cell *c, u32 capacity);
void mmio_table_destroy(struct cell *c);
/**
 * -ENOMEM when full, -EBUSY when it overlaps a registered region. Only in cell_prepare of a
 * subsystem.
 */
int __must_check mmio_register(struct cell *c, u64 start, u64 size, mmio_handler_t h, void *arg);
enum vdev_result mmio_dispatch(struct vcpu *vcpu, struct mmio_access *a);

#endif /* HV_MMIO_H */
