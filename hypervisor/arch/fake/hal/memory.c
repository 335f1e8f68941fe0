// SPDX-License-Identifier: GPL-2.0
/*
 * memory - model RAM in a host buffer, windows into it, cells' permission pages, devices behind nothing.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fake/fake.h>
#include <arch/contract.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static u8 ram[FAKE_RAM_SIZE] __aligned(4096);
static bool window_open[WINDOW_COUNT];

void fake_cpus_reset(struct system *s, u32 cpus);

void fake_reset(struct system *s, u32 cpus)
{
	memset(window_open, 0, sizeof(window_open));
	fake_cpus_reset(s, cpus);
}

static void __noreturn broken(const char *what, u64 value)
{
	fprintf(stderr, "fake: %s (0x%llx)\n", what, (unsigned long long)value);
	abort();
}

u8 *fake_ram(u64 phys)
{
	if (phys >= FAKE_RAM_SIZE)
		broken("physical address beyond RAM", phys);
	return ram + phys;
}

u64 arch_virt_to_phys(const void *p)
{
	u64 offset = (const u8 *)p - ram;

	if (offset >= FAKE_RAM_SIZE)
		broken("pointer is not hypervisor memory", (u64)p);
	return offset;
}

void *arch_phys_to_virt(u64 pa)
{
	return fake_ram(pa);
}

void *arch_window_map(enum window_slot slot, hpa_t page, bool device)
{
	if (page.v % PAGE_SIZE)
		broken("window at an odd address", page.v);
	window_open[slot] = true;
	return fake_ram(page.v);
}

void arch_window_unmap(enum window_slot slot)
{
	if (!window_open[slot])
		broken("window closed twice", slot);
	window_open[slot] = false;
}

bool fake_windows_closed(void)
{
	enum window_slot slot;

	for (slot = 0; slot < WINDOW_COUNT; slot++)
		if (window_open[slot])
			return false;
	return true;
}

const struct pt_format *arch_stage2_format(void)
{
	return &pt_fake;
}

int arch_cell_prepare(struct system *s, struct cell *c)
{
	c->arch.permissions = page_alloc(&s->pool, FAKE_PERMISSION_PAGES);
	return c->arch.permissions ? 0 : -HV_ENOMEM;
}

void arch_cell_release(struct cell *c)
{
	page_free(&c->sys->pool, c->arch.permissions, FAKE_PERMISSION_PAGES);
	c->arch.permissions = NULL;
}

void arch_cell_update(struct cell *c)
{
	c->arch.updates++;
}

void arch_comm_fill(const struct cell *c, struct jailhouse_comm_region *comm)
{
	u32 n;

	for (n = 0; n < ARRAY_SIZE(c->cpu_set); n++)
		comm->num_cpus += __builtin_popcountll(c->cpu_set[n]);
	comm->pm_timer_address = c->sys->config->platform_info.x86.pm_timer_address;
}
