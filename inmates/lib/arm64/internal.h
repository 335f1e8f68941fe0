/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the ARM64 parts of the library know of each other.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_ARM64_INTERNAL_H
#define INMATE_ARM64_INTERNAL_H

#include "../internal.h"

#define SPURIOUS_IRQ	1020	/* and above (GICv3 and v4, 2.2.1) */

/** struct gic_ops - one version of the interrupt controller; "own" are the registers of the CPU that calls */
struct gic_ops {
	/** Make this CPU take interrupts of all priorities. */
	void (*init_cpu)(void);
	void (*enable)(unsigned int irq);
	void (*send_sgi)(u64 mpidr, unsigned int sgi);
	/** What is to be given back to end(); its low 10 bits are the id. GICv3: 24 bits. */
	u32 (*acknowledge)(void);
	void (*end)(u32 acknowledged);
};

extern const struct gic_ops gic_v2_ops, gic_v3_ops;

/** Prepare this CPU's part of the GIC; once, whoever asks first. */
void gic_init(void);

/** Translation tables with RAM and the communication region; for all CPUs. */
void mmu_init(void);
/** Switch the MMU of this CPU on. */
void mmu_enable(void);

/** The exception table of EL1. */
extern char vectors[];

/** struct excp_frame - as vectors.S stores it */
struct excp_frame {
	u64 x[31];
	u64 pc, pstate;
};

void excp_handle(struct excp_frame *frame, unsigned int vector);
void irq_dispatch(void);

/* struct cpu_start - what a CPU that is switched on finds; header.S knows the first member */
struct cpu_start {
	void *stack;
	void (*entry)(void *arg);
	void *arg;
};

void boot_main(void);
void secondary_main(struct cpu_start *start);

#endif /* INMATE_ARM64_INTERNAL_H */
