// SPDX-License-Identifier: GPL-2.0
/*
 * hypercall_probe: root makes the hypercall @number with @arg and logs the result. Never stays loaded.
 *
 *	hypercall_probe: 0x1f00 gave -38
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/module.h>

static unsigned int number;
module_param(number, uint, 0);
static unsigned long arg;
module_param(arg, ulong, 0);

static int __init hypercall_probe_init(void)
{
	unsigned long result = number;

	asm volatile("vmmcall" : "+a" (result) : "D" (arg), "S" (0) : "memory");
	pr_info("hypercall_probe: 0x%x gave %d\n", number, (int)result);
	return -EAGAIN;
}
module_init(hypercall_probe_init);

MODULE_DESCRIPTION("A hypercall of root's kernel");
MODULE_LICENSE("GPL");
