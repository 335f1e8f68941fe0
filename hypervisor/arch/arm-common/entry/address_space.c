// SPDX-License-Identifier: GPL-2.0
/*
 * address_space - the part of the hypervisor's own address spaces that is common to all CPUs, with W^X.
 * What is private to a CPU, percpu_tables.c of the architecture adds.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm/el2.h>
#include <arm/entry.h>
#include <hv/log.h>
#include <hv/pt.h>

#define GICD_SIZE	0x10000
#define GICC_SIZE	0x2000
#define GICH_SIZE	0x1000

static struct pt common;

static int map_linear(const u8 *start, const u8 *end, u32 flags)
{
	u64 size = PAGE_ALIGN((u64)(end - start));

	if (!size)
		return 0;
	return pt_map(&common, (u64)start, arch_virt_to_phys(start), size, flags | PT_NO_HUGE);
}

static int map_image(void)
{
	u8 *percpu = __image_start + hv_header.core_size;
	u8 *rest = percpu + (u64)hv_header.max_cpus * PERCPU_SIZE;
	int err = map_linear(__image_start, __text_end, PT_READ | PT_EXEC);

	if (!err)
		err = map_linear(__rodata_start, __rodata_end, PT_READ);
	if (!err)
		err = map_linear(__data_start, percpu, PT_READ | PT_WRITE);
	if (!err)	/* the private areas stay out */
		err = map_linear(rest, __image_start + hv_header.hv_size, PT_READ | PT_WRITE);
	if (!err)
		err = pt_map(&common, arch_virt_to_phys(__idmap_start), arch_virt_to_phys(__idmap_start), PAGE_SIZE,
			     PT_READ | PT_EXEC);
	return err;
}

/* Whole pages, as many as [@pa, @pa + @size) touches. */
static int map_device(u64 va, u64 pa, u64 size)
{
	u64 offset = pa & ~PAGE_MASK;

	return pt_map(&common, va, pa - offset, PAGE_ALIGN(size + offset), PT_READ | PT_WRITE | PT_DEVICE);
}

static int map_gic(const struct jailhouse_system *config)
{
	const __typeof__(config->platform_info.arm) *arm = &config->platform_info.arm;
	int err = map_device(DEVICE_GICD, arm->gicd_base, GICD_SIZE);

	arm_gicd = (volatile u8 *)DEVICE_GICD;
	arm_gicd_base = arm->gicd_base;
	if (arm->gic_version == 3) {
		/* how many there are is not known before they are mapped: one for each CPU, of the larger kind */
		arm_gicr = (volatile u8 *)DEVICE_GICR;
		arm_gicr_size = hv_header.max_cpus * GICR_STRIDE_V4;
		return err ? err : map_device(DEVICE_GICR, arm->gicr_base, arm_gicr_size);
	}
	if (!err)
		err = map_device(DEVICE_GICC, arm->gicc_base, GICC_SIZE);
	if (!err)
		err = map_device(DEVICE_GICH, arm->gich_base, GICH_SIZE);
	arm_gicc_base = arm->gicc_base;
	arm_gicv_base = arm->gicv_base;
	arm_gicc = (volatile u8 *)DEVICE_GICC;
	arm_gich = (volatile u8 *)DEVICE_GICH;
	return err;
}

int arm_paging_init(struct system *s)
{
	int err = pt_init(&common, &ARM_HOST_FORMAT, &s->pool);

	if (!err)
		err = map_image();
	if (!err)
		err = map_gic(s->config);
	if (!err && s->config->debug_console.flags & JAILHOUSE_CON_ACCESS_MMIO)
		err = map_device(DEVICE_CONSOLE, s->config->debug_console.address, 1);
	if (!err && s->config->debug_console.clock_reg)
		err = map_device(DEVICE_CLOCK, s->config->debug_console.clock_reg, 1);
	return err;
}

const u64 *arm_common_root(void)
{
	return common.root;
}

/* They lie one after the other, the last one says so. */
void arm_count_redistributors(void)
{
	u64 typer;

	arm_gicr_stride = mmio_read64(arm_gicr + GICR_TYPER) & GICR_TYPER_VLPIS ? GICR_STRIDE_V4 : GICR_STRIDE;
	do {
		typer = mmio_read64(arm_gicr + (u64)arm_gicr_count * arm_gicr_stride + GICR_TYPER);
		arm_gicr_count++;
	} while (!(typer & GICR_TYPER_LAST) && (arm_gicr_count + 1ULL) * arm_gicr_stride <= arm_gicr_size);
}
