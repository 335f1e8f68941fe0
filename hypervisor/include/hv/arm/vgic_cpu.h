/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vgic_cpu - interrupts on their way to the guest of one CPU.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_VGIC_CPU_H
#define HV_ARM_VGIC_CPU_H

#include <hv/types.h>

#define VGIC_IRQS	1024	/* SGIs, PPIs and SPIs; LPIs are numbered from 8192 on */
#define VGIC_SGIS	16
#define VGIC_SOURCES	8	/* GICv2: an SGI is pending once for each CPU that sent it */
#define VGIC_LPIS	64

/** struct vgic_mailbox - SGIs that other CPUs have sent: bit n of @from[source]; atomic. GICv3: source 0 */
struct vgic_mailbox {
	u32 from[VGIC_SOURCES];
};

/**
 * struct vgic_cpu - interrupts for which there was no list register. Physical ones are active
 * meanwhile, so none comes twice.
 */
struct vgic_cpu {
	u32 lrs;			/* number of list registers */
	u32 all_lrs;			/* a bit for each of them */
	bool waiting;			/* something is set below */
	u64 pending[VGIC_IRQS / 64];	/* PPIs and SPIs */
	u32 sgis[VGIC_SOURCES];		/* as in struct vgic_mailbox */
	u32 lpis[VGIC_LPIS];		/* root's only; 0: empty */
	volatile u8 *redistributor;	/* GICv3: this CPU's, mapped */
};

#endif /* HV_ARM_VGIC_CPU_H */
