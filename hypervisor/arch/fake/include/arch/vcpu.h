/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu - model CPU: what it executes, its registers, its TLB. Copyright (c) Jailhouse contributors,
 * 2026
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <hv/arm/psci_cpu.h>
#include <hv/arm/vgic_cpu.h>
#include <hv/types.h>

/*
 * Pages of the guest-physical address space that the model TLB can hold: direct mapped by page
 * number.
 */
#define FAKE_TLB_ENTRIES 512

struct fake_tlb_entry {
	u64 gpa_page;		/* page number + 1, 0: empty */
	u64 hpa_page;
	u32 flags;		/* enum pt_flags */
	u64 size;		/* of the page in the tables that this was found in */
};

enum fake_mode { FAKE_RUNNING, FAKE_PARKED, FAKE_WAIT_FOR_START };

struct arch_pcpu {
	u32 kicked;		/* kicks since the last look at the mailbox */
	/* what vdev/arm keeps of a CPU */
	u8 gic_targets;
	struct psci_cpu psci;
	struct vgic_mailbox sgi;
};

struct arch_vcpu {
	enum fake_mode mode;
	u64 ip;
	u64 regs[8];		/* where a guest leaves its secrets */
	const void *loaded_cell;	/* whose stage 2 the CPU uses: struct cell */
	u32 resets, switches, flushes;
	struct vgic_cpu vgic;
	struct fake_tlb_entry tlb[FAKE_TLB_ENTRIES];
};

#endif /* ARCH_VCPU_H */
