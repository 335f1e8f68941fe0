// SPDX-License-Identifier: GPL-2.0
/*
 * ram - model RAM in a host buffer; physical addresses start at 0.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fake/fake.h>
#include <arch/contract.h>
#include <stdio.h>
#include <stdlib.h>

static u8 ram[FAKE_RAM_SIZE] __aligned(4096);

void fake_broken(const char *what, u64 value)
{
	fprintf(stderr, "fake: %s (0x%llx)\n", what, (unsigned long long)value);
	abort();
}

u8 *fake_ram(u64 phys)
{
	if (phys >= FAKE_RAM_SIZE)
		fake_broken("physical address beyond RAM", phys);
	return ram + phys;
}

u64 arch_virt_to_phys(const void *p)
{
	u64 offset = (const u8 *)p - ram;

	if (offset >= FAKE_RAM_SIZE)
		fake_broken("pointer is not hypervisor memory", (u64)p);
	return offset;
}

void *arch_phys_to_virt(u64 pa)
{
	return fake_ram(pa);
}
