// SPDX-License-Identifier: GPL-2.0
/*
 * Entry beneath Linux on ARM64.
 *
 * Linux was started at EL2 and has left a stub there, for itself to come back (Documentation/virt/kvm/arm/hyp-abi.rst). The stub
 * branches wherever HVC_SOFT_RESTART says, with the MMU off. If KVM has put its own code there, the first CPU PM notification makes
 * it give EL2 back to the stub, and the second makes it come again: beneath the hypervisor, which answers KVM's calls without doing
 * anything, or, after leaving, for good.
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

int passage_enter(struct passage *p, const struct image *img, u32 cpu)
{
	return enter_trampoline(p->entry, cpu, img->header.hv_phys);
}

int passage_leave(void)
{
	return jailhouse_call(JAILHOUSE_HC_DISABLE);
}
