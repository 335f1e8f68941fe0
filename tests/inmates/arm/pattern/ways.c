// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Ways out of the guest that only ARMv7 has in this form: accesses that the syndrome does not describe, in A32 and T32; ACTLR; SGIs of GICv2.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <pattern/pattern.h>

static void next(exit_fn *const *exits, struct frame *f, unsigned int n)
{
	set(f, address_register(n), (u32)gicd(GICD_ISENABLER1));
	exits[n](f);
	expected[n] = 0;
	expected[address_register(n)] = (u32)gicd(GICD_ISENABLER1) + 4;
}

static void gicd_write_back(struct frame *f, unsigned int n)
{
	next(exit_next, f, n);
}

static void gicd_write_back_thumb(struct frame *f, unsigned int n)
{
	next(exit_next_thumb, f, n);
}

/* Two registers, or one of a list. Not at an odd word, which QEMU 10 takes for unaligned in device memory. */
static void gicd_pair(struct frame *f, unsigned int n)
{
	set(f, address_register(n), (u32)gicd(GICD_ISENABLER1 + 4));
	exit_pair[n](f);
	expected[n] = 0;
	if (!(n & 1) && n < 12)
		expected[n + 1] = 0;
}

static void actlr_read(struct frame *f, unsigned int n)
{
	u32 actlr = CP15_READ(0, c1, c0, 1);

	exit_actlr_read[n](f);
	expected[n] = actlr;
}

static void actlr_write(struct frame *f, unsigned int n)
{
	exit_actlr_write[n](f);
}

static void sgi(struct frame *f, unsigned int n)
{
	set(f, 0, 1U << (16 + (cpu_id() & 7)) | SGI);
	set(f, 1, (u32)gicd(GICD_SGIR));
	exit_sgi(f);
	after_interrupt(f, SGI);
}

/* Nothing waits for it before the next register is tried: to nobody. */
static void sgi_register(struct frame *f, unsigned int n)
{
	set(f, n, SGI);
	set(f, address_register(n), (u32)gicd(GICD_SGIR));
	exit_write[n](f);
}

const struct kind own_kinds[] = {
	{ "MMIO", { WAY(gicd_write_back), WAY(gicd_write_back_thumb), WAY(gicd_pair) } },
	{ "CP15", { WAY(actlr_read), WAY(actlr_write) } },
	{ "SGI", { WAY(sgi), WAY(sgi_register) } },
};
const unsigned int num_own_kinds = ARRAY_SIZE(own_kinds);
