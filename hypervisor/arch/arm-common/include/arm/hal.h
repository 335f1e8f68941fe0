/* SPDX-License-Identifier: GPL-2.0 */
/* hal - what the code for all ARMs uses of an architecture's hal, beyond the arch contract. */
#ifndef ARM_HAL_H
#define ARM_HAL_H

#include <arch/contract.h>
#include <hv/arm/gic.h>

/** Registers of the interrupt controller, mapped; NULL where the machine has none of that name. */
extern volatile u8 *arm_gicd, *arm_gicc, *arm_gich, *arm_gicr;
/** GICv3: frames of all redistributors, one after the other; @arm_gicr_size is mapped. */
extern u32 arm_gicr_stride, arm_gicr_count;
extern u64 arm_gicr_size;
/** GICv2: physical addresses of the CPU interface and of the virtual one. */
extern u64 arm_gicc_base, arm_gicv_base;
/** Physical address of the distributor, where guests have it too. */
extern u64 arm_gicd_base;
#define ARM_GICV_SIZE	0x2000

/** Affinity of this CPU, as struct pcpu.hw_id. */
u64 arm_cpu_affinity(void);
/** Of MPIDR and of the arguments of PSCI calls. */
#define ARM_AFFINITY_MASK	0xff00ffffffULL

/** Call the firmware with x0 … x7 and put its answer there. */
void arm_smc(u64 regs[8]);
/** One of its calls against speculation (SMCCC 1.1): no arguments, returns x0. */
unsigned long arm_workaround(u32 fn);
/** The one that this architecture has without its firmware, 0: none. */
u32 arm_own_workaround(void);

/** On the CPU itself; set at boot (vdev is above hal). */
extern void (*arm_vcpu_quiesce)(struct vcpu *v, enum arm_quiesce why);
/** What root has loaded is written out of the caches, a slice of it. True: there is more, after a look at the mailbox. */
bool arm_flush_slice(struct cell *c);
/** Wait for an interrupt, which stays pending. */
void arm_wait(void);

#endif /* ARM_HAL_H */
