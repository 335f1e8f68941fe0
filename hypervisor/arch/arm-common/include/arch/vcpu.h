/* SPDX-License-Identifier: GPL-2.0 */
/* vcpu - state of an ARM CPU: what others may know of it, and its own. */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <hv/types.h>
#include <hv/arm/vgic_cpu.h>
#include <hv/arm/psci_cpu.h>

struct arch_pcpu {
	u32 kick_pending;		/* an SGI is on its way; atomic */
	u8 gic_targets;			/* GICv2: bit of this CPU's interface */
	struct psci_cpu psci;
	struct vgic_mailbox sgi;
};

/* Registers are in struct percpu, where the vectors find them. */
struct arch_vcpu {
	struct vgic_cpu vgic;
};

#endif /* ARCH_VCPU_H */
