// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/ */
/* cflags: -DCONFIG_FOR_ARM64 */
/*
 * Rules of configurations that ARM64 has, and those of x86 that it has not.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <common/config/config.h>
#include "common_blob.h"

#define GICD	0x08000000ULL
#define GICR	0x080a0000ULL
#define GICC	0x08010000ULL
#define GICH	0x08030000ULL
#define GICV	0x08040000ULL
#define HV	0x7fc00000ULL
#define RAM	0x40000000ULL
#define CELL	0x70000000ULL

static struct jailhouse_refusal refusal;

static void add_irqchip(struct blob *b, __u32 pin_base, __u32 bits)
{
	b->irqchips[b->cell.num_irqchips++] = (struct jailhouse_irqchip){
		.address = GICD, .pin_base = pin_base, .pin_bitmap = { bits, 0, 0, bits },
	};
}

static struct jailhouse_cell_desc descriptor(const char *name)
{
	struct jailhouse_cell_desc d = blob_descriptor(name);

	d.architecture = JAILHOUSE_ARM64;
	return d;
}

static struct blob machine(void)
{
	struct blob b = { .is_system = true, .cell = descriptor("machine"), .cpus = { 0x0f } };

	b.system = (struct jailhouse_system){
		.signature = JAILHOUSE_SYSTEM_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.hypervisor_memory = { .phys_start = HV, .size = 0x400000 },
		.platform_info.arm = { .gic_version = 3, .maintenance_irq = 25, .gicd_base = GICD, .gicr_base = GICR },
	};
	blob_add_mem(&b, RAM, RAM, HV - RAM, BLOB_RAM | JAILHOUSE_MEM_DMA);
	blob_add_mem(&b, 0x09000000, 0x09000000, 0x1000000, BLOB_MMIO);
	add_irqchip(&b, 32, 0xff);
	add_irqchip(&b, 160, 0xff);
	return b;
}

static struct blob machine_gicv2(void)
{
	struct blob b = machine();

	b.system.platform_info.arm.gic_version = 2;
	b.system.platform_info.arm.gicr_base = 0;
	b.system.platform_info.arm.gicc_base = GICC;
	b.system.platform_info.arm.gich_base = GICH;
	b.system.platform_info.arm.gicv_base = GICV;
	return b;
}

static struct blob cell(void)
{
	struct blob b = { .cell = descriptor("demo"), .cpus = { 0x08 } };

	blob_add_mem(&b, CELL, 0, 0x100000, BLOB_RAM | JAILHOUSE_MEM_LOADABLE);
	blob_add_mem(&b, 0, 0x80000000, 0x1000, BLOB_COMM);
	add_irqchip(&b, 160, 2);
	return b;
}

static __u32 rule_of_system(struct blob b)
{
	struct system_view v;

	memset(&refusal, 0, sizeof(refusal));
	blob_pack(&b);
	if (!system_view_init(&v, b.bytes, b.size, &refusal) && !config_check_system(&v, &refusal))
		refusal.rule = 0;
	blob_free(&b);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

static __u32 rule_of_cell(struct blob b)
{
	struct cell_view v;

	memset(&refusal, 0, sizeof(refusal));
	blob_pack(&b);
	if (!cell_view_init(&v, b.bytes, b.size, &refusal) && !config_check_cell(&v, &refusal))
		refusal.rule = 0;
	blob_free(&b);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

static __u32 rule_in_system(struct blob b, struct blob s)
{
	struct system_view sys;
	struct cell_view v;

	memset(&refusal, 0, sizeof(refusal));
	blob_pack(&b);
	blob_pack(&s);
	assert_int_equal(system_view_init(&sys, s.bytes, s.size, &refusal), 0);
	assert_int_equal(config_check_system(&sys, &refusal), 0);
	assert_int_equal(cell_view_init(&v, b.bytes, b.size, &refusal), 0);
	assert_int_equal(config_check_cell(&v, &refusal), 0);
	if (!config_check_cell_in_system(&v, &sys, &refusal))
		refusal.rule = 0;
	blob_free(&b);
	blob_free(&s);
	return refusal.rule ? refusal_rule(&refusal) : 0;
}

static void assert_sentence(const char *sentence)
{
	char text[1024];

	refusal_format(text, sizeof(text), &refusal);
	assert_string_equal(text, sentence);
}

static void good_machines_and_cells_are_accepted(void **state)
{
	assert_int_equal(rule_of_system(machine()), 0);
	assert_int_equal(rule_of_system(machine_gicv2()), 0);
	assert_int_equal(rule_of_cell(cell()), 0);
	assert_int_equal(rule_in_system(cell(), machine()), 0);
	assert_int_equal(rule_in_system(cell(), machine_gicv2()), 0);
}

static void another_architecture_is_refused(void **state)
{
	struct blob b = cell();

	b.cell.architecture = JAILHOUSE_X86;
	assert_int_equal(rule_of_cell(b), RULE_ARCHITECTURE);
}

static void a_cell_may_have_cpu_0_and_run_aarch32(void **state)
{
	struct blob b = cell(), s = machine();

	b.cpus[0] = 0x09;
	b.cell.flags = JAILHOUSE_CELL_AARCH32;
	assert_int_equal(rule_in_system(b, machine()), 0);
	s.cell.flags = JAILHOUSE_CELL_AARCH32;
	assert_int_equal(rule_of_system(s), RULE_CELL_FLAG_ARCH);
}

static void stream_ids_exist(void **state)
{
	struct blob b = cell();

	b.cell.num_stream_ids = 1;
	assert_int_equal(rule_of_cell(b), 0);
}

static void io_ports_do_not_exist(void **state)
{
	struct blob b = cell();

	blob_add_pio(&b, 0x2f8, 8);
	assert_int_equal(rule_of_cell(b), RULE_PIO_ARCH);
	assert_sentence("Port range 0 is a range of I/O ports, which do not exist on this architecture. Remove it.");
	b = cell();
	b.cell.console = (struct jailhouse_console){ .address = 0x3f8, .type = JAILHOUSE_CON_TYPE_8250 };
	assert_int_equal(rule_of_cell(b), RULE_CONSOLE_ADDRESS);
}

static void pins_are_shared_interrupts_in_steps_of_32(void **state)
{
	static const __u32 wrong[] = { 0, 16, 33, 928 };
	struct blob b;
	unsigned int n;

	for (n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		b = cell();
		b.irqchips[0].pin_base = wrong[n];
		assert_int_equal(rule_of_cell(b), RULE_IRQCHIP_PIN_BASE);
	}
	b = cell();
	b.irqchips[0].pin_base = 896;
	assert_int_equal(rule_of_cell(b), 0);
}

static void parts_of_a_gic_may_not_overlap(void **state)
{
	struct blob b = cell();

	add_irqchip(&b, 32, 1);
	assert_int_equal(rule_of_cell(b), 0);
	b = cell();
	add_irqchip(&b, 192, 1);
	assert_int_equal(rule_of_cell(b), RULE_IRQCHIP_TWICE);
}

static void pins_belong_to_root_whatever_part_names_them(void **state)
{
	struct blob b = cell();

	b.irqchips[0] = (struct jailhouse_irqchip){ .address = GICD, .pin_base = 64, .pin_bitmap = { 0, 0, 0, 1 } };
	assert_int_equal(rule_in_system(b, machine()), 0);
	b.irqchips[0].pin_bitmap[3] = 1 << 8;
	assert_int_equal(rule_in_system(b, machine()), RULE_IRQCHIP_PIN_NOT_ROOTS);
	assert_int_equal(refusal.value[0], 168);
	/* a part that root does not name at all */
	b = cell();
	b.irqchips[0].pin_bitmap[0] = b.irqchips[0].pin_bitmap[3] = 0;
	b.irqchips[0].pin_base = 288;
	b.irqchips[0].pin_bitmap[0] = 1 << 5;
	assert_int_equal(rule_in_system(b, machine()), RULE_IRQCHIP_PIN_NOT_ROOTS);
	assert_int_equal(refusal.value[0], 293);
}

static struct blob neighbour(__u32 pin_base, __u32 word, __u32 bits)
{
	struct blob b = cell();

	strcpy(b.cell.name, "other");
	b.cpus[0] = 4;
	b.mem[0].phys_start = CELL + 0x100000;
	b.irqchips[0] = (struct jailhouse_irqchip){ .address = GICD, .pin_base = pin_base };
	b.irqchips[0].pin_bitmap[word] = bits;
	return b;
}

/* In both orders, which may not matter. */
static __u32 rule_of_pair(struct blob a, struct blob b)
{
	struct cell_view x, y;
	__u32 rule = 0;

	blob_pack(&a);
	blob_pack(&b);
	assert_int_equal(cell_view_init(&x, a.bytes, a.size, &refusal), 0);
	assert_int_equal(cell_view_init(&y, b.bytes, b.size, &refusal), 0);
	if (config_check_cell_pair(&x, &y, &refusal))
		rule = refusal_rule(&refusal);
	assert_int_equal(config_check_cell_pair(&y, &x, &refusal) ? refusal_rule(&refusal) : 0, rule);
	blob_free(&a);
	blob_free(&b);
	return rule;
}

/* Of cell(): 161, and 257, which lies behind the neighbour's part. */
static void a_pin_has_one_cell_whatever_part_names_it(void **state)
{
	assert_int_equal(rule_of_pair(cell(), neighbour(96, 2, 2)), RULE_IRQCHIP_PIN_IN_USE);
	assert_int_equal(refusal.value[0], 161);
	assert_int_equal(rule_of_pair(cell(), neighbour(224, 1, 2)), RULE_IRQCHIP_PIN_IN_USE);
	assert_int_equal(refusal.value[0], 257);
	assert_int_equal(rule_of_pair(cell(), neighbour(96, 0, 2)), 0);
	assert_int_equal(rule_of_pair(cell(), neighbour(224, 3, 2)), 0);
}

static void nobody_maps_the_gic(void **state)
{
	static const __u64 v3[] = { GICD, GICD + 0xffff, GICR, GICR + 0x7ffff };
	static const __u64 v2[] = { GICD, GICC + 0x1fff, GICH, GICV + 0x1000 };
	unsigned int n;

	for (n = 0; n < 4; n++) {
		struct blob b = machine();

		blob_add_mem(&b, v3[n] & ~0xfffULL, v3[n] & ~0xfffULL, 0x1000, BLOB_MMIO);
		assert_int_equal(rule_of_system(b), RULE_MEMORY_GIC);
		b = machine_gicv2();
		blob_add_mem(&b, v2[n] & ~0xfffULL, v2[n] & ~0xfffULL, 0x1000, BLOB_MMIO);
		assert_int_equal(rule_of_system(b), RULE_MEMORY_GIC);
	}
	assert_sentence("Memory region 2 of the root cell overlaps with the interrupt controller 0x8040000-0x8041fff, which the hypervisor "
			"handles. Leave that range out of the region.");
}

static void what_lies_beside_the_gic_may_be_mapped(void **state)
{
	struct blob b = machine();

	blob_add_mem(&b, GICR + 0x80000, GICR + 0x80000, 0x1000, BLOB_MMIO);
	blob_add_mem(&b, GICC, GICC, 0x1000, BLOB_MMIO);
	assert_int_equal(rule_of_system(b), 0);
	/* GICv4 has twice the frames, which the machine alone can tell */
	config_redistributor_size = 0x40000;
	assert_int_equal(rule_of_system(b), RULE_MEMORY_GIC);
	config_redistributor_size = 0x20000;
	/* x86: the local APIC is here */
	blob_add_mem(&b, 0xfee00000, 0xfee00000, 0x1000, BLOB_MMIO);
	assert_int_equal(rule_of_system(b), 0);
}

static void a_gic_is_described_completely(void **state)
{
	struct blob b = machine();

	b.system.platform_info.arm.gic_version = 4;
	assert_int_equal(rule_of_system(b), RULE_GIC_VERSION);
	assert_sentence("The interrupt controller has version 4. Set .gic_version to 2 or 3.");
	b = machine();
	b.system.platform_info.arm.gicr_base = 0;
	assert_int_equal(rule_of_system(b), RULE_GIC_ADDRESS);
	assert_sentence("An address of the interrupt controller is 0x0, which is not one of the machine's. Set .gicd_base and, for version 3, .gicr_base, for version 2, "
			".gicc_base, .gich_base and .gicv_base.");
	b = machine();
	b.system.platform_info.arm.gicd_base += 8;
	assert_int_equal(rule_of_system(b), RULE_GIC_ADDRESS);
	b = machine();
	b.system.platform_info.arm.gicd_base = 0xfffffffff000;	/* the second page is behind the end of addresses */
	assert_int_equal(rule_of_system(b), RULE_GIC_ADDRESS);
	b = machine_gicv2();
	b.system.platform_info.arm.gicv_base = 0;
	assert_int_equal(rule_of_system(b), RULE_GIC_ADDRESS);
	b = machine();
	b.system.platform_info.arm.maintenance_irq = 32;
	assert_int_equal(rule_of_system(b), RULE_GIC_MAINTENANCE);
	assert_sentence("The maintenance interrupt of the interrupt controller is 32. Use the id of a private peripheral interrupt, 16 to 31.");
	b.system.platform_info.arm.maintenance_irq = 15;
	assert_int_equal(rule_of_system(b), RULE_GIC_MAINTENANCE);
}

static void hypervisor_memory_starts_at_a_block(void **state)
{
	struct blob b = machine();

	b.system.hypervisor_memory.phys_start += 0x1000;
	assert_int_equal(rule_of_system(b), RULE_HV_MEMORY_BLOCK);
	assert_sentence("The hypervisor's memory at 0x7fc01000 does not start at a multiple of 0x200000. "
			"Align phys_start of .hypervisor_memory to that.");
}

static void iommus_are_those_of_arm(void **state)
{
	struct blob b = machine();

	b.system.platform_info.iommu_units[0] = (struct jailhouse_iommu){
		.type = JAILHOUSE_IOMMU_SMMUV3, .base = 0x09050000, .size = 0x20000,
	};
	b.mem[1].size = 0x50000;
	assert_int_equal(rule_of_system(b), 0);
	b.system.platform_info.iommu_units[0].type = JAILHOUSE_IOMMU_PVU;
	assert_int_equal(rule_of_system(b), 0);
	b.system.platform_info.iommu_units[0].type = JAILHOUSE_IOMMU_ARM_MMU500;
	assert_int_equal(rule_of_system(b), 0);
	b.system.platform_info.iommu_units[0].type = JAILHOUSE_IOMMU_INTEL;
	assert_int_equal(rule_of_system(b), RULE_IOMMU_TYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_machines_and_cells_are_accepted),
		cmocka_unit_test(another_architecture_is_refused),
		cmocka_unit_test(a_cell_may_have_cpu_0_and_run_aarch32),
		cmocka_unit_test(stream_ids_exist),
		cmocka_unit_test(io_ports_do_not_exist),
		cmocka_unit_test(pins_are_shared_interrupts_in_steps_of_32),
		cmocka_unit_test(parts_of_a_gic_may_not_overlap),
		cmocka_unit_test(pins_belong_to_root_whatever_part_names_them),
		cmocka_unit_test(a_pin_has_one_cell_whatever_part_names_it),
		cmocka_unit_test(nobody_maps_the_gic),
		cmocka_unit_test(what_lies_beside_the_gic_may_be_mapped),
		cmocka_unit_test(a_gic_is_described_completely),
		cmocka_unit_test(hypervisor_memory_starts_at_a_block),
		cmocka_unit_test(iommus_are_those_of_arm),
	};

	return cmocka_run_group_tests_name("common_config_arm64", tests, NULL, NULL);
}
