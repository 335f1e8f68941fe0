// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * GICv3 (ARM IHI 0069), with affinity routing and system registers.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "internal.h"

#define ICC_IAR1_EL1		s3_0_c12_c12_0
#define ICC_EOIR1_EL1		s3_0_c12_c12_1
#define ICC_SRE_EL1		s3_0_c12_c12_5
#define ICC_IGRPEN1_EL1		s3_0_c12_c12_7
#define ICC_SGI1R_EL1		s3_0_c12_c11_5
#define ICC_PMR_EL1		s3_0_c4_c6_0

#define GICD_CTLR		0x0000
# define GICD_ENABLE_GRP1	0x2
# define GICD_ARE		0x10
#define GICD_ISENABLER		0x0100
#define GICD_IROUTER		0x6000
#define GICR_TYPER		0x0008
# define GICR_TYPER_VLPIS	0x2
# define GICR_TYPER_LAST	0x10
#define GICR_ISENABLER0		0x10100		/* in the second frame */

#define FRAME			0x10000UL

static void *gicd(unsigned int reg)
{
	return (void *)(unsigned long)(comm_region->gicd_base + reg);
}

/* Affinity as GICR_TYPER has it: four bytes */
static u32 own_affinity(void)
{
	u64 id = cpu_id();

	return (u32)(id >> 32 << 24 | (id & 0xffffff));
}

/* The redistributor of this CPU; the cell sees all of its CPUs' in a row that may have gaps. */
static void *own_redistributor(void)
{
	unsigned long base = comm_region->gicr_base;
	u64 typer;

	for (;;) {
		map_range((void *)base, 4 * FRAME, MAP_UNCACHED);
		typer = mmio_read64((void *)(base + GICR_TYPER));
		if (typer >> 32 == own_affinity())
			return (void *)base;
		if (typer & GICR_TYPER_LAST) {
			printk("no redistributor of CPU %x\n", own_affinity());
			stop();
		}
		base += typer & GICR_TYPER_VLPIS ? 4 * FRAME : 2 * FRAME;
	}
}

static void init_cpu(void)
{
	map_range(gicd(0), FRAME, MAP_UNCACHED);
	mmio_write32(gicd(GICD_CTLR), GICD_ARE | GICD_ENABLE_GRP1);
	write_sysreg(ICC_SRE_EL1, 1);
	isb();
	write_sysreg(ICC_PMR_EL1, 0xf0);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	isb();
}

static void enable(unsigned int irq)
{
	if (irq < 32) {
		mmio_write32((u8 *)own_redistributor() + GICR_ISENABLER0, 1U << irq);
		return;
	}
	mmio_write64(gicd(GICD_IROUTER + irq * 8), cpu_id());
	mmio_write32(gicd(GICD_ISENABLER + irq / 32 * 4), 1U << irq % 32);
}

/* ICC_SGI1R_EL1 (12.2.23): one target; the range selector for Aff0 above 15 */
static void send_sgi(u64 mpidr, unsigned int sgi)
{
	u64 value = (u64)sgi << 24;

	value |= (mpidr >> 8 & 0xff) << 16;
	value |= (mpidr >> 16 & 0xff) << 32;
	value |= (mpidr >> 32 & 0xff) << 48;
	value |= (mpidr >> 4 & 0xf) << 44;
	value |= 1ULL << (mpidr & 0xf);
	asm volatile("dsb ishst" : : : "memory");
	write_sysreg(ICC_SGI1R_EL1, value);
	isb();
}

static u32 acknowledge(void)
{
	u32 irq = (u32)read_sysreg(ICC_IAR1_EL1);

	asm volatile("dsb sy" : : : "memory");
	return irq;
}

static void end(u32 acknowledged)
{
	write_sysreg(ICC_EOIR1_EL1, acknowledged);
	isb();
}

const struct gic_ops gic_v3_ops = { init_cpu, enable, send_sgi, acknowledge, end };
