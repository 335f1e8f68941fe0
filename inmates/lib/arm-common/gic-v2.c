// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * GICv2 (ARM IHI 0048B).
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define GICD_CTLR		0x000
#define GICD_ISENABLER		0x100
#define GICD_ITARGETSR		0x800
#define GICD_SGIR		0xf00
#define GICC_CTLR		0x000
#define GICC_PMR		0x004
#define GICC_IAR		0x00c
#define GICC_EOIR		0x010

#define SIZE			0x10000

static void *gicd(unsigned int reg)
{
	return (void *)(unsigned long)(comm_region->gicd_base + reg);
}

static void *gicc(unsigned int reg)
{
	return (void *)(unsigned long)(comm_region->gicc_base + reg);
}

static void init_cpu(void)
{
	map_range(gicd(0), SIZE, MAP_UNCACHED);
	map_range(gicc(0), SIZE, MAP_UNCACHED);
	mmio_write32(gicc(GICC_PMR), 0xf0);
	mmio_write32(gicc(GICC_CTLR), 1);
	mmio_write32(gicd(GICD_CTLR), 1);
}

/* The targets of private interrupts tell which CPU asks (4.3.12). */
static u8 own_target(void)
{
	return mmio_read8(gicd(GICD_ITARGETSR));
}

static void enable(unsigned int irq)
{
	if (irq >= 32)
		mmio_write8(gicd(GICD_ITARGETSR + irq), own_target());
	mmio_write32(gicd(GICD_ISENABLER + irq / 32 * 4), 1U << irq % 32);
}

static void send_sgi(u64 mpidr, unsigned int sgi)
{
	asm volatile("dsb ishst" : : : "memory");
	mmio_write32(gicd(GICD_SGIR), 1U << (16 + (mpidr & 7)) | sgi);
}

static u32 acknowledge(void)
{
	return mmio_read32(gicc(GICC_IAR));
}

static void end(u32 acknowledged)
{
	mmio_write32(gicc(GICC_EOIR), acknowledged);
}

const struct gic_ops gic_v2_ops = { init_cpu, enable, send_sgi, acknowledge, end };
