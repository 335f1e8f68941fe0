// SPDX-License-Identifier: GPL-2.0
/*
 * park - where a CPU sits that executes no guest: a real-mode halt loop in an address space of its
 * own; and nested tables as the CPU wants them.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <hv/x86/cpudefs.h>
#include <hv/x86/virt.h>
#include <arch/cpu.h>

const struct virt_ops *virt;
struct pt virt_park_stage2;
u64 virt_park_top[512] __aligned(PAGE_SIZE);

/* cli; 1: hlt; jmp 1b */
static const u8 park_code[] = { 0xfa, 0xf4, 0xeb, 0xfd };

int virt_park_init(struct system *s)
{
	u8 *page = page_alloc(&s->pool, 1);

	if (!page)
		return -HV_ENOMEM;
	for (unsigned int i = 0; i < sizeof(park_code); i++)
		page[i] = park_code[i];

	if (pt_init(&virt_park_stage2, arch_stage2_format(), &s->pool))
		return -HV_ENOMEM;
	return pt_map(&virt_park_stage2, 0, arch_virt_to_phys(page), PAGE_SIZE, PT_READ | PT_EXEC);
}

const struct pt_format *arch_stage2_format(void)
{
	return virt->stage2_format();
}

u64 x86_stage2_top(const struct pt *stage2, u64 *top)
{
	u64 root = arch_virt_to_phys(stage2->root);

	if (!(read_cr4() & X86_CR4_LA57))
		return root;
	/* non-present, and no address that exists (L1TF) */
	for (unsigned int i = 1; i < 512; i++)
		top[i] = stage2->fmt->empty;
	top[0] = stage2->fmt->table(root, 4);
	return arch_virt_to_phys(top);
}
