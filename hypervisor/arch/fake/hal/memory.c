// SPDX-License-Identifier: GPL-2.0
/*
 * memory - windows into the model RAM, and what each cell takes of the pool.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <fake/fake.h>
#include <arch/contract.h>
#include <string.h>

static __thread bool window_open[WINDOW_COUNT];	/* windows are private to a CPU */

void (*fake_fill_permissions)(const struct cell *c, u8 *permissions);

void fake_cpus_reset(struct system *s, u32 cpus);
void fake_devices_reset(void);
void fake_iommu_reset(void);

void fake_reset(struct system *s, u32 cpus)
{
	memset(window_open, 0, sizeof(window_open));
	fake_cpus_reset(s, cpus);
	fake_devices_reset();
	fake_iommu_reset();
}

void *arch_window_map(enum window_slot slot, hpa_t page, bool device)
{
	if (page.v % PAGE_SIZE)
		fake_broken("window at an odd address", page.v);
	window_open[slot] = true;
	return fake_ram(page.v);
}

void arch_window_unmap(enum window_slot slot)
{
	if (!window_open[slot])
		fake_broken("window closed twice", slot);
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
	if (!c->arch.permissions)
		return -HV_ENOMEM;
	if (fake_fill_permissions)
		fake_fill_permissions(c, c->arch.permissions);
	return 0;
}

void arch_cell_release(struct cell *c)
{
	if (c->arch.permissions)
		page_free(&c->sys->pool, c->arch.permissions, FAKE_PERMISSION_PAGES);
	c->arch.permissions = NULL;
}

void arch_cell_update(struct cell *c)
{
	c->arch.updates++;
	if (fake_fill_permissions)
		fake_fill_permissions(c, c->arch.permissions);
}

u64 arch_stage2_own_pages(u64 *pa, u64 *size, u32 *flags)
{
	*flags = 0;
	*size = 0;
	return *pa = 0;
}

bool arch_cell_check(const struct cell *c, u64 *hash)
{
	static u8 wanted[FAKE_PERMISSION_PAGES * PAGE_SIZE];
	u32 n;

	memset(wanted, 0, sizeof(wanted));
	if (fake_fill_permissions)
		fake_fill_permissions(c, wanted);
	for (n = 0; n < sizeof(wanted); n++)
		*hash = (*hash ^ c->arch.permissions[n]) * 0x100000001b3ULL;
	return !memcmp(wanted, c->arch.permissions, sizeof(wanted));
}

bool fake_host_tables_broken;
u32 fake_own_tables_broken;

bool arch_check_host_tables(u32 part, bool *more, u64 *address)
{
	*more = part < 3;
	*address = part;
	return !fake_host_tables_broken && (part != ARCH_OWN_TABLES || !(fake_own_tables_broken >> fake_current_cpu & 1));
}

void arch_comm_fill(const struct cell *c, struct jailhouse_comm_region *comm)
{
	u32 n;

	for (n = 0; n < ARRAY_SIZE(c->cpu_set); n++)
		comm->num_cpus += __builtin_popcountll(c->cpu_set[n]);
	comm->pm_timer_address = c->sys->config->platform_info.x86.pm_timer_address;
}
