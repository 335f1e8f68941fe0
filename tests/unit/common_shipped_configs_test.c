// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/view.c common/config/check_cell.c common/config/check_pci.c common/config/check_system.c common/config/check_pair.c common/config/rules.c */
/*
 * The configurations of this repository keep all rules.
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

/* Each source defines an object "config". */
#define config qemu_x86
#include <configs/x86/qemu-x86.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_MEM
#undef NUM_DEVICES
#undef NUM_CAPS
#define config qemu_x86_devices
#include <configs/x86/qemu-x86-devices.c>
#undef config
#undef RAM
#undef MMIO
#undef QEMU_X86_TEST_DEVICES
#undef NUM_MEM
#undef NUM_DEVICES
#undef NUM_CAPS
#define config bench_system
#include <configs/x86/bench-system.c>
#undef config
#undef RAM
#undef MMIO
#undef QEMU_X86_2G
#undef NUM_MEM
#undef NUM_DEVICES
#undef NUM_CAPS
#undef RAM_END
#undef FIRMWARE
#undef PCI_PORTS
#define config qemu_x86_efi
#include <configs/x86/qemu-x86-efi.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_MEM
#undef NUM_DEVICES
#undef RAM_END
#define config efifb_demo
#include <configs/x86/efifb-demo.c>
#undef config
#define config apic_demo
#include <configs/x86/apic-demo.c>
#undef config
#define config tiny_demo
#include <configs/x86/tiny-demo.c>
#undef config
#define config tiny_demo_2
#include <configs/x86/tiny-demo-2.c>
#undef config
#define config demo_32_bit
#include <configs/x86/32-bit-demo.c>
#undef config
#define config ioapic_demo
#include <configs/x86/ioapic-demo.c>
#undef config
#define config smp_demo
#include <configs/x86/smp-demo.c>
#undef config
#define config bench
#include <configs/x86/bench.c>
#undef config
#define config bench_large
#include <configs/x86/bench-large.c>
#undef config
#define config bench_many
#include <configs/x86/bench-many.c>
#undef config
#define config test_cell
#include <configs/x86/test.c>
#undef config
#define config test_devices
#include <configs/x86/test-devices.c>
#undef config
#undef RAM
#undef MMIO
#define config victim
#include <configs/x86/victim.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_DEVICES
#define config escape
#include <configs/x86/escape.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_DEVICES
#define config bochs_victim
#include <configs/x86/bochs-victim.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_DEVICES
#undef WITHOUT_DEVICES
#define config bochs_escape
#include <configs/x86/bochs-escape.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_MEM
#undef NUM_DEVICES
#define config bochs_x86
#include <configs/x86/bochs-x86.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_MEM
#undef NUM_DEVICES
#undef APIC_MODE
#undef RAM_END
#define config bochs_x86_x2apic
#include <configs/x86/bochs-x86-x2apic.c>
#undef config
#undef RAM
#undef MMIO
#undef NUM_MEM
#undef NUM_DEVICES
#undef APIC_MODE
#undef RAM_END
#define config bochs_bench_system
#include <configs/x86/bochs-bench-system.c>
#undef config

static struct jailhouse_refusal refusal;

static void assert_ok(int err)
{
	char sentence[512] = "";

	if (!err)
		return;
	refusal_format(sentence, sizeof(sentence), &refusal);
	fail_msg("%s", sentence);
}

static struct system_view view_system(const void *blob, size_t size)
{
	struct system_view v;

	assert_ok(system_view_init(&v, blob, size, &refusal));
	return v;
}

static struct cell_view view_cell(const void *blob, size_t size)
{
	struct cell_view v;

	assert_ok(cell_view_init(&v, blob, size, &refusal));
	return v;
}

#define VIEW_SYSTEM(c)	view_system(&(c), sizeof(c))
#define VIEW_CELL(c)	view_cell(&(c), sizeof(c))

static void systems_keep_the_rules(void **state)
{
	struct system_view plain = VIEW_SYSTEM(qemu_x86), devices = VIEW_SYSTEM(qemu_x86_devices), efi = VIEW_SYSTEM(qemu_x86_efi),
		large = VIEW_SYSTEM(bench_system), bochs = VIEW_SYSTEM(bochs_x86), x2apic = VIEW_SYSTEM(bochs_x86_x2apic),
		large_bochs = VIEW_SYSTEM(bochs_bench_system);

	(void)state;
	assert_ok(config_check_system(&bochs, &refusal));
	assert_ok(config_check_system(&x2apic, &refusal));
	assert_ok(config_check_system(&large_bochs, &refusal));
	assert_ok(config_check_system(&plain, &refusal));
	assert_ok(config_check_system(&efi, &refusal));
	assert_ok(config_check_system(&devices, &refusal));
	assert_ok(config_check_system(&large, &refusal));
}

static void check_cell(struct cell_view cell, const struct system_view *sys)
{
	assert_ok(config_check_cell(&cell, &refusal));
	assert_ok(config_check_cell_in_system(&cell, sys, &refusal));
}

static void cells_fit_the_machine(void **state)
{
	struct system_view sys = VIEW_SYSTEM(qemu_x86), with_devices = VIEW_SYSTEM(qemu_x86_devices), efi = VIEW_SYSTEM(qemu_x86_efi),
		large = VIEW_SYSTEM(bench_system), bochs = VIEW_SYSTEM(bochs_x86), large_bochs = VIEW_SYSTEM(bochs_bench_system);
	const struct cell_view cells[] = {
		VIEW_CELL(apic_demo), VIEW_CELL(tiny_demo), VIEW_CELL(tiny_demo_2), VIEW_CELL(demo_32_bit), VIEW_CELL(smp_demo),
		VIEW_CELL(test_cell), VIEW_CELL(bench),
		/* with an interrupt of q35's */
		VIEW_CELL(ioapic_demo),
	};
	unsigned int n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(cells); n++) {
		check_cell(cells[n], &sys);
		check_cell(cells[n], &with_devices);
		check_cell(cells[n], &efi);
	}
	for (n = 0; n < ARRAY_SIZE(cells) - 1; n++)
		check_cell(cells[n], &bochs);
	check_cell(VIEW_CELL(bench_large), &large_bochs);
	check_cell(VIEW_CELL(bench_many), &large_bochs);
	check_cell(VIEW_CELL(bochs_victim), &bochs);
	check_cell(VIEW_CELL(bochs_escape), &bochs);
	check_cell(VIEW_CELL(bench_large), &large);
	check_cell(VIEW_CELL(bench_many), &large);
	check_cell(VIEW_CELL(efifb_demo), &efi);
	check_cell(VIEW_CELL(test_devices), &with_devices);
	check_cell(VIEW_CELL(victim), &with_devices);
	check_cell(VIEW_CELL(escape), &with_devices);
}

static void the_second_cell_runs_beside_any_single_cpu_cell(void **state)
{
	const struct cell_view second = VIEW_CELL(tiny_demo_2), cells[] = {
		VIEW_CELL(apic_demo), VIEW_CELL(tiny_demo), VIEW_CELL(demo_32_bit), VIEW_CELL(test_devices), VIEW_CELL(test_cell),
	};
	unsigned int n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(cells); n++) {
		assert_ok(config_check_cell_pair(&second, &cells[n], &refusal));
		assert_ok(config_check_cell_pair(&cells[n], &second, &refusal));
	}
}

static void attacker_and_victim_share_what_the_victim_publishes_only(void **state)
{
	const struct cell_view attacker = VIEW_CELL(escape), victim_cell = VIEW_CELL(victim), bochs_attacker = VIEW_CELL(bochs_escape),
		bochs_victim_cell = VIEW_CELL(bochs_victim);

	(void)state;
	assert_ok(config_check_cell_pair(&bochs_attacker, &bochs_victim_cell, &refusal));
	assert_ok(config_check_cell_pair(&bochs_victim_cell, &bochs_attacker, &refusal));
	assert_ok(config_check_cell_pair(&attacker, &victim_cell, &refusal));
	assert_ok(config_check_cell_pair(&victim_cell, &attacker, &refusal));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systems_keep_the_rules),
		cmocka_unit_test(cells_fit_the_machine),
		cmocka_unit_test(the_second_cell_runs_beside_any_single_cpu_cell),
		cmocka_unit_test(attacker_and_victim_share_what_the_victim_publishes_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
