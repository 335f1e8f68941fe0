// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/ */
/* cflags: -DCONFIG_FOR_ARM */
/*
 * The configurations for ARMv7 of this repository keep all rules, and the rules that only ARMv7 has.
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

/* Each source defines an object "config", and macros. */
#define config qemu_arm
#include <configs/arm/qemu-arm.c>
#include "config_macros_end.h"
#define config gic_demo
#include <configs/arm/gic-demo.c>
#include "config_macros_end.h"
#define config linux_demo
#include <configs/arm/linux-demo.c>
#include "config_macros_end.h"

static __typeof__(qemu_arm) machine;

static int setup(void **state)
{
	machine = qemu_arm;
	machine.mem_regions[3].size = 0x1000;	/* of PCI: room for the hypervisor's memory */
	return 0;
}

static __u32 rule_of_system(void)
{
	struct jailhouse_refusal r = { 0 };
	struct system_view sys;
	int err = system_view_init(&sys, &machine.header, sizeof(machine), &r);

	return err || config_check_system(&sys, &r) ? refusal_rule(&r) : 0;
}

static __u32 rule_of_cell(const void *cell, __u32 size)
{
	struct jailhouse_refusal r = { 0 };
	struct system_view sys;
	struct cell_view v;

	assert_int_equal(system_view_init(&sys, &machine.header, sizeof(machine), &r), 0);
	return cell_view_init(&v, cell, size, &r) || config_check_cell(&v, &r) || config_check_cell_in_system(&v, &sys, &r) ? refusal_rule(&r) : 0;
}

static void shipped_configurations_keep_all_rules(void **state)
{
	assert_int_equal(rule_of_system(), 0);
	assert_int_equal(rule_of_cell(&gic_demo, sizeof(gic_demo)), 0);
	assert_int_equal(rule_of_cell(&linux_demo, sizeof(linux_demo)), 0);
}

static __u32 rule_of_memory(__u64 start, __u64 size)
{
	machine.header.hypervisor_memory.phys_start = start;
	machine.header.hypervisor_memory.size = size;
	return rule_of_system();
}

static void hypervisor_memory_stays_out_of_hyp_modes_own_addresses(void **state)
{
	assert_int_equal(rule_of_memory(0x20000000, 0x800000), RULE_HV_MEMORY_LAYOUT);
	assert_int_equal(rule_of_memory(0x1f800000, 0xa00000), RULE_HV_MEMORY_LAYOUT);
	assert_int_equal(rule_of_memory(0x28400000, 0x800000), RULE_HV_MEMORY_LAYOUT);
	assert_int_not_equal(rule_of_memory(0x28600000, 0x800000), RULE_HV_MEMORY_LAYOUT);
	assert_int_not_equal(rule_of_memory(0x1f800000, 0x800000), RULE_HV_MEMORY_LAYOUT);
	/* too large, and where 32 bits do not reach */
	assert_int_equal(rule_of_memory(0x70000000, 0x8200000), RULE_HV_MEMORY_LAYOUT);
	assert_int_equal(rule_of_memory(0x100000000ULL, 0x800000), RULE_HV_MEMORY_LAYOUT);
	assert_int_equal(rule_of_memory(0xffe00000, 0x400000), RULE_HV_MEMORY_LAYOUT);
}

static void no_cpu_of_armv7_has_the_interface_of_gicv3(void **state)
{
	machine.header.platform_info.arm.gic_version = 3;
	machine.header.platform_info.arm.gicr_base = 0x080a0000;
	assert_int_equal(rule_of_system(), RULE_GIC_NO_INTERFACE);
	machine.header.platform_info.arm.gic_version = 4;
	assert_int_equal(rule_of_system(), RULE_GIC_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shipped_configurations_keep_all_rules, setup),
		cmocka_unit_test_setup(hypervisor_memory_stays_out_of_hyp_modes_own_addresses, setup),
		cmocka_unit_test_setup(no_cpu_of_armv7_has_the_interface_of_gicv3, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
