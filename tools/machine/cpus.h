/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cpus - CPUs of a machine and, on x86, what CPUID and model-specific registers say on each: asked from the CPU itself on the running
 * machine, read from jailhouse/cpuid and jailhouse/msr in a collected one.
 *
 * jailhouse/cpuid: lines "CPU LEAF SUBLEAF EAX EBX ECX EDX"; jailhouse/msr: lines "CPU MSR VALUE"; the CPU is decimal, the others hexadecimal.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#ifndef TOOLS_MACHINE_CPUS_H
#define TOOLS_MACHINE_CPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/* What the hypervisor can name (CPU_NUMBER of common/config) */
#define CPUS_MAX	512

/** struct cpu_set_list - CPU numbers, ascending */
struct cpu_numbers {
	unsigned int count;
	unsigned int cpu[CPUS_MAX];
};

/** "0-3,8" as in sysfs and on the command line; false: this is not such a list, or a number is too large. */
bool cpus_parse(const char *text, struct cpu_numbers *out);

/** Write them as "0-3,8". */
void cpus_format(const struct cpu_numbers *cpus, char *buf, size_t size);

bool cpus_contain(const struct cpu_numbers *cpus, unsigned int cpu);

/** /sys/devices/system/cpu/@which ("online", "present"); false: could not be read. */
bool cpus_read(const struct tree *t, const char *which, struct cpu_numbers *out);

/** r: EAX, EBX, ECX, EDX. False: could not be asked. */
bool cpus_cpuid(const struct tree *t, unsigned int cpu, uint32_t leaf, uint32_t sub, uint32_t r[4]);

/** False, and why in errno: ENXIO, the driver of /dev/cpu is missing; EACCES; EIO: this register does not exist. */
bool cpus_msr(const struct tree *t, unsigned int cpu, uint32_t msr, uint64_t *value);

#endif /* TOOLS_MACHINE_CPUS_H */
