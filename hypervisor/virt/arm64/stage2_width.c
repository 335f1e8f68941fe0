// SPDX-License-Identifier: GPL-2.0
/*
 * stage2_width - how many bits the walk of stage 2 begins with: as many as the CPU's physical addresses have.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>

#define PARANGE_MASK	0xf
#define LEVEL0_BITS	44

/* VTCR_EL2 (D17.2.157) */
#define VTCR_RES1	(1UL << 31)
#define VTCR_PS(range)	((u64)(range) << 16)
#define VTCR_SH_INNER	(3UL << 12)
#define VTCR_ORGN_WB	(1UL << 10)
#define VTCR_IRGN_WB	(1UL << 8)
#define VTCR_SL0(level)	((u64)(2 - (level)) << 6)

/* ID_AA64MMFR0_EL1.PARange; more than 48 bits need another format */
static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48 };

void arm_stage2_init(struct system *s)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & PARANGE_MASK;
	unsigned int bits;

	if (range >= ARRAY_SIZE(pa_bits))
		range = ARRAY_SIZE(pa_bits) - 1;
	bits = pa_bits[range];
	arm_stage2_set_bits(s, bits, VTCR_RES1 | VTCR_PS(range) | VTCR_SH_INNER | VTCR_ORGN_WB | VTCR_IRGN_WB |
			      VTCR_SL0(bits < LEVEL0_BITS ? 1 : 0) | (64 - bits));
}
