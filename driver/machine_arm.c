// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver has to know about an ARMv7 machine.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/init.h>

#include "arch.h"
#include "refusal.h"

void __init arch_init(void)
{
}

int arch_check_machine(struct jailhouse_refusal *why)
{
	return arm_check_el2(why);
}
