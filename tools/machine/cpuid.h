/* SPDX-License-Identifier: GPL-2.0 */
/* cpuid - the instruction, where there is one. */
#ifndef TOOLS_MACHINE_CPUID_H
#define TOOLS_MACHINE_CPUID_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __x86_64__
#include <cpuid.h>

static inline bool cpuid_here(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__cpuid_count(leaf, sub, r[0], r[1], r[2], r[3]);
	return true;
}
#else
static inline bool cpuid_here(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	(void)leaf;
	(void)sub;
	(void)r;
	return false;
}
#endif

#endif /* TOOLS_MACHINE_CPUID_H */
