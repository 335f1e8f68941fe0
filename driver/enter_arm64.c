// SPDX-License-Identifier: GPL-2.0
/*
 * Entry beneath Linux on ARM64.
 *
 * Linux was started at EL2 and has left a stub there, for itself to come back (Documentation/virt/kvm/arm/hyp-abi.rst). The stub
 * branches wherever HVC_SOFT_RESTART says, with the MMU off. KVM, if it has EL2, gives it back to the stub for HVC_RESET_VECTORS, but
 * does not notice: beneath the hypervisor its calls are answered, and afterwards it has to be told.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/cpu_pm.h>
#include <linux/linkage.h>
#include <asm/virt.h>
#include <jailhouse/hypercall.h>

#include "arch.h"
#include "image.h"

asmlinkage int enter_trampoline(u64 entry, u32 cpu, u64 hv_phys);

int passage_create(struct passage *p, const struct image *img, u32 num_cpus)
{
	p->entry = img->header.hv_phys + img->header.entry;
	return 0;
}

void passage_destroy(struct passage *p)
{
}

/*
 * The stub has EL2. What KVM does when a CPU comes back from a sleep that loses everything is what it has to do now; the others that
 * are told bear it, as they do each time that a CPU is idle.
 */
static void give_el2_to_kvm(void)
{
	if (!cpu_pm_enter())
		cpu_pm_exit();
}

int passage_enter(struct passage *p, const struct image *img, u32 cpu)
{
	int err = enter_trampoline(p->entry, cpu, img->header.hv_phys);

	if (err)
		give_el2_to_kvm();
	return err;
}

int passage_leave(void)
{
	int err = jailhouse_call(JAILHOUSE_HC_DISABLE);

	if (!err)
		give_el2_to_kvm();
	return err;
}
