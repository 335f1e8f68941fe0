// SPDX-License-Identifier: GPL-2.0
/*
 * address_space - the hypervisor's own address spaces: a common part with W^X, and for each CPU
 * tables of its own that add its private area and its window, and nothing of another CPU, of Linux
 * or of a cell.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <arch/contract.h>
#include <arm64/entry.h>
#include <arm64/hal.h>
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

int arm64_paging_init(struct system *s)
{
	int err = pt_init(&common, &pt_lpae_s1, &s->pool);

	if (!err)
		err = map_image();
	if (!err)
		err = map_gic(s->config);
	if (!err && s->config->debug_console.flags & JAILHOUSE_CON_ACCESS_MMIO)
		err = map_device(DEVICE_CONSOLE, s->config->debug_console.address, PAGE_SIZE);
	if (!err && s->config->debug_console.clock_reg)
		err = map_device(DEVICE_CLOCK, s->config->debug_console.clock_reg, PAGE_SIZE);
	return err;
}

/* They lie one after the other, the last one says so. */
void arm64_count_redistributors(void)
{
	u64 typer;

	arm_gicr_stride = mmio_read64(arm_gicr + GICR_TYPER) & GICR_TYPER_VLPIS ? GICR_STRIDE_V4 : GICR_STRIDE;
	do {
		typer = mmio_read64(arm_gicr + (u64)arm_gicr_count * arm_gicr_stride + GICR_TYPER);
		arm_gicr_count++;
	} while (!(typer & GICR_TYPER_LAST) && (arm_gicr_count + 1ULL) * arm_gicr_stride <= arm_gicr_size);
}

static unsigned int slot(u64 va, unsigned int level)
{
	return va >> (PAGE_SHIFT + 9 * level) & 511;
}

static u64 private_pa(struct percpu *p, const void *member)
{
	return p->self_pa + ((const u8 *)member - (const u8 *)p);
}

static u64 table(struct percpu *p, const u64 *t)
{
	return pt_lpae_s1.table(private_pa(p, t), 0);
}

static void clear_tables(struct percpu *p)
{
	u64 *tables[] = { p->local_l2, p->local_l3, p->window_l2, p->window_l3 };

	for (unsigned int t = 0; t < ARRAY_SIZE(tables); t++)
		for (unsigned int i = 0; i < 512; i++)
			tables[t][i] = pt_lpae_s1.empty;
}

void arm64_percpu_paging_init(struct percpu *p)
{
	unsigned int pages = sizeof(*p) / PAGE_SIZE;
	u64 entry = common.root[slot(HV_BASE, 3)];
	const u64 *common_l1 = arch_phys_to_virt(pt_lpae_s1.pa(entry, 3));

	HV_BUG_ON(!pt_lpae_s1.present(entry, 3));
	clear_tables(p);
	for (unsigned int i = 0; i < 512; i++) {
		p->l0[i] = common.root[i];
		p->l1[i] = common_l1[i];
	}

	/* the lowest page of the stack stays unmapped: a guard */
	for (unsigned int i = 1; i < pages; i++)
		p->local_l3[slot(LOCAL_BASE, 0) + i] =
			pt_lpae_s1.leaf(p->self_pa + i * PAGE_SIZE, 0, PT_READ | PT_WRITE);
	p->local_l2[slot(LOCAL_BASE, 1)] = table(p, p->local_l3);
	p->window_l2[slot(WINDOW_BASE, 1)] = table(p, p->window_l3);
	p->l1[slot(LOCAL_BASE, 2)] = table(p, p->local_l2);
	p->l1[slot(WINDOW_BASE, 2)] = table(p, p->window_l2);
	p->l0[slot(HV_BASE, 3)] = table(p, p->l1);
	p->ttbr = private_pa(p, p->l0);
}
