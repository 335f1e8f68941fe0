// SPDX-License-Identifier: GPL-2.0
/*
 * entry - where a guest begins.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>

void arm_set_entry(struct vcpu *v, u64 entry)
{
	write_sysreg(entry & ~1U, elr_el2);
	write_sysreg(MODE_SVC | PSR_A | PSR_I | PSR_F | (entry & 1 ? PSR_T : 0), spsr_el2);
}
