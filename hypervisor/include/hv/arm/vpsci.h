/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vpsci - PSCI 1.1 (DEN 0022) and SMCCC 1.1 (DEN 0028) as a cell sees them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef HV_ARM_VPSCI_H
#define HV_ARM_VPSCI_H

#include <hv/vcpu.h>

#define SMCCC_NOT_SUPPORTED	(-1L)

#define SMCCC_VERSION		0x80000000U
#define SMCCC_ARCH_FEATURES	0x80000001U
#define SMCCC_ARCH_WORKAROUND_1	0x80008000U
#define SMCCC_ARCH_WORKAROUND_2	0x80007fffU
#define SMCCC_ARCH_WORKAROUND_3	0x80003fffU
#define PSCI_VERSION		0x84000000U
#define PSCI_CPU_OFF		0x84000002U
#define PSCI_CPU_ON		0x84000003U
#define SMCCC_64		0x40000000U	/* calling convention of AArch64 */
#define SMCCC_FAST		0x80000000U

#define SMCCC_1_1		0x10001
#define PSCI_1_1		0x10001

/**
 * An SMC or HVC of the guest that is no hypercall: its x0 … x7 in @x, where the answer goes. The CPU may be
 * parked afterwards.
 */
void vpsci_call(struct vcpu *v, u64 x[8]);
/**
 * A call that is answered at once: versions, and the firmware's means against speculation, which a kernel may use at each change of
 * context. @x0: function, then the answer. False: it is none of these, nothing was done.
 */
bool vpsci_fast(struct vcpu *v, unsigned long *x0);
/** The CPU is started (@v of the first CPU of a cell), or switched off. */
void vpsci_set_state(struct pcpu *cpu, enum psci_state state);

#endif /* HV_ARM_VPSCI_H */
