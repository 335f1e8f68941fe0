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

/* Each source defines an object "config", and macros. */
#define config qemu_arm64
#include <configs/arm64/qemu-arm64.c>
#include "config_macros_end.h"
#define config qemu_arm64_18
#include <configs/arm64/qemu-arm64-18.c>
#include "config_macros_end.h"
#define config qemu_arm64_gicv2
#include <configs/arm64/qemu-arm64-gicv2.c>
#include "config_macros_end.h"
#define config gic_demo
#include <configs/arm64/gic-demo.c>
#include "config_macros_end.h"
#define config uart_demo
#include <configs/arm64/uart-demo.c>
#include "config_macros_end.h"
#define config aarch32
#include <configs/arm64/aarch32.c>
#include "config_macros_end.h"
#define config regions
#include <configs/arm64/regions.c>
#include "config_macros_end.h"
#define config linux_demo_18
#include <configs/arm64/linux-demo-18.c>
#include "config_macros_end.h"
#define config linux_demo
#include <configs/arm64/linux-demo.c>
#include "config_macros_end.h"
#define config zcu102
#include <configs/arm64/zcu102.c>
#include "config_macros_end.h"
#define config zcu102_gic_demo
#include <configs/arm64/zcu102-gic-demo.c>
#include "config_macros_end.h"
#define config zcu102_uart_demo
#include <configs/arm64/zcu102-uart-demo.c>
#include "config_macros_end.h"
#define config zcu102_aarch32
#include <configs/arm64/zcu102-aarch32.c>
#include "config_macros_end.h"
#define config zcu102_linux_demo
#include <configs/arm64/zcu102-linux-demo.c>
#include "config_macros_end.h"

#define ARRAY_OF(x)	{ &(x), sizeof(x) }

struct shipped {
	const void *blob;
	size_t size;
};

static const struct shipped virt_systems[] = { ARRAY_OF(qemu_arm64), ARRAY_OF(qemu_arm64_18), ARRAY_OF(qemu_arm64_gicv2), { NULL, 0 } };
static const struct shipped virt_18_systems[] = { ARRAY_OF(qemu_arm64_18), { NULL, 0 } };
static const struct shipped virt_18_cells[] = { ARRAY_OF(linux_demo_18), { NULL, 0 } };
static const struct shipped virt_cells[] = {
	ARRAY_OF(gic_demo), ARRAY_OF(uart_demo), ARRAY_OF(aarch32), ARRAY_OF(linux_demo), ARRAY_OF(regions), { NULL, 0 }
};
static const struct shipped zcu102_systems[] = { ARRAY_OF(zcu102), { NULL, 0 } };
static const struct shipped zcu102_cells[] = {
	ARRAY_OF(zcu102_gic_demo), ARRAY_OF(zcu102_uart_demo), ARRAY_OF(zcu102_aarch32), ARRAY_OF(zcu102_linux_demo), { NULL, 0 }
};

static struct jailhouse_refusal refusal;

static void assert_accepted(int err)
{
	char text[1024];

	if (!err)
		return;
	refusal_format(text, sizeof(text), &refusal);
	fail_msg("%s", text);
}

static void check_cells_in(const struct system_view *sys, const struct shipped *cell)
{
	struct cell_view v;

	for (; cell->blob; cell++) {
		assert_accepted(cell_view_init(&v, cell->blob, cell->size, &refusal));
		assert_accepted(config_check_cell(&v, &refusal));
		assert_accepted(config_check_cell_in_system(&v, sys, &refusal));
	}
}

static void check_systems(const struct shipped *system, const struct shipped *cells)
{
	struct system_view sys;

	for (; system->blob; system++) {
		assert_accepted(system_view_init(&sys, system->blob, system->size, &refusal));
		assert_accepted(config_check_system(&sys, &refusal));
		check_cells_in(&sys, cells);
	}
}

static void every_cell_fits_into_every_system_of_its_board(void **state)
{
	check_systems(virt_systems, virt_cells);
	check_systems(virt_18_systems, virt_18_cells);
	check_systems(zcu102_systems, zcu102_cells);
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
		cmocka_unit_test(every_cell_fits_into_every_system_of_its_board),
		cmocka_unit_test(demos_can_exist_at_the_same_time),
	};

	return cmocka_run_group_tests_name("common_shipped_configs_arm64", tests, NULL, NULL);
}
