// SPDX-License-Identifier: GPL-2.0
/* sources: hypervisor/mm/formats/arm/ hypervisor/emul/arm/ hypervisor/mm/pt.c hypervisor/mm/page_pool.c hypervisor/arch/fake/hal/ram.c */
/*
 * What of ARM64 is only bits: formats of tables, syndromes, instructions.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fake/fake.h>
#include <hv/arm/decode.h>
#include <hv/pt.h>

/* --- formats ------------------------------------------------------------------------------ */

static const u32 all_flags[] = {
	PT_READ, PT_READ | PT_WRITE, PT_READ | PT_EXEC, PT_READ | PT_WRITE | PT_EXEC, PT_READ | PT_WRITE | PT_DEVICE,
	PT_READ | PT_NO_HUGE, PT_READ | PT_WRITE | PT_EXEC | PT_NO_HUGE | PT_DEVICE,
};

static void leaves_say_what_they_were_made_of(const struct pt_format *fmt)
{
	u32 level, n;

	for (level = 0; level <= fmt->max_leaf_level; level++)
		for (n = 0; n < ARRAY_SIZE(all_flags); n++) {
			u64 pte = fmt->leaf(0x8040000000ULL, level, all_flags[n]);

			assert_true(fmt->present(pte, level));
			assert_true(fmt->is_leaf(pte, level));
			assert_int_equal(fmt->flags(pte, level), all_flags[n]);
			assert_int_equal(fmt->pa(pte, level), 0x8040000000ULL);
		}
	assert_int_equal(fmt->leaf(0x1000, 0, PT_WRITE | PT_EXEC), fmt->empty);
	assert_false(fmt->present(fmt->empty, 0));
	assert_false(fmt->is_leaf(fmt->table(0x1000, 1), 1));
	assert_int_equal(fmt->pa(fmt->table(0x123456789000ULL, 2), 2), 0x123456789000ULL);
}

static void both_stages_say_what_they_were_made_of(void **state)
{
	leaves_say_what_they_were_made_of(&pt_lpae_s1);
	leaves_say_what_they_were_made_of(&pt_lpae_s2);
}

/* ARM ARM, D8.3.1: bits as the manual has them, written out. */
static void entries_are_those_of_the_manual(void **state)
{
	const u64 page = 3, block = 1, af = 1 << 10, inner = 3 << 8, xn = 1UL << 54, large = 1UL << 56;

	/* S2AP 01 reads, 11 writes; MemAttr 1111 write-back, 0001 Device-nGnRE */
	assert_int_equal(pt_lpae_s2.leaf(0x1000, 0, PT_READ), 0x1000 | page | af | inner | 0xf << 2 | 1 << 6 | xn);
	assert_int_equal(pt_lpae_s2.leaf(0x200000, 1, PT_READ | PT_WRITE | PT_EXEC),
			 0x200000 | block | af | inner | 0xf << 2 | 3 << 6 | large);
	assert_int_equal(pt_lpae_s2.leaf(0x1000, 0, PT_READ | PT_WRITE | PT_DEVICE), 0x1000 | page | af | 1 << 2 | 3 << 6 | xn);
	/* EL2: AP[1] is 1, AP[2] forbids writing; attribute 1 is device memory */
	assert_int_equal(pt_lpae_s1.leaf(0x1000, 0, PT_READ | PT_EXEC), 0x1000 | page | af | inner | 1 << 6 | 1 << 7);
	assert_int_equal(pt_lpae_s1.leaf(0x1000, 0, PT_READ | PT_WRITE | PT_DEVICE), 0x1000 | page | af | 1 << 2 | 1 << 6 | xn);
}

static void the_walker_makes_blocks_and_finds_them(void **state)
{
	struct page_pool pool;
	struct pt pt;
	u64 pa, size;
	u32 flags;

	page_pool_init(&pool, fake_ram(0), 64);
	assert_int_equal(pt_init(&pt, &pt_lpae_s2, &pool), 0);
	assert_int_equal(pt_map(&pt, 0x40000000, 0x40000000, 0x40000000, PT_READ | PT_WRITE | PT_EXEC), 0);
	assert_int_equal(pt_map(&pt, 0x8000000000ULL, 0x9000000, 0x201000, PT_READ | PT_DEVICE), 0);
	assert_true(pt_lookup(&pt, 0x7ffff123, &pa, &flags, &size));
	assert_int_equal(pa, 0x7ffff123);
	assert_int_equal(size, 1 << 30);
	assert_true(pt_lookup_ram(&pt, 0x41234567, &pa));
	assert_int_equal(pa, 0x41234567);
	assert_true(pt_lookup(&pt, 0x8000200004ULL, &pa, &flags, &size));
	assert_int_equal(pa, 0x9200004);
	assert_int_equal(size, PAGE_SIZE);
	assert_false(pt_lookup_ram(&pt, 0x8000000000ULL, &pa));
	assert_false(pt_lookup_ram(&pt, 0x80000000, &pa));
}

/* --- syndromes ---------------------------------------------------------------------------- */

static void a_syndrome_names_register_and_width(void **state)
{
	struct arm_transfer t;

	/* LDRSH W7: ISV, SAS 1, SSE, SRT 7, a read */
	assert_true(arm_syndrome_access(1 << 24 | 1 << 22 | 1 << 21 | 7 << 16 | 0x07, &t));
	assert_int_equal(t.size, 2);
	assert_int_equal(t.reg, 7);
	assert_false(t.is_write);
	assert_int_equal(arm_loaded_value(&t, 0x8001), 0xffff8001);
	t.is_64 = true;
	assert_int_equal(arm_loaded_value(&t, 0x8001), 0xffffffffffff8001ULL);
	t.sign_extend = false;
	assert_int_equal(arm_loaded_value(&t, 0xdead8001), 0x8001);
	/* STR X31: the zero register */
	assert_true(arm_syndrome_access(1 << 24 | 3 << 22 | 31 << 16 | 1 << 15 | 1 << 6 | 0x07, &t));
	assert_true(t.is_write && t.size == 8 && t.reg == 31);
	/* nothing is said, or the walk of stage 1 made the access */
	assert_false(arm_syndrome_access(0x47, &t));
	assert_false(arm_syndrome_access(1 << 24 | 1 << 7 | 7, &t));
}

/* --- instructions: words as the assembler makes them ------------------------------------------ */

static const struct {
	u32 insn;
	u8 count, size, reg, reg2, base;
	bool is_write, sign_extend, is_64;
	s32 offset, writeback;
} known[] = {
	{ 0xb8404420, 1, 4, 0, 0, 1, false, false, false, 0, 4 },	/* ldr w0, [x1], #4 */
	{ 0xf81f8c62, 1, 8, 2, 0, 3, true, false, true, -8, -8 },	/* str x2, [x3, #-8]! */
	{ 0x385ff4a4, 1, 1, 4, 0, 5, false, false, false, 0, -1 },	/* ldrb w4, [x5], #-1 */
	{ 0x78c02ce6, 1, 2, 6, 0, 7, false, true, false, 2, 2 },	/* ldrsh w6, [x7, #2]! */
	{ 0xb8804528, 1, 4, 8, 0, 9, false, true, true, 0, 4 },		/* ldrsw x8, [x9], #4 */
	{ 0xb80047ea, 1, 4, 10, 0, 31, true, false, false, 0, 4 },	/* str w10, [sp], #4 */
	{ 0xa9400440, 2, 8, 0, 1, 2, false, false, true, 0, 0 },	/* ldp x0, x1, [x2] */
	{ 0x29010c82, 2, 4, 2, 3, 4, true, false, false, 8, 0 },	/* stp w2, w3, [x4, #8] */
	{ 0xa8c11cc5, 2, 8, 5, 7, 6, false, false, true, 0, 16 },	/* ldp x5, x7, [x6], #16 */
	{ 0xa9bf255f, 2, 8, 31, 9, 10, true, false, true, -16, -16 },	/* stp xzr, x9, [x10, #-16]! */
	{ 0x68c12149, 2, 4, 9, 8, 10, false, true, true, 0, 8 },	/* ldpsw x9, x8, [x10], #8 */
	{ 0xa8400440, 2, 8, 0, 1, 2, false, false, true, 0, 0 },	/* ldnp x0, x1, [x2] */
};

static void instructions_are_understood(void **state)
{
	struct arm_access a;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(known); n++) {
		assert_true(arm64_decode(known[n].insn, &a));
		assert_int_equal(a.count, known[n].count);
		assert_int_equal(a.base, known[n].base);
		assert_int_equal(a.reg[0], known[n].reg);
		assert_int_equal(a.size, known[n].size);
		assert_int_equal(a.is_write, known[n].is_write);
		assert_int_equal(a.sign_extend, known[n].sign_extend);
		assert_int_equal(a.is_64, known[n].is_64);
		assert_int_equal(a.offset, known[n].offset);
		assert_int_equal(a.writeback, known[n].writeback);
		if (a.count == 2)
			assert_int_equal(a.reg[1], known[n].reg2);
	}
}

static void what_has_no_defined_result_is_refused(void **state)
{
	static const u32 refused[] = {
		0xb8404421,	/* ldr w1, [x1], #4 */
		0xf8408c63,	/* ldr x3, [x3, #8]! */
		0xa8c10442,	/* ldp x2, x1, [x2], #16 */
		0xa9400000,	/* ldp x0, x0, [x0] */
		0xbc404420,	/* ldr s0, [x1], #4 */
		0xad400440,	/* ldp q0, q1, [x2] */
		0xf8a00020,	/* swp: atomics have bit 21 */
		0xc85f7c20,	/* ldxr x0, [x1] */
		0xf8804420,	/* opc 2 of 64 bits: prefetch */
		0xb8c04420,	/* opc 3 of 32 bits, and of 64: not allocated */
		0xf8c04420,
		0xe9400440,	/* opc 3 pair: not allocated */
		0x68400440,	/* opc 1 no-allocate */
		0x68810440,	/* opc 1 pair, a store */
		0xd503201f,	/* nop */
		0x00000000, 0xffffffff,
	};
	struct arm_access a;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(refused); n++)
		assert_false(arm64_decode(refused[n], &a));
}

/* ARM ARM, D1.3.1: what a CPU sets when it takes an exception to EL1 */
static void an_exception_sets_what_the_cpu_would(void **state)
{
	const u64 el1h = 0x3c5, tco = 1 << 25, pan = 1 << 22, dit = 1 << 24, span = 1 << 23, dssbs = 1UL << 44;

	/* flags and DIT stay; UAO, SS, IL, SSBS, BTYPE and the mode do not */
	assert_int_equal(arm64_exception_pstate(0xf0b01c00 | dit, span), 0xf0000000 | dit | tco | el1h);
	/* PAN stays, and is set where SCTLR_EL1.SPAN is clear */
	assert_int_equal(arm64_exception_pstate(pan, span), pan | tco | el1h);
	assert_int_equal(arm64_exception_pstate(0, 0), pan | tco | el1h);
	assert_int_equal(arm64_exception_pstate(0, span | dssbs), 1 << 12 | tco | el1h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_stages_say_what_they_were_made_of),
		cmocka_unit_test(entries_are_those_of_the_manual),
		cmocka_unit_test(the_walker_makes_blocks_and_finds_them),
		cmocka_unit_test(a_syndrome_names_register_and_width),
		cmocka_unit_test(an_exception_sets_what_the_cpu_would),
		cmocka_unit_test(instructions_are_understood),
		cmocka_unit_test(what_has_no_defined_result_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
