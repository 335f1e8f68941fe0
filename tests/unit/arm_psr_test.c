// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/arch/arm/hal/psr.c */
/*
 * Program status registers of ARMv7: which instruction is executed, what follows it, and what a handler starts with.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <hv/arm/psr.h>

#define ESR_CV	(1U << 24)

/* PSR with @it as the manual numbers its bits */
static u32 with_it(u32 psr, u32 it)
{
	return psr | (it >> 2) << 10 | (it & 3) << 25;
}

/* ARM ARM v7, table A8-1: bit n is "executed with flags n", NZCV from above; EQ, NE, CS, CC, MI, PL, VS, VC, HI, LS, GE, LT, GT, LE, always twice */
static const u16 executed[] = {
	0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555, 0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff,
};

static void a_condition_is_that_of_the_table(void **state)
{
	u32 condition, flags;

	for (condition = 0; condition < 16; condition++)
		for (flags = 0; flags < 16; flags++)
			assert_int_equal(arm_condition_passed(ESR_CV | condition << 20, flags << 28), executed[condition] >> flags & 1);
}

static void without_a_condition_in_the_syndrome_the_block_has_it(void **state)
{
	const u32 z = 1U << 30;

	/* IT NE in Thumb; in ARM state these bits say nothing, and without a block everything is executed */
	assert_true(arm_condition_passed(0, with_it(PSR_T, 0x18)));
	assert_false(arm_condition_passed(0, with_it(PSR_T | z, 0x18)));
	assert_true(arm_condition_passed(0, with_it(z, 0x18)));
	assert_true(arm_condition_passed(0, PSR_T | z));
	/* a syndrome that has one is believed */
	assert_true(arm_condition_passed(ESR_CV | 0xe << 20, with_it(PSR_T | z, 0x18)));
}

/* A2.5.2: a mask with its last 1 at bit n leaves 4 - n instructions. */
static void a_block_ends_after_its_instructions(void **state)
{
	u32 condition, mask, psr, left;

	for (condition = 0; condition < 15; condition++)
		for (mask = 1; mask < 16; mask++) {
			psr = with_it(PSR_T | 0x40000010, condition << 4 | mask);
			for (left = 4 - __builtin_ctz(mask); left > 1; left--) {
				psr = arm_psr_advance(psr);
				assert_int_not_equal(psr & PSR_IT, 0);
				assert_int_equal(psr >> 13 & 7, condition >> 1);
			}
			assert_int_equal(arm_psr_advance(psr), PSR_T | 0x40000010);
		}
	/* ITTE EQ: the third has the opposite condition */
	psr = arm_psr_advance(with_it(PSR_T, 0x06));
	assert_int_equal(psr, with_it(PSR_T, 0x0c));
	assert_int_equal(arm_psr_advance(psr), with_it(PSR_T, 0x18));
	assert_int_equal(arm_psr_advance(PSR_T), PSR_T);
	assert_int_equal(arm_psr_advance(with_it(0, 0x06)), with_it(0, 0x06));
}

static void a_handler_starts_as_its_system_control_register_says(void **state)
{
	const u32 te = 1U << 30, ee = 1U << 25, flags = 0xf8000000;
	u32 old = with_it(flags | PSR_T | PSR_J | PSR_E | 0x10, 0x1a);

	assert_int_equal(arm_psr_of_handler(old, MODE_UND, 0), flags | MODE_UND | PSR_I);
	assert_int_equal(arm_psr_of_handler(old, MODE_ABT, 0), flags | MODE_ABT | PSR_I | PSR_A);
	assert_int_equal(arm_psr_of_handler(flags, MODE_UND, te), flags | MODE_UND | PSR_I | PSR_T);
	assert_int_equal(arm_psr_of_handler(flags, MODE_ABT, ee), flags | MODE_ABT | PSR_I | PSR_A | PSR_E);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_condition_is_that_of_the_table),
		cmocka_unit_test(without_a_condition_in_the_syndrome_the_block_has_it),
		cmocka_unit_test(a_block_ends_after_its_instructions),
		cmocka_unit_test(a_handler_starts_as_its_system_control_register_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
