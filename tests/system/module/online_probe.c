// SPDX-License-Identifier: GPL-2.0
/*
 * online_probe: the next @times CPUs that want to come online are refused, as Linux refuses them for moments. Each refusal is told.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/cpuhotplug.h>
#include <linux/module.h>

static unsigned int times;
module_param(times, uint, 0644);

static int state;

static int refuse(unsigned int cpu)
{
	if (!times)
		return 0;
	times--;
	pr_info("online_probe: CPU %u refused\n", cpu);
	return -EAGAIN;
}

static int __init online_probe_init(void)
{
	state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "online_probe", refuse, NULL);
	return state < 0 ? state : 0;
}

static void __exit online_probe_exit(void)
{
	cpuhp_remove_state_nocalls(state);
}
module_init(online_probe_init);
module_exit(online_probe_exit);

MODULE_DESCRIPTION("CPUs do not come online");
MODULE_LICENSE("GPL");
