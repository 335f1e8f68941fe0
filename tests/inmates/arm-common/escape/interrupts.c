// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Interrupts of others (IHI 0048, 4.3; IHI 0069, 12.9). Bits of the distributor that are not the cell's read as zero, writes to them are
 * ignored; to route one elsewhere than to the cell's own CPUs ends the CPU; software-generated interrupts reach CPUs of the cell only.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include "escape.h"

#define GICD_CTLR	0x0000
#define GICD_ICENABLER	0x0180
#define GICD_ITARGETSR	0x0800
#define GICD_SGIR	0x0f00
#define GICD_IROUTER	0x6000
#define GICR_ISENABLER0	0x10100
#define GICR_WAKER	0x00014
#define ROOT_SPI	34	/* the RTC's */
#define ALL_BUT_SELF	(1ULL << 40)

static void enable_foreign_spi(void *arg)
{
	mmio_write32(gicd(GICD_ISENABLER + ROOT_SPI / 32 * 4), ~0U);
	value = mmio_read32(gicd(GICD_ISENABLER + ROOT_SPI / 32 * 4));
}

static void disable_foreign_spi(void *arg)
{
	mmio_write32(gicd(GICD_ICENABLER + ROOT_SPI / 32 * 4), ~0U);
}

static void route_foreign_spi(void *arg)
{
	if (comm_region->gic_version == 3)
		mmio_write64(gicd(GICD_IROUTER + ROOT_SPI * 8), cpu_id());
	else
		mmio_write8(gicd(GICD_ITARGETSR + ROOT_SPI), 0xff);
}

static void switch_gic_off(void *arg)
{
	mmio_write32(gicd(GICD_CTLR), 0);
}

/* The first redistributor is CPU 0's. */
static void foreign_redistributor(void *arg)
{
	u8 *frame = (u8 *)(unsigned long)comm_region->gicr_base;

	if (comm_region->gic_version != 3)
		return;
	map_range(frame, 0x20000, MAP_UNCACHED);
	mmio_write32(frame + GICR_ISENABLER0, ~0U);
	mmio_write32(frame + GICR_WAKER, 2);
	value = mmio_read32(frame + GICR_ISENABLER0);
}

/* Every register of the distributor for root's interrupt: group, enable, pending, active, priority, target, configuration. */
static void rewrite_foreign_spi(void *arg)
{
	static const struct {
		u16 base, bits;
	} fields[] = {
		{ 0x080, 1 }, { 0x100, 1 }, { 0x180, 1 }, { 0x200, 1 }, { 0x280, 1 }, { 0x300, 1 }, { 0x380, 1 }, { 0x400, 8 }, { 0x800, 8 },
		{ 0xc00, 2 }, { 0xd00, 1 },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(fields); n++) {
		u32 *word = gicd(fields[n].base + ROOT_SPI * fields[n].bits / 32 * 4);
		u32 mask = ((1ULL << fields[n].bits) - 1) << ROOT_SPI * fields[n].bits % 32;
		u32 before = mmio_read32(word) & mask;

		mmio_write32(word, ~0U);
		if ((mmio_read32(word) & mask) != before)
			value = fields[n].base;
		mmio_write32(word, 0);
		if ((mmio_read32(word) & mask) != before)
			value = fields[n].base;
	}
}

/* Tables of LPIs would be memory that the GIC itself writes to. */
static void own_lpi_tables(void *arg)
{
	u8 *frame = (u8 *)(unsigned long)comm_region->gicr_base;

	if (comm_region->gic_version != 3)
		return;
	while (mmio_read64(frame + 8) >> 32 != cpu_id())
		frame += 0x20000;
	map_range(frame, 0x20000, MAP_UNCACHED);
	mmio_write64(frame + 0x70, ROOT_MEMORY | 0xf);
	mmio_write64(frame + 0x78, ROOT_MEMORY);
	mmio_write32(frame, 1);
	value = mmio_read64(frame + 0x70) | mmio_read64(frame + 0x78) | (mmio_read32(frame) & 1);
}

static void sgi_to_root(void *arg)
{
	unsigned int sgi;

	for (sgi = 0; sgi < NUM_SGIS; sgi++)
		gic_send_sgi(0, sgi);
}

static void sgi_to_all(void *arg)
{
	unsigned int sgi;

	for (sgi = 0; sgi < NUM_SGIS; sgi++) {
		if (comm_region->gic_version == 3)
			write_sysreg(ICC_SGI1R_EL1, ALL_BUT_SELF | (u64)sgi << 24);
		else
			mmio_write32(gicd(GICD_SGIR), 1U << 24 | sgi);
	}
}

const struct attempt interrupt_attempts[] = {
	ATTEMPT(enable_foreign_spi), ATTEMPT(disable_foreign_spi), ATTEMPT(route_foreign_spi), ATTEMPT(switch_gic_off),
	ATTEMPT(foreign_redistributor), ATTEMPT(rewrite_foreign_spi), ATTEMPT(own_lpi_tables), ATTEMPT(sgi_to_root), ATTEMPT(sgi_to_all),
	NO_MORE,
};
