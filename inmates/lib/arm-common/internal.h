/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the parts of the library for ARM know of each other; an architecture adds cpu.h.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef INMATE_ARM_INTERNAL_H
#define INMATE_ARM_INTERNAL_H

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

/** The exception table. */
extern char vectors[];

/** An exception, by vectors.S; @frame: registers as it stores them. */
void excp_handle(unsigned long *frame, unsigned int vector);
/** True: excp_try() expects it. @what: for its caller */
bool excp_is_expected(u64 what);
void irq_dispatch(void);

/* struct cpu_start - what a CPU that is switched on finds; secondary.S knows the first member */
struct cpu_start {
	void *stack;
	void (*entry)(void *arg);
	void *arg;
};

void boot_main(void);
void secondary_main(struct cpu_start *start);

#endif /* INMATE_ARM_INTERNAL_H */
