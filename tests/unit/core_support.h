/* SPDX-License-Identifier: GPL-2.0 */
/* What the core's test programs share. Copyright (c) Jailhouse contributors, 2026 */
#ifndef TESTS_UNIT_CORE_SUPPORT_H
#define TESTS_UNIT_CORE_SUPPORT_H

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <model/machine.h>
#include <model/oracle.h>
#include <model/tables.h>

static inline int boot(void **state)
{
	machine_boot();
	return 0;
}

static inline void assert_isolated(void)
{
	const char *broken = oracle_check(&machine);

	if (broken)
		fail_msg("%s", broken);
}

/* Root's tables are other ones than they should be; the accounts agree with them. */
static inline void plant_root_hole(struct pt *pt, u64 va, u64 size)
{
	machine.root->reserved_tables += plant_hole(pt, va, size);
}

static inline void plant_root_page(struct pt *pt, u64 va, u64 pa, u32 flags)
{
	machine.root->reserved_tables += plant_page(pt, va, pa, flags);
}

static inline int check_afterwards(void **state)
{
	assert_isolated();
	return 0;
}

static inline s64 state_of(u32 id)
{
	return machine_call(0, JAILHOUSE_HC_CELL_GET_STATE, id, 0);
}

static inline void start_cell(const struct cell_spec *spec)
{
	assert_int_equal(machine_create(spec), 0);
	assert_int_equal(machine_finish(0, JAILHOUSE_HC_CELL_START, spec->id, 0), 0);
	fake_run_cpus(10);
}

/** Repeat operation @nr while the cell answers with @manners. */
static inline s64 operate(u32 nr, u32 id, enum manners manners)
{
	s64 result = -HV_EAGAIN;
	u32 tries;

	for (tries = 0; result == -HV_EAGAIN && tries < 1000; tries++) {
		result = machine_call(0, nr, id, 0);
		machine_answer(id, manners);
	}
	return result;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, boot, check_afterwards)

#endif /* TESTS_UNIT_CORE_SUPPORT_H */
