/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gic - the interrupt controller: what a driver in irqchip/arm does for the exit path and for
 * vdev/arm, and names of registers (GIC architecture, IHI 0069, IHI 0048).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_GIC_H
#define HV_ARM_GIC_H

#include <hv/vcpu.h>

#define GIC_SPI_FIRST		32
#define GIC_SPECIAL		1020	/* numbers that are none, up to LPIs */
#define GIC_SPURIOUS		1023
#define GIC_LPI_FIRST		8192
#define GIC_INTID(raw)		((raw) & 0xffffff)
#define GIC_SOURCE(raw)		((raw) >> 24 & 7)	/* GICv2, of an SGI */
/* Of all SGIs the one that the hypervisor uses between CPUs; a guest's own are delivered without any. */
#define GIC_KICK_SGI		0

#define GICD_CTLR		0x0000
#define GICD_CTLR_RWP		(1U << 31)	/* GICv3 */
#define GICD_TYPER		0x0004
#define GICD_TYPER_LPIS		(1U << 17)
#define GICD_IIDR		0x0008
#define GICD_SETSPI_NSR		0x0040
#define GICD_CLRSPI_NSR		0x0048
#define GICD_IGROUPR		0x0080
#define GICD_ISENABLER		0x0100
#define GICD_ICENABLER		0x0180
#define GICD_ISPENDR		0x0200
#define GICD_ICPENDR		0x0280
#define GICD_ISACTIVER		0x0300
#define GICD_ICACTIVER		0x0380
#define GICD_IPRIORITYR		0x0400
#define GICD_ITARGETSR		0x0800
#define GICD_ICFGR		0x0c00
#define GICD_NSACR		0x0e00
#define GICD_SGIR		0x0f00
#define GICD_CPENDSGIR		0x0f10
#define GICD_SPENDSGIR		0x0f20
#define GICD_IROUTER		0x6000
#define GICD_IROUTER_END	0x8000
#define GIC_ID_REGISTERS	0xffd0	/* GICv3, of every frame of 64 KiB */

#define GICR_CTLR		0x0000
#define GICR_CTLR_RWP		(1U << 3)
#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008
#define GICR_WAKER		0x0014
#define GICR_SGI_FRAME		0x10000
#define GICR_STRIDE		0x20000ULL	/* two frames, GICv4: four */
#define GICR_STRIDE_V4		0x40000ULL
#define GICR_TYPER_LAST		(1ULL << 4)
#define GICR_TYPER_VLPIS	(1ULL << 1)

/**
 * enum arm_quiesce - which interrupts on their way to a CPU's guest are forgotten. An SPI is deactivated only if
 * nobody else can have it by now: those of a cell that starts, and those that change their owner, were reset with it.
 */
enum arm_quiesce {
	QUIESCE_FOREIGN,	/* what is not the guest's any more */
	QUIESCE_RESET,		/* all, own SGIs and PPIs are as after a reset: the cell starts, or the CPU has a new one */
	QUIESCE_SWITCHED_ON,	/* likewise: a sibling starts this CPU */
};

/** struct gic_lr - a list register, decoded */
struct gic_lr {
	u32 intid;
	u8 priority;
	u8 source;		/* GICv2 SGIs: the CPU that sent it */
	bool pending, active;
	bool tells_end;		/* GICv2 SGIs: a maintenance interrupt once it is neither, until inject() uses it or it is written */
};

struct gic_ops {
	u8 version;
	/** On this CPU, nothing changes: what belongs to it. False: it has no interface. */
	bool (*find)(struct vcpu *v);
	/** On this CPU: list registers on, Linux's state of the interface becomes the guest's. @save: 8 words */
	void (*cpu_enable)(struct vcpu *v, u64 *save);
	/** The guest's state becomes the machine's again; nothing that is pending is lost. */
	void (*cpu_disable)(struct vcpu *v, const u64 *save);
	/** Acknowledge and drop the priority: GIC_INTID() of the word is the number. */
	u32 (*take)(void);
	void (*deactivate)(u32 raw);
	void (*send_kick)(const struct pcpu *target);
	/** Pending for the guest, in a free list register; false: there is none. */
	bool (*inject)(u32 intid, u8 priority, u8 source);
	/** If nothing waits and all list registers are empty: @intid, no LPI, becomes pending in the first one. */
	bool (*inject_first)(struct vcpu *v, u32 intid, u8 source);
	/** List register @n; false: it is empty. */
	bool (*read_lr)(u32 n, struct gic_lr *lr);
	void (*write_lr)(u32 n, const struct gic_lr *lr);
	void (*clear_lr)(u32 n);
	/** Interrupt when at most one list register is in use. */
	void (*set_underflow)(bool on);
	/** The guest's interface as after a reset, list registers empty. */
	void (*reset_interface)(struct vcpu *v);
	/** Of this CPU's SGIs and PPIs, or of all SPIs: register @reg of the distributor's numbering (GICD_*), at byte @offset */
	u32 (*read_irq)(struct vcpu *v, u32 reg, u32 offset);
	void (*write_irq)(struct vcpu *v, u32 reg, u32 offset, u32 value);
};

extern const struct gic_ops gic_v3_ops, gic_v2_ops;
/** The one of this machine, from boot on. */
extern const struct gic_ops *gic;

#endif /* HV_ARM_GIC_H */
