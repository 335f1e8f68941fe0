// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about an ARMv7 machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "arch.h"
#include "refusal.h"

int arch_check_machine(struct jailhouse_refusal *why)
{
	return arm_check_el2(why);
}
