// SPDX-License-Identifier: GPL-2.0
/*
 * stage2 - how wide a cell's address space is, and where the CPU's walk starts.
 *
 * Tables always have four levels. A CPU with less than 44 bits of physical address may not start at
 * level 0 (ARM ARM, D8.2.4); it is given a copy of all of level 1, its tables one after the other,
 * made anew whenever a CPU loads or flushes the cell's stage 2. Who changes it does that afterwards.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arm/el2.h>
#include <common/config/config.h>
#include <hv/cell.h>

#define LEVEL0_BITS	44
#define GIB_SHIFT	30
#define ENTRIES		512

/* VTCR_EL2 (D17.2.157); T0SZ is 64 less the bits, also as ARMv7's signed four of 32 (ARM DDI 0406, B4.1.159) */
#define VTCR_RES1	(1U << 31)
#define VTCR_SH_INNER	(3U << 12)
#define VTCR_ORGN_WB	(1U << 10)
#define VTCR_IRGN_WB	(1U << 8)
#define VTCR_SL0(level)	((2U - (level)) << 6)

u64 arm_stage2_vtcr;
static unsigned int bits;

/* As many bits as the physical addresses of all CPUs have. */
void arm_stage2_init(void)
{
	arm_stage2_vtcr = VTCR_RES1 | VTCR_SH_INNER | VTCR_ORGN_WB | VTCR_IRGN_WB;
	bits = config_phys_bits = arm_physical_bits(&arm_stage2_vtcr);
	arm_stage2_vtcr |= VTCR_SL0(bits < LEVEL0_BITS ? 1 : 0) | (64 - bits);
}

const struct pt_format *arch_stage2_format(void)
{
	return &pt_lpae_s2;
}

static u32 top_tables(void)
{
	return bits > GIB_SHIFT + 9 ? 1U << (bits - GIB_SHIFT - 9) : 1;
}

static void copy_level1(const struct cell *c, u32 n)
{
	u64 entry = c->stage2.root[n], *top = c->arch.stage2_top + n * ENTRIES;
	const u64 *table = pt_lpae_s2.present(entry, 3) ? arch_phys_to_virt(pt_lpae_s2.pa(entry, 3)) : NULL;
	u32 i;

	for (i = 0; i < ENTRIES; i++)
		WRITE_ONCE(top[i], table ? table[i] : pt_lpae_s2.empty);
}

u64 arm_stage2_root(const struct cell *c)
{
	u32 n;

	if (!c->arch.stage2_top)
		return arch_virt_to_phys(c->stage2.root);
	for (n = 0; n < top_tables(); n++)
		copy_level1(c, n);
	return arch_virt_to_phys(c->arch.stage2_top);
}

/* Tables that are walked as one are aligned as one: twice the pages have such a place in them. */
static int make_top(struct system *s, struct cell *c)
{
	u64 size = top_tables() * PAGE_SIZE;

	if (bits >= LEVEL0_BITS)
		return 0;
	c->arch.stage2_pages = page_alloc(&s->pool, 2 * top_tables());
	if (!c->arch.stage2_pages)
		return -HV_ENOMEM;
	c->arch.stage2_top = arch_phys_to_virt((arch_virt_to_phys(c->arch.stage2_pages) + size - 1) & ~(size - 1));
	return 0;
}

int arch_cell_prepare(struct system *s, struct cell *c)
{
	u64 pa, size, va;
	u32 flags;
	int err = make_top(s, c);

	if (err)
		return err;
	va = arch_stage2_own_pages(&pa, &size, &flags);
	err = size ? pt_map(&c->stage2, va, pa, size, flags) : 0;
	if (err)
		arch_cell_release(c);
	return err;
}

void arch_cell_release(struct cell *c)
{
	if (c->arch.stage2_pages)
		page_free(&c->sys->pool, c->arch.stage2_pages, 2 * top_tables());
	c->arch.stage2_pages = c->arch.stage2_top = NULL;
}
