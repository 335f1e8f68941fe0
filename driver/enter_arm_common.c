// SPDX-License-Identifier: GPL-2.0
/*
 * Entry beneath Linux on ARM and ARM64.
 *
 * Linux was started at EL2 (HYP mode) and has left a stub there, for itself to come back (Documentation/virt/kvm/arm/hyp-abi.rst). The
 * stub branches wherever HVC_SOFT_RESTART says, with the MMU off.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/linkage.h>
#include <jailhouse/hypercall.h>

#include "arch.h"
#include "image.h"

/* trampoline_ARCH.S */
asmlinkage int enter_trampoline(unsigned long entry, u32 cpu, unsigned long hv_phys);

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
