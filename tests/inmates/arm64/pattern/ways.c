// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Ways out of the guest that only ARM64 has in this form: accesses that the syndrome does not describe, the zero register, and SGIs of both
 * versions of the interrupt controller.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pattern/pattern.h>

static bool is_v3(void)
{
	return comm_region->gic_version == 3;
}

static void gicd_zero_register(struct frame *f, unsigned int n)
{
	set(f, 0, (u64)gicd(GICD_ISENABLER1));
	(n & 1 ? exit_read_zero : exit_write_zero)(f);
}

static void gicd_write_back(struct frame *f, unsigned int n)
{
	set(f, address_register(n), (u64)gicd(GICD_ISENABLER1));
	exit_next[n](f);
	expected[n] = 0;
	expected[address_register(n)] = (u64)gicd(GICD_ISENABLER1) + 4;
}

/* Two registers; of number 30 the second one is x15. */
static void gicd_pair(struct frame *f, unsigned int n)
{
	set(f, address_register(n), (u64)gicd(GICD_ISENABLER1));
	exit_pair[n](f);
	expected[n] = expected[n == 30 ? 15 : n + 1] = 0;
}

static u64 own_sgi(void)
{
	u64 id = cpu_id();

	if (!is_v3())
		return 1U << (16 + (id & 7)) | SGI;
	return (id >> 16 & 0xff) << 32 | (u64)SGI << 24 | (id >> 8 & 0xff) << 16 | (id >> 4 & 0xf) << 44 | 1ULL << (id & 0xf);
}

static void sgi(struct frame *f, unsigned int n)
{
	set(f, 0, own_sgi());
	if (!is_v3())
		set(f, 1, (u64)gicd(GICD_SGIR));
	(is_v3() ? exit_sgi_v3 : exit_sgi_v2)(f);
	after_interrupt(f, SGI);
}

/* Nothing waits for it before the next register is tried: to nobody. */
static void sgi_register(struct frame *f, unsigned int n)
{
	if (is_v3()) {
		set(f, n, (u64)SGI << 24);
		exit_sgi_write[n](f);
	} else {
		set(f, n, SGI);
		set(f, address_register(n), (u64)gicd(GICD_SGIR));
		exit_write[n](f);
	}
}

const struct kind own_kinds[] = {
	{ "MMIO", { WAY(gicd_write_back), WAY(gicd_pair), WAY(gicd_zero_register) } },
	{ "SGI", { WAY(sgi), WAY(sgi_register) } },
};
const unsigned int num_own_kinds = ARRAY_SIZE(own_kinds);
