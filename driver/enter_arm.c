// SPDX-License-Identifier: GPL-2.0
/*
 * Entry beneath Linux on ARMv7.
 *
 * Linux was started in HYP mode and has left a stub there, for itself to come back (Documentation/virt/kvm/arm/hyp-abi.rst). The stub
 * branches wherever HVC_SOFT_RESTART says, with the MMU off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/linkage.h>
#include <jailhouse/hypercall.h>

#include "arch.h"
#include "image.h"

asmlinkage int enter_trampoline(u32 entry, u32 cpu, u32 hv_phys);

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
