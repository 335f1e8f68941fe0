// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Interrupts: the version of the GIC is told by the communication region.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

static irq_handler_t irq_handler;

static const struct gic_ops *gic(void)
{
	return comm_region->gic_version == 2 ? &gic_v2_ops : &gic_v3_ops;
}

void gic_init(void)
{
	gic()->init_cpu();
}

void irq_init(irq_handler_t handler)
{
	irq_handler = handler;
	gic_init();
}

void irq_enable(unsigned int irq)
{
	gic()->enable(irq);
}

void gic_send_sgi(u64 mpidr, unsigned int sgi)
{
	gic()->send_sgi(mpidr, sgi);
}

int irq_poll(void)
{
	u32 acknowledged = gic()->acknowledge();
	unsigned int irq = acknowledged & 0x3ff;

	if (irq >= SPURIOUS_IRQ)
		return -1;
	if (irq_handler)
		irq_handler(irq);
	gic()->end(acknowledged);
	return (int)irq;
}

void irq_dispatch(void)
{
	while (irq_poll() >= 0)
		;
}
