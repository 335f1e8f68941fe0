// SPDX-License-Identifier: GPL-2.0
/* sources: common/config/ */
/* cflags: -DCONFIG_FOR_ARM64 */
/*
 * The configurations for ARM64 of this repository keep all rules.
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
#define config qemu_arm64
#include <configs/arm64/qemu-arm64.c>
#undef config
#undef NAME
#undef NUM_CPUS
#undef GIC
#undef RAM
#undef MMIO
#undef GICD
#define config qemu_arm64_18
#include <configs/arm64/qemu-arm64-18.c>
#undef config
#undef NAME
#undef NUM_CPUS
#undef GIC
#undef RAM
#undef MMIO
#undef GICD
#define config qemu_arm64_gicv2
#include <configs/arm64/qemu-arm64-gicv2.c>
#undef config
#define config gic_demo
#include <configs/arm64/gic-demo.c>
#undef config
#define config uart_demo
#include <configs/arm64/uart-demo.c>
#undef config

#define ARRAY_OF(x)	{ &(x), sizeof(x) }

struct shipped {
	const void *blob;
	size_t size;
};

static const struct shipped systems[] = { ARRAY_OF(qemu_arm64), ARRAY_OF(qemu_arm64_18), ARRAY_OF(qemu_arm64_gicv2) };
static const struct shipped cells[] = { ARRAY_OF(gic_demo), ARRAY_OF(uart_demo) };

static struct jailhouse_refusal refusal;

static void assert_accepted(int err)
{
	char text[1024];

	if (!err)
		return;
	refusal_format(text, sizeof(text), &refusal);
	fail_msg("%s", text);
}

static void check_cells_in(const struct system_view *sys)
{
	struct cell_view v;
	unsigned int n;

	for (n = 0; n < sizeof(cells) / sizeof(cells[0]); n++) {
		assert_accepted(cell_view_init(&v, cells[n].blob, cells[n].size, &refusal));
		assert_accepted(config_check_cell(&v, &refusal));
		assert_accepted(config_check_cell_in_system(&v, sys, &refusal));
	}
}

static void every_cell_fits_into_every_system(void **state)
{
	struct system_view sys;
	unsigned int n;

	for (n = 0; n < sizeof(systems) / sizeof(systems[0]); n++) {
		assert_accepted(system_view_init(&sys, systems[n].blob, systems[n].size, &refusal));
		assert_accepted(config_check_system(&sys, &refusal));
		check_cells_in(&sys);
	}
}

static void demos_can_exist_at_the_same_time(void **state)
{
	struct cell_view a, b;

	assert_accepted(cell_view_init(&a, &gic_demo, sizeof(gic_demo), &refusal));
	assert_accepted(cell_view_init(&b, &uart_demo, sizeof(uart_demo), &refusal));
	assert_accepted(config_check_cell_pair(&a, &b, &refusal));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_fits_into_every_system),
		cmocka_unit_test(demos_can_exist_at_the_same_time),
	};

	return cmocka_run_group_tests_name("common_shipped_configs_arm64", tests, NULL, NULL);
}
