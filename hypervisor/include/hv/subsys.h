/* SPDX-License-Identifier: GPL-2.0 */
/*
 * subsys - how vdev, irqchip and iommu take part in the life of a cell without the core knowing
 * them. Any member may be NULL. Order of the list = order of calls; undo in reverse.
 */
#ifndef HV_SUBSYS_H
#define HV_SUBSYS_H

#include <hv/cell.h>

struct subsys_ops {
	const char *name;
	/**
	 * Boot: after the root cell object exists (its cell_prepare is called as for any cell). May
	 * fail.
	 */
	int (*init)(struct system *s);
	/**
	 * May fail; nothing visible to guests or hardware. Refusals go through refuse(). Registered
	 * mmio regions go with the cell's table.
	 */
	int (*cell_prepare)(struct system *s, struct cell *c);
	/** Undo of a successful prepare that will not be committed, and last step of destroy. */
	void (*cell_abort)(struct system *s, struct cell *c);
	/** Take @c's resources from root. Cannot fail. */
	void (*cell_commit)(struct mgmt_token m, struct system *s, struct cell *c);
	/** Give @c's resources back to root. Cannot fail. */
	void (*cell_release)(struct mgmt_token m, struct system *s, struct cell *c);
	/** Before every start and at set-loadable: devices of @c are quiet and reset. */
	void (*cell_reset)(struct system *s, struct cell *c);
	/** On the CPU itself, when it enters or leaves a cell. */
	void (*cpu_assigned)(struct vcpu *v);
	void (*cpu_released)(struct vcpu *v);
	/** Disable: hardware back as Linux knows it. */
	void (*shutdown)(struct system *s);
};

/* Call member @op of all that have it, in order. */
#define subsystems_call(s, op, ...)						\
	do {									\
		const struct subsys_ops *const *ops_;				\
										\
		for (ops_ = (s)->subsystems; *ops_; ops_++)			\
			if ((*ops_)->op)					\
				(*ops_)->op(__VA_ARGS__);			\
	} while (0)

/* On every architecture */
extern const struct subsys_ops subsys_iommu, subsys_subpage;

#endif /* HV_SUBSYS_H */
