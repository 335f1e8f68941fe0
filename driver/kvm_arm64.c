// SPDX-License-Identifier: GPL-2.0
/*
 * KVM beside the hypervisor on ARM64: it is given EL2 back. On ARM there is none.
 *
 * KVM, if it has EL2, gives it back to Linux's stub for HVC_RESET_VECTORS, but does not notice: beneath the hypervisor its calls are
 * answered, and afterwards it has to be told.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/cpu_pm.h>

#include "arch.h"

/*
 * What KVM does when a CPU comes back from a sleep that loses everything is what it has to do now; the others that are told bear it, as they
 * do each time that a CPU is idle.
 */
void give_el2_to_kvm(void)
{
	if (!cpu_pm_enter())
		cpu_pm_exit();
}
