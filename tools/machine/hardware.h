/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hardware - can this machine run Jailhouse? What it needs of CPUs, firmware and kernel, asked without any configuration.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_HARDWARE_H
#define TOOLS_MACHINE_HARDWARE_H

#include "cpus.h"
#include "findings.h"
#include "tree.h"

enum machine_arch { MACHINE_UNKNOWN, MACHINE_X86, MACHINE_ARM, MACHINE_ARM64 };

/** The architecture of the machine that the tree is of. */
enum machine_arch machine_arch(const struct tree *t);

/** Does Linux have interrupts remapped by an IOMMU (x86)? Its controllers are named so in /proc/interrupts. */
bool machine_remaps_interrupts(const struct tree *t);

/** CPUs, virtualization and IOMMUs of an x86 machine */
void hardware_x86(const struct tree *t, const struct cpu_numbers *online, struct findings *f);

/** The same, and the interrupt controller, of an ARM machine */
void hardware_arm(const struct tree *t, enum machine_arch arch, struct findings *f);

/** Of the kernel, on any machine: other hypervisors, lockdown, memory for Jailhouse */
void hardware_kernel(const struct tree *t, enum machine_arch arch, struct findings *f);

/** What a VMX CPU lacks, from @cpu on: one finding for each rule of the hypervisor (hypervisor/virt/vmx_caps.c). */
void hardware_vmx(const struct tree *t, unsigned int cpu, struct findings *f);

/** The registers that decide about VMX, for comparison and for the archive: the n-th, 0: no more. */
uint32_t hardware_vmx_msr(unsigned int n);

#define HARDWARE_MSR_VM_CR	0xc0010114U

/** As cpus_msr(); on the running machine the module that it needs is loaded first. */
bool hardware_msr(const struct tree *t, unsigned int cpu, uint32_t msr, uint64_t *value);

#endif /* TOOLS_MACHINE_HARDWARE_H */
