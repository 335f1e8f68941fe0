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

unsigned int arm_physical_bits(u64 *vtcr)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & PARANGE_MASK;

	if (range >= ARRAY_SIZE(pa_bits))
		range = ARRAY_SIZE(pa_bits) - 1;
	*vtcr |= VTCR_PS(range);
	return pa_bits[range];
}
