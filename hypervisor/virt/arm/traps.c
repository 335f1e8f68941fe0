// SPDX-License-Identifier: GPL-2.0
/*
 * traps - what a guest may do by itself: the part of it that differs from ARM64 (ARM DDI 0406, B1.14.3).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>

/* HSTR: CP15's c9 to c11 and c15 hold what each maker likes, but the performance monitors are in c9 */
#define HSTR_T11	(1U << 11)
#define HSTR_T15	(1U << 15)

void arm_trap_registers(void)
{
	write_sysreg(ARM_MDCR_TDOSA | arm_pmu_counters(), mdcr_el2);
	write_sysreg(HSTR_T11 | HSTR_T15, hstr_el2);
}
