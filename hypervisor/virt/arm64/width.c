// SPDX-License-Identifier: GPL-2.0
/*
 * width - of physical addresses.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>

#define PARANGE_MASK	0xf
#define VTCR_PS(range)	((u64)(range) << 16)

/* ID_AA64MMFR0_EL1.PARange; more than 48 bits need another format */
static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48 };
static u32 range = ARRAY_SIZE(pa_bits) - 1;	/* the least of all CPUs */

/* A cell's CPUs walk the same tables from the same level, and may be unlike. */
void arm64_note_width(void)
{
	u32 mine = read_sysreg(id_aa64mmfr0_el1) & PARANGE_MASK, least = __atomic_load_n(&range, __ATOMIC_RELAXED);

	while (mine < least && !__atomic_compare_exchange_n(&range, &least, mine, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

unsigned int arm_physical_bits(u64 *vtcr)
{
	*vtcr |= VTCR_PS(range);
	return pa_bits[range];
}
